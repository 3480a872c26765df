/** Questions about floats, signs, remainders and NaN left out. Figures are of NumPy 2 and PyTorch 2.15. */
import { describe, expect, test } from 'vitest'
import type { Expr } from '../../../lang/syntax/expr.ts'
import * as A from '../../../src/index.ts'
import { array, type Given, gradientOf, integers, valuesOf, vector } from './apply.ts'

type Build = (...xs: readonly Expr[]) => Expr
const as = (f: unknown): Build => f as Build
const { NaN: nan, POSITIVE_INFINITY: inf } = Number
const all = vector(1.5, -1.5, 0, -0, inf, -inf, nan)

test.each([
  ['isNaN', A.isNaN, [0, 0, 0, 0, 0, 0, 1]],
  ['isInf', A.isInf, [0, 0, 0, 0, 1, 1, 0]],
  ['isFinite', A.isFinite, [1, 1, 1, 1, 0, 0, 0]],
  ['isPosInf', A.isPosInf, [0, 0, 0, 0, 1, 0, 0]],
  ['isNegInf', A.isNegInf, [0, 0, 0, 0, 0, 1, 0]],
  ['signbit', A.signbit, [0, 1, 0, 1, 0, 1, 0]],
  ['trunc', A.trunc, [1, -1, 0, -0, inf, -inf, nan]],
  ['frac', A.frac, [0.5, -0.5, 0, 0, nan, nan, nan]],
  ['nanToNum', A.nanToNum(), [1.5, -1.5, 0, -0, 3.4028234663852886e38, -3.4028234663852886e38, 0]],
  ['nanToNum of options', A.nanToNum({ nan: 7, posInf: 8, negInf: 9 }), [1.5, -1.5, 0, -0, 8, 9, 7]],
  ['cbrt', A.cbrt, [1.1447142425533319, -1.1447142425533319, 0, -0, inf, -inf, nan]],
  ['heaviside', (x: Expr) => A.heaviside(x, 0.5), [1, 0, 0.5, 0.5, 1, 0, nan]],
  ['copysign of -2', (x: Expr) => A.copysign(-2, x), [2, -2, 2, -2, 2, -2, 2]],
  ['fmax', (x: Expr) => A.fmax(x, 1), [1.5, 1, 1, 1, inf, 1, 1]],
  ['fmin', (x: Expr) => A.fmin(x, 1), [1, -1.5, 0, -0, 1, -inf, 1]],
  ['deg2rad', A.deg2rad, [0.026179938779914945, -0.026179938779914945, 0, -0, inf, -inf, nan]],
  ['sinc', A.sinc, [-0.2122065907891938, -0.2122065907891938, 1, 1, 0, -0, nan]],
] as const)('%s at special points', (_, f, expected) => {
  expect(valuesOf(as(f), all)).toEqual(expected)
})
test('questions of integers and truth values', () => {
  for (const [f, y] of [
    [A.isNaN, 0],
    [A.isInf, 0],
    [A.isFinite, 1],
  ] as const)
    expect(valuesOf(as(f), integers([2], [-3, 2147483647]))).toEqual([y, y])
  expect(valuesOf(as(A.signbit), integers([3], [-3, 0, 2]))).toEqual([1, 0, 0])
})

describe('mod and floorDiv are Python', () => {
  const x = [7, -7, 7, -7, 6, -6, 6, -6, 1, 5.5, -5, 5, 0, -0, inf, 5, nan]
  const y = [3, 3, -3, -3, 3, 3, -3, -3, 0.1, -2, inf, -inf, 2, 2, 3, nan, 1]
  const at = [vector(...x), vector(...y)] as const
  const mods = [1, 2, -2, -1, 0, 0, -0, -0, 0.09999999999999995, -0.5, inf, -inf, 0, 0, nan, nan, nan]
  const quotients = [2, -3, -3, 2, 2, -2, -2, 2, 9, -3, -1, -1, 0, -0, nan, nan, nan]
  test('of reals', () => {
    expect(valuesOf(as(A.mod), ...at)).toEqual(mods)
    expect(valuesOf(as(A.floorDiv), ...at)).toEqual(quotients)
  })
  test('of reals by 0', () => {
    expect(valuesOf(as(A.floorDiv), vector(1, -1, 0), vector(0, 0, 0))).toEqual([inf, -inf, nan])
    expect(valuesOf(as(A.mod), vector(1, -1, 0), vector(0, 0, 0))).toEqual([nan, nan, nan])
  })
  test('of integers', () => {
    const ints = [integers([6], [7, -7, 7, -7, 6, 5]), integers([6], [3, 3, -3, -3, -3, 0])] as const
    expect(valuesOf(as(A.mod), ...ints)).toEqual([1, 2, -2, -1, 0, 0])
    expect(valuesOf(as(A.floorDiv), ...ints)).toEqual([2, -3, -3, 2, -2, 0])
  })
  test('derivatives: 1 and -floorDiv of mod, 0 of floorDiv', () => {
    const finite = [vector(7, -7, 7.5), vector(3, 3, -2)] as const
    const sums =
      (f: unknown): Build =>
      (...xs) =>
        A.sum()(as(f)(...xs)) as Expr
    const swapped =
      (f: unknown): Build =>
      (b, a) =>
        A.sum()(as(f)(a as Expr, b as Expr)) as Expr
    expect(gradientOf(sums(A.mod), ...finite)).toEqual([1, 1, 1])
    expect(gradientOf(swapped(A.mod), finite[1], finite[0])).toEqual([-2, 3, 4])
    expect(gradientOf(sums(A.floorDiv), ...finite)).toEqual([0, 0, 0])
  })
})

const slopes = (f: unknown, ...xs: readonly Given[]): readonly number[] =>
  gradientOf((...es) => A.sum()(as(f)(...es)) as Expr, ...xs)
test.each([
  ['copysign', (x: Expr) => A.copysign(x, -1), [2, -2, 0], [-1, 1, 0]],
  ['frac', A.frac, [1.5, -0.5, 2], [1, 1, 1]],
  ['trunc', A.trunc, [1.5, -0.5], [0, 0]],
  ['nanToNum', A.nanToNum(), [1, nan, inf, -inf], [1, 0, 0, 0]],
  ['nansum', A.nansum(), [1, nan, 2], [1, 0, 1]],
  ['nanmean', A.nanmean(), [1, nan, 2], [0.5, 0, 0.5]],
  ['fmax', (x: Expr) => A.fmax(x, 1), [2, 1, 0, nan], [1, 0.5, 0, 0]],
  ['sinc', A.sinc, [0, -0, 1], [0, 0, -1]],
  ['cbrt', A.cbrt, [8, -8, 0], [1 / 12, 1 / 12, inf]],
] as const)('the derivative of %s', (_, f, at, expected) => {
  expect(slopes(f, vector(...at)).map((v) => v + 0)).toEqual(expected)
})
test('sums and means without NaN, along axes', () => {
  const x = array([2, 3], [1, nan, 3, nan, nan, nan])
  expect(valuesOf(as(A.nansum(1)), x)).toEqual([4, 0])
  expect(valuesOf(as(A.nanmean(1)), x)).toEqual([2, nan])
  expect(valuesOf(as(A.nanmean(0, { keep: true })), x)).toEqual([1, nan, 3])
})
test('lerp ends at its ends', () => {
  const f = (t: Expr): Expr => A.lerp(0.1, 0.7, t)
  expect(valuesOf(f, vector(0, 1, 0.5, 2))).toEqual([0.1, 0.7, 0.39999999999999997, 1.2999999999999998])
})
