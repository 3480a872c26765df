/** Special functions at zeros, poles, infinities and NaN: values as scipy 1.17 has them, and the conventions of derivatives. */
import { expect, test } from 'vitest'
import type { Expr } from '../../../lang/syntax/expr.ts'
import * as A from '../../../src/index.ts'
import { gradientOf, valuesOf, vector } from './apply.ts'

type Build = (...xs: readonly Expr[]) => Expr
const { NaN: nan, POSITIVE_INFINITY: inf } = Number

// biome-ignore format: a table
test.each([
  ['lgamma',       A.lgamma,       [0, -0, -1, inf, -inf, nan, 1e-300], [inf, inf, inf, inf, inf, nan, 690.7755278982137]],
  ['lgamma at its zeros', A.lgamma, [1, 2, 1 + 2 ** -40], [0, 0, -5.249745890076019e-13]],
  ['digamma',      A.digamma,      [0, -0, -1, inf, nan], [-inf, inf, nan, inf, nan]],
  ['polygamma(1)', A.polygamma(1), [0, -1, inf, nan], [inf, inf, 0, nan]],
  ['i0',           A.i0,           [0, inf, -inf, nan], [1, inf, inf, nan]],
  ['i1',           A.i1,           [0, inf, -inf, nan], [0, inf, -inf, nan]],
  ['i0e',          A.i0e,          [0, inf, -inf, nan], [1, 0, 0, nan]],
  ['j0',           A.j0,           [0, inf, -inf, nan], [1, 0, 0, nan]],
  ['k0',           A.k0,           [0, inf, -1, nan], [inf, 0, nan, nan]],
  ['k1e',          A.k1e,          [0, inf, -1, nan], [inf, 0, nan, nan]],
  ['erfcx',        A.erfcx,        [-inf, inf, nan, -27, 0], [inf, 0, nan, inf, 1]],
  ['logNdtr',      A.logNdtr,      [-inf, inf, nan], [-inf, 0, nan]],
  ['ndtri',        A.ndtri,        [0, 1, -0.1, 1.1, nan, 0.5], [-inf, inf, nan, nan, nan, 0]],
  ['entr',         A.entr,         [0, -1, inf, nan], [0, -inf, -inf, nan]],
  ['logit',        A.logit,        [0, 1, -0.1, 1.1, nan, 0.5], [-inf, inf, nan, nan, nan, 0]],
  ['log1mexp',     A.log1mexp,     [0, inf, -1, nan], [-inf, 0, nan, nan]],
] as const)('%s', (_, f, x, y) => {
  expect(valuesOf(f as Build, vector(...x)).map((v) => v + 0)).toEqual(y)
})
// biome-ignore format: a table
test.each([
  ['igamma',    A.igamma,    [1, 0, 0, 1, -1, inf, 1, 1], [0, 1, 0, inf, 1, 1, -1, nan], [0, 1, nan, 1, nan, 0, nan, nan]],
  ['igammac',   A.igammac,   [1, 0, 0, 1, -1, inf, 1, 1], [0, 1, 0, inf, 1, 1, -1, nan], [1, 0, nan, 0, nan, 1, nan, nan]],
  ['zeta',      A.zeta,      [1, 0.5, 2, nan, 2], [1, 1, 0, 1, inf], [inf, nan, inf, nan, 0]],
  ['logaddexp', A.logaddexp, [-inf, inf, inf, nan, -inf], [-inf, inf, -inf, 1, 3], [-inf, inf, inf, nan, 3]],
  ['xlogy',     A.xlogy,     [0, 0, 0, 0, 2], [0, inf, nan, -1, 0], [0, 0, nan, 0, -inf]],
  ['xlog1py',   A.xlog1py,   [0, 0, 0, 2], [-1, inf, nan, -1], [0, 0, nan, -inf]],
  ['relEntr',   A.relEntr,   [0, 0, 1, -1, nan], [0, 1, 0, 1, 1], [0, 0, inf, inf, nan]],
  ['klDiv',     A.klDiv,     [0, 0, 1, -1, nan], [0, 2, 0, 1, 1], [0, 2, inf, inf, nan]],
] as const)('%s', (_, f, x, y, z) => {
  expect(valuesOf(f as unknown as Build, vector(...x), vector(...y)).map((v) => v + 0)).toEqual(z)
})
const first = (f: unknown, x: readonly number[], y: readonly number[]): readonly number[] =>
  gradientOf((a, b) => A.sum()((f as Build)(a as Expr, b as Expr)) as Expr, vector(...x), vector(...y)).map(
    (v) => v + 0,
  )
const second = (f: unknown, x: readonly number[], y: readonly number[]): readonly number[] =>
  first((b: Expr, a: Expr) => (f as Build)(a, b), y, x)
// biome-ignore format: a table
test.each([
  // one half each at equal infinities, 0 where the sum is 0
  ['logaddexp', A.logaddexp, [-inf, inf, inf, -inf, 2], [-inf, inf, -inf, 3, 2], [0, 0.5, 1, 0, 0.5], [0, 0.5, 0, 1, 0.5]],
  // the term is the constant 0 where x = 0 and ln y is infinite
  ['xlogy',     A.xlogy,     [0, 0, 2], [0, 1, 4], [0, 0, Math.log(4)], [0, 0, 0.5]],
  ['xlogy, x = 0 and y > 0', A.xlogy, [0], [Math.E], [1], [0]],
  ['relEntr',   A.relEntr,   [0, 1], [2, 1], [0, 1], [0, -1]],
  ['klDiv',     A.klDiv,     [0, 1], [2, 1], [0, 0], [1, 0]],
  // the density at 0: infinite, 1, 0
  ['igamma',    (x: Expr, a: Expr) => A.igamma(a, x), [0, 0, 0], [0.5, 1, 2], [inf, 1, 0], [0, 0, 0]],
] as const)('the derivatives of %s at edges', (_, f, x, y, dx, dy) => {
  expect(first(f, x, y)).toEqual(dx)
  expect(second(f, x, y)).toEqual(dy)
})
test('entr and logit have infinite slopes at their ends', () => {
  const slope = (f: unknown, x: number) => gradientOf((a) => A.sum()((f as Build)(a as Expr)) as Expr, vector(x))[0]
  expect([slope(A.entr, 0), slope(A.logit, 0), slope(A.logit, 1)]).toEqual([inf, inf, inf])
  for (const [f, d] of [
    [A.i1, 0.5],
    [A.j1, 0.5],
    [A.i1e, 0.5],
    [A.i0, 0],
    [A.i0e, 0],
  ] as const)
    expect(slope(f, 0)).toBeCloseTo(d, 15)
})
