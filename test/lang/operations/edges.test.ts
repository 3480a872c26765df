/** Values at the edges of what operations accept: nothing to take, bounds in the wrong order, more than there is. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import * as O from '../../../lang/operations/index.ts'
import { det } from '../../../lang/operations/linalg.ts'
import { randomKey, uniform } from '../../../lang/operations/random.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { reduceMax } from '../../../lang/primitives/reduction.ts'
import { type Expr, shapeOf } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, type Type } from '../../../lang/syntax/shape.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'

const of = (type: Type, f: (x: Expr) => Expr, ...data: readonly number[]): readonly number[] => {
  const p = programOrThrow({ x: type }, ({ x }) => f(x as Expr))
  return [...(evaluate(p.closed, [Float64Array.from(data)])[0] ?? [])]
}
const nan = Number.NaN
const infinity = Number.POSITIVE_INFINITY

describe('clamp is min(max(x, lowest), highest), as in PyTorch and ONNX', () => {
  test('so a lowest above the highest gives the highest everywhere', () => {
    expect(of(real(6), O.clamp(3, 1), 0, 2, 5, -infinity, infinity, nan)).toEqual([1, 1, 1, 1, 1, nan])
    expect(of(int(3), O.clamp(3, 1), 0, 2, 5)).toEqual([1, 1, 1])
  })
  test('with gradient 0', () => {
    const f = programOrThrow(real(3), (x) => sum()(O.clamp(3, 1)(x)))
    expect(evaluate(gradOrThrow(f).closed, [Float64Array.of(0, 2, 5)]).map((g) => [...g])).toEqual([[0, 0, 0]])
  })
  test('equal bounds give that number', () => expect(of(real(3), O.clamp(2, 2), 1, 2, 3)).toEqual([2, 2, 2]))
})

describe('where there is nothing', () => {
  test('a softmax is empty, and ln of a sum of none is ln 0', () => {
    expect(of(real(2, 0), O.softmax(1))).toEqual([])
    expect(of(real(2, 0), O.logSoftmax(1))).toEqual([])
    expect(of(real(2, 0), O.logsumexp(1))).toEqual([-infinity, -infinity])
  })
  test('the largest along another axis is empty', () => {
    expect(programOrThrow(real(0, 3), (x) => reduceMax(1)(x)).out.shape).toEqual([0])
    expect(programOrThrow(real(0, 0), (x) => reduceMax(1)(x)).out.shape).toEqual([0])
  })
  test('sorting and embedding nothing give nothing', () => {
    expect(of(real(2, 0), (x) => O.sort(1)(x).values)).toEqual([])
    expect(of(int(0), (i) => O.embedding(O.eye(0) as Expr, i))).toEqual([])
  })
  test('a determinant is 1', () => expect(of(real(0, 0), det)).toEqual([1]))
  test('an axis is padded by nothing, or by zeros', () => {
    const margins = [
      [0, 0],
      [1, 2],
    ] as const
    const shape = (mode: 'constant' | 'reflect' | 'replicate', pads: readonly (readonly [number, number])[]) =>
      programOrThrow(real(0, 3), (x) => O.padWith(pads, { mode })(x)).out.shape
    expect(shape('reflect', margins)).toEqual([0, 6])
    expect(shape('replicate', margins)).toEqual([0, 6])
    expect(
      shape('constant', [
        [2, 1],
        [0, 0],
      ]),
    ).toEqual([3, 3])
  })
  test('as many random numbers as asked for: none', () => {
    const f = programOrThrow(int(3), (key) => uniform([0])(key))
    expect(f.out.shape).toEqual([0])
    expect(shapeOf(uniform([2, 0])(randomKey(1)))).toEqual([2, 0])
  })
})

test('a triangle beyond the matrix is all of it, or nothing', () => {
  const x = [1, 2, 3, 4] as const
  expect(of(real(2, 2), O.triu(2147483647), ...x)).toEqual([0, 0, 0, 0])
  expect(of(real(2, 2), O.triu(-2147483648), ...x)).toEqual(x)
  expect(of(real(2, 2), O.tril(1e300), ...x)).toEqual(x)
  expect(of(real(2, 2), O.tril(-3), ...x)).toEqual([0, 0, 0, 0])
  expect(of(real(2, 2), O.tril(-1), ...x)).toEqual([0, 0, 3, 0])
})
