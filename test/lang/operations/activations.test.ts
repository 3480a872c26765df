/** Activation functions against PyTorch 2.15 in float64, at kinks too, written out; values and first derivatives. */
import { expect, test } from 'vitest'
import type { Expr } from '../../../lang/syntax/expr.ts'
import * as A from '../../../src/index.ts'
import { array, type Given, gradientOf, valuesOf, vector } from './apply.ts'

type Build = (...xs: readonly Expr[]) => Expr
const as = (f: unknown): Build => f as Build
const slopes = (f: unknown, ...xs: readonly Given[]): readonly number[] =>
  gradientOf((...es) => A.sum()(as(f)(...es)) as Expr, ...xs).map((v) => v + 0)
const near = (xs: readonly number[], ys: readonly number[]): void =>
  xs.forEach((x, i) => {
    const y = ys[i] as number
    expect(x === y || Math.abs(x - y) <= 1e-15 * Math.abs(y)).toBe(true)
  })
const x = [-4, -3, -1.5, -0.5, 0, 0.5, 1.5, 3, 4]
const sixth = 1 / 6
// biome-ignore format: a table
test.each([
  ['softshrink',  A.softshrink(),           [-3.5, -2.5, -1, 0, 0, 0, 1, 2.5, 3.5], [1, 1, 1, 0, 0, 0, 1, 1, 1]],
  ['hardshrink',  A.hardshrink(),           [-4, -3, -1.5, 0, 0, 0, 1.5, 3, 4], [1, 1, 1, 0, 0, 0, 1, 1, 1]],
  ['threshold',   A.threshold(0.5, 9),      [9, 9, 9, 9, 9, 9, 1.5, 3, 4], [0, 0, 0, 0, 0, 0, 1, 1, 1]],
  ['hardsigmoid', A.hardsigmoid,            [0, 0, 0.25, 2.5 / 6, 0.5, 3.5 / 6, 0.75, 1, 1], [0, 0, sixth, sixth, sixth, sixth, sixth, 0, 0]],
  ['hardswish',   A.hardswish,              [0, 0, -0.375, -1.25 / 6, 0, 1.75 / 6, 1.125, 3, 4], [0, 0, 0, 1 / 3, 0.5, 2 / 3, 1, 1, 1]],
  ['rreluEval',   A.rreluEval(0.25, 0.75),  [-2, -1.5, -0.75, -0.25, 0, 0.5, 1.5, 3, 4], [0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 1, 1]],
  ['celu',        A.celu(2), [-1.7293294335267746, -1.5537396797031404, -1.0552668945179706, -0.44239843385719024, 0, 0.5, 1.5, 3, 4],
    [0.1353352832366127, 0.22313016014842982, 0.4723665527410147, 0.7788007830714049, 1, 1, 1, 1, 1]],
  ['squareplus',  A.squareplus(), [0.2360679774997898, 0.30277563773199456, 0.5, 0.7807764064044151, 1, 1.2807764064044151, 2, 3.302775637731995, 4.23606797749979],
    [0.0527864045000421, 0.08397485283107817, 0.19999999999999996, 0.37873218748183346, 0.5, 0.6212678125181665, 0.8, 0.9160251471689218, 0.9472135954999579]],
  ['tanhshrink',  A.tanhshrink, [-3.000670700260933, -2.0049452463132695, -0.5948517463551336, -0.03788284273999026, 0, 0.03788284273999026, 0.5948517463551336, 2.0049452463132695, 3.000670700260933],
    [0.9986590493169741, 0.9901339628345598, 0.8192933610763514, 0.2135522670340726, 0, 0.2135522670340726, 0.8192933610763514, 0.9901339628345598, 0.9986590493169741]],
] as const)('%s', (_, f, ys, ds) => {
  near(valuesOf(as(f), vector(...x)), ys)
  near(slopes(f, vector(...x)), ds)
})
test('NaN stays NaN, and far numbers do not overflow', () => {
  for (const f of [
    A.softshrink(),
    A.hardshrink(),
    A.threshold(1, 2),
    A.hardsigmoid,
    A.hardswish,
    A.celu(),
    A.squareplus(),
  ])
    expect(valuesOf(as(f), vector(Number.NaN))).toEqual([Number.NaN])
  expect(valuesOf(as(A.squareplus()), vector(-1e300, 1e300))).toEqual([1e-300, 1e300])
  expect(valuesOf(as(A.hardswish), vector(Infinity)).concat(slopes(A.hardswish, vector(Infinity)))).toEqual([
    Infinity,
    1,
  ])
})
test('prelu learns its slope', () => {
  const at = [array([2, 2], [-1, 2, -3, 0]), vector(0.5, 0.25)] as const
  expect(valuesOf(as(A.prelu), ...at)).toEqual([-0.5, 2, -1.5, 0])
  expect(slopes((s: Expr, e: Expr) => as(A.prelu)(e, s), at[1], at[0])).toEqual([-4, 0])
})
test('softmin and glu', () => {
  expect(valuesOf(as(A.softmin()), vector(2, 2))).toEqual([0.5, 0.5])
  expect(valuesOf(as(A.glu(0)), array([2, 2], [3, 5, 0, 0]))).toEqual([1.5, 2.5])
  expect(valuesOf(as(A.glu()), array([2, 2], [3, 0, 5, 0]))).toEqual([1.5, 2.5])
  const p = A.programOrThrow(A.real(2, 6), (e) => A.glu()(e))
  expect(p.out.shape).toEqual([2, 3])
  // @ts-expect-error an odd size has no half
  const odd = A.program(A.real(2, 5), (e) => A.glu()(e))
  expect(odd).toMatchObject({ _tag: 'Left' })
})
