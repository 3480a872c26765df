/** Whole derivatives, against each other and against finite differences. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Tensor } from '../../../lang/evaluate.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { add, exp, mul, sin, tanh } from '../../../lang/primitives/elementwise.ts'
import { cumSum } from '../../../lang/primitives/reduction.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { spread } from '../../../src/testing/arbitrary/values.ts'
import { hessian, hessianOrThrow, hvpOrThrow, jacfwd, jacrevOrThrow } from '../../../src/transform/jacobian.ts'
import { close, closeAll, type Values } from '../../laws/close.ts'
import { agree, valuesOf } from '../programs.ts'

const p = programOrThrow({ x: real(2, 3), n: int(2), w: real(3) }, ({ x, w }) => ({
  y: tanh(mul(x, add(w, 0.5))),
  s: sum()(mul(sin(x), exp(cumSum(0)(w)))),
}))
const f = programOrThrow({ x: real(2), w: real(3) }, ({ x, w }) =>
  mul(sum()(sin(mul(x, x))), sum()(exp(mul(w, cumSum(0)(w))))),
)
const runs = { numRuns: 20 }

/** Column j of the Jacobian of one output in one input, by central differences. */
const column = (x: Values, input: number, j: number, output: number, h = 1e-5): readonly number[] => {
  const moved = (s: number): Tensor =>
    valuesOf(
      p,
      x.map((a, i) => (i === input ? a.map((v, k) => (k === j ? v + s * h : v)) : a)),
    )[output] as Tensor
  const [after, before] = [moved(1), moved(-1)]
  return [...after].map((v, k) => (v - (before[k] as number)) / (2 * h))
}

describe('jacobians', () => {
  test('trees of output axes, then input axes; null at integers', () =>
    expect(jacfwd(p).out).toEqual({
      y: { x: real(2, 3, 2, 3), n: null, w: real(2, 3, 3) },
      s: { x: real(2, 3), n: null, w: real(3) },
    }))
  test('by columns = by rows', () =>
    fc.assert(fc.property(spread(inTypes(p.closed)), agree(jacfwd(p), jacrevOrThrow(p))), runs))
  test('every column is a finite difference', () =>
    fc.assert(
      fc.property(spread(inTypes(p.closed)), (x) => {
        const blocks = valuesOf(jacfwd(p), x)
        const sizes = [6, 3] as const
        return [0, 1].every((o) =>
          [0, 2].every((i, b) => {
            const block = blocks[2 * o + b] as Tensor
            const n = sizes[b] as number
            return Array.from({ length: n }, (_, j) => j).every((j) =>
              column(x, i, j, o).every((d, k) => close(d, block[k * n + j] as number, 1e-6)),
            )
          }),
        )
      }),
      { numRuns: 5 },
    ))
})

describe('second derivatives', () => {
  const H = hessianOrThrow(f)
  const ins = inTypes(f.closed)
  /** The blocks of a symmetric matrix over x (2) and w (3), as rows. */
  const matrix = (x: Values): readonly (readonly number[])[] => {
    const [xx, xw, wx, ww] = valuesOf(H, x) as readonly [Tensor, Tensor, Tensor, Tensor]
    const row = (a: Tensor, i: number, n: number): readonly number[] => [...a.subarray(i * n, (i + 1) * n)]
    return [
      ...[0, 1].map((i) => [...row(xx, i, 2), ...row(xw, i, 3)]),
      ...[0, 1, 2].map((i) => [...row(wx, i, 2), ...row(ww, i, 3)]),
    ]
  }
  test('the Hessian is symmetric', () =>
    fc.assert(
      fc.property(spread(ins), (x) => {
        const m = matrix(x)
        return m.every((r, i) => r.every((v, j) => close(v, m[j]?.[i] as number)))
      }),
      runs,
    ))
  test('hvp(f)(x, v) = hessian(f)(x) v', () =>
    fc.assert(
      fc.property(spread(ins), spread(ins), (x, v) => {
        const flat = v.flatMap((a) => [...a])
        const expected = matrix(x).map((r) => r.reduce((s, h, j) => s + h * (flat[j] as number), 0))
        const found = valuesOf(hvpOrThrow(f), [...x, ...v]).flatMap((a) => [...a])
        return closeAll([Float64Array.from(found)], [Float64Array.from(expected)])
      }),
      runs,
    ))
  test('of x^3 at 2: 12', () => {
    const cube = programOrThrow(real(), (x) => mul(x, mul(x, x)))
    expect([...(valuesOf(hessianOrThrow(cube), [Float64Array.of(2)])[0] as Tensor)]).toEqual([12])
  })
  test('of what is not one real number is refused', () =>
    expect(E.isLeft(hessian(programOrThrow(real(2), (x) => sin(x)) as never))).toBe(true))
})
