/** The derivative at a point as a program, and its transpose. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { exp, mul, sin, tanh } from '../../../lang/primitives/elementwise.ts'
import { inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { linearize } from '../../../src/transform/linearize.ts'
import { transpose, transposeOrThrow } from '../../../src/transform/transpose.ts'
import { vjp } from '../../../src/transform/vjp.ts'
import { arbitraryProgram, inputRange } from '../../arbitrary/program.ts'
import { seeds, spreadFrom, valuesFrom } from '../../arbitrary/values.ts'
import { closeAll, sameDot } from '../../laws/close.ts'
import { type AnyProgram, realsOf } from '../../laws/derivative.ts'
import { opsOf, valuesOf } from '../programs.ts'

const r2 = real(2)
const p = programOrThrow({ x: r2, y: r2 }, ({ x, y }) => [mul(sin(x), y), exp(x)] as const)
const draw = fc.tuple(arbitraryProgram({ maxEquations: 5 }), seeds)
const runs = { numRuns: 200, seed: 3 }

/** linear(point(x).residuals, dx) = jvp(f)(x, dx).tangent */
const linearizeIsJvp = (f: AnyProgram, seed: number): boolean => {
  const n = f.closed.outputs.length
  const x = spreadFrom(seed, inTypes(f.closed), inputRange)
  const v = valuesFrom(seed, realsOf(inTypes(f.closed)))
  const { point, linear } = linearize(f)
  const at = valuesOf(point, x)
  return closeAll([...at.slice(0, n), ...valuesOf(linear, [...at.slice(n), ...v])], valuesOf(jvp(f), [...x, ...v]))
}
/** <linear(r, a), b> = <a, transpose(linear)(r, b)>, and the transpose is the pull */
const transposeIsAdjoint = (f: AnyProgram, seed: number): boolean => {
  const n = f.closed.outputs.length
  const back = vjp(f)
  if (E.isLeft(back)) return true
  const x = spreadFrom(seed, inTypes(f.closed), inputRange)
  const v = valuesFrom(seed, realsOf(inTypes(f.closed)))
  const w = valuesFrom(seed + 1, realsOf(outTypes(f.closed)))
  const { point, linear } = linearize(f)
  const r = valuesOf(point, x).slice(n)
  const pulled = valuesOf(transposeOrThrow(linear as never), [...r, ...w])
  return (
    sameDot(valuesOf(linear, [...r, ...v]), w, v, pulled) &&
    closeAll(pulled, valuesOf(back.right, [...x, ...w]).slice(n))
  )
}

describe('laws, on random programs', () => {
  test('linearize is jvp in two steps', () =>
    fc.assert(
      fc.property(draw, ([f, seed]) => linearizeIsJvp(f, seed)),
      runs,
    ))
  test('its transpose is vjp', () =>
    fc.assert(
      fc.property(draw, ([f, seed]) => transposeIsAdjoint(f, seed)),
      runs,
    ))
})

describe('structure', () => {
  test('the linear program computes nothing but what depends on the tangent', () => {
    const { point, linear } = linearize(p)
    expect(opsOf(linear)).toEqual(['mul', 'mul', 'mul', 'add', 'mul'])
    expect(opsOf(point)).toEqual(expect.arrayContaining(['sin', 'cos', 'exp', 'mul']))
  })
  test('transposing twice is the same linear program', () => {
    const { linear } = linearize(p)
    const twice = transposeOrThrow(transposeOrThrow(linear as never) as never) as AnyProgram
    const types = inTypes(linear.closed)
    fc.assert(
      fc.property(seeds, (s) =>
        closeAll(valuesOf(twice, valuesFrom(s, types)), valuesOf(linear, valuesFrom(s, types))),
      ),
      { numRuns: 20 },
    )
  })
  test('a program that is not linear is refused by name', () => {
    const square = programOrThrow([[r2], r2] as const, ([[k], x]) => mul(mul(x, x), k))
    expect(transpose(square as never)).toMatchObject(
      E.left([{ op: 'transpose', problem: { _tag: 'NotLinear', inputs: ['x1'] } }]),
    )
    const curved = programOrThrow([[r2], r2] as const, ([, x]) => tanh(x))
    expect(E.isLeft(transpose(curved as never))).toBe(true)
  })
})
