/** Closing and opening programs. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { constant } from '../../../lang/primitives/constant.ts'
import { add, mul, sin } from '../../../lang/primitives/elementwise.ts'
import {
  type Closed,
  close,
  closeOver,
  distinct,
  inline,
  inTypes,
  numbered,
  open,
  outTypes,
  typesOf,
} from '../../../lang/syntax/closed.ts'
import { orThrow } from '../../../lang/syntax/error.ts'
import { type Expr, input } from '../../../lang/syntax/expr.ts'
import { keyOf } from '../../../lang/syntax/plain.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'

const r2 = real(2)
const over = (f: (x: Expr) => readonly Expr[]): Closed => closeOver(numbered([r2]), ([x]) => f(x as Expr))
const runs = { numRuns: 200, seed: 4 }

describe('laws, on random programs', () => {
  test('close(open(p)) = p', () =>
    fc.assert(
      fc.property(arbitraryProgram(), ({ closed }) => {
        expect(closeOver(closed.inputs, (xs) => inline(closed, xs))).toEqual(closed)
      }),
      runs,
    ))
  test('values are numbered in order, arguments before their users', () =>
    fc.assert(
      fc.property(arbitraryProgram(), ({ closed }) => {
        let next = closed.inputs.length
        return closed.equations.every((q) => {
          const ordered = q.first === next && q.args.every((a) => a < next)
          next += q.outs.length
          return ordered
        })
      }),
      runs,
    ))
  test('no dead code, and no equation twice', () =>
    fc.assert(
      fc.property(arbitraryProgram(), ({ closed }) => {
        const read = new Set([...closed.outputs, ...closed.equations.flatMap((q) => q.args)])
        const keys = closed.equations.map((q) => `${q.op} ${q.args.join()} ${keyOf(q.attrs)}`)
        return (
          closed.equations.every((q) => q.outs.some((_, k) => read.has(q.first + k))) &&
          new Set(keys).size === keys.length
        )
      }),
      runs,
    ))
  test('every value has a type; opening gives them in the same order', () =>
    fc.assert(
      fc.property(arbitraryProgram(), ({ closed }) => {
        const xs = closed.inputs.map((i) => input(i.name, i.type))
        expect(open(closed, xs).map((e) => e.type)).toEqual(typesOf(closed))
        expect([inTypes(closed).length, outTypes(closed).length]).toEqual([closed.inputs.length, closed.outputs.length])
      }),
      runs,
    ))
})

describe('sharing', () => {
  test('equal sub-expressions are one', () => expect(over((x) => [add(sin(x), sin(x))]).equations).toHaveLength(2))
  test('expressions with different attributes stay apart', () =>
    expect(over((x) => [add(constant([2], 1), mul(x, constant([2], 2)))]).equations).toHaveLength(4))
  test.each([
    [0, -0],
    [Number.NaN, 0],
    [Number.NaN, Number.POSITIVE_INFINITY],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])('the constants %d and %d are two', (a, b) =>
    expect(over((x) => [add(add(x, constant([2], a)), constant([2], b))]).equations).toHaveLength(4),
  )
  test('two NaN constants are one', () =>
    expect(over((x) => [add(add(x, constant([2], Number.NaN)), constant([2], Number.NaN))]).equations).toHaveLength(3))
  test('an expression that is an input twice stays two inputs', () => {
    const [x, y] = [input('x', r2), input('x', r2)]
    const p = orThrow(close([x, y], [add(x, y)]))
    expect(p.inputs.map((i) => i.name)).toEqual(['x', "x'"])
    expect(evaluate(p, [Float64Array.of(1, 2), Float64Array.of(10, 20)])[0]).toEqual(Float64Array.of(11, 22))
  })
})

test('names are made distinct by primes', () =>
  expect(distinct(['a', 'a', "a'", 'a'].map((name) => ({ name, type: r2 }))).map((n) => n.name)).toEqual([
    'a',
    "a'",
    "a''",
    "a'''",
  ]))
test('200,000 equations close and open without overflowing the stack', () => {
  const p = over((x) => {
    let e = x
    for (let k = 0; k < 200_000; k++) e = sin(e)
    return [e]
  })
  expect(p.equations).toHaveLength(200_000)
  expect(closeOver(p.inputs, (xs) => inline(p, xs)).equations).toHaveLength(200_000)
})
