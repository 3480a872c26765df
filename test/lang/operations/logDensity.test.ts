/** Log densities against scipy 1.17, at points with powers of 0 and large counts, and outside the support. */
import { expect, test } from 'vitest'
import type { Expr } from '../../../lang/syntax/expr.ts'
import * as A from '../../../src/index.ts'
import { gradientOf, valuesOf, vector } from './apply.ts'

type Build = (...xs: readonly Expr[]) => Expr
const { POSITIVE_INFINITY: inf } = Number
// biome-ignore format: a table
const rows: readonly (readonly [string, unknown, readonly [number, number, number], number])[] = [
  ['normal',               A.normalLogProb,   [1.5, 0.5, 2],          -1.737085713764618],
  ['laplace',              A.laplaceLogProb,  [1.5, 0.5, 2],          -1.8862943611198906],
  ['logistic',             A.logisticLogProb, [1.5, 0.5, 2],          -2.1413011489201588],
  ['gumbel',               A.gumbelLogProb,   [1.5, 0.5, 2],          -1.7996778402725786],
  ['cauchy',               A.cauchyLogProb,   [1.5, 0.5, 2],          -2.061020617723555],
  ['gamma',                A.gammaLogProb,    [1.5, 2.5, 2],          -0.9436172569108093],
  ['exponential at 0',     A.gammaLogProb,    [0, 1, 2],              Math.LN2],
  ['gamma outside',        A.gammaLogProb,    [-1, 1, 2],             -inf],
  ['gamma of no mass at 0', A.gammaLogProb,   [0, 2, 1],              -inf],
  ['beta',                 A.betaLogProb,     [0.3, 0.5, 7],          -1.1553151796454948],
  ['beta outside',         A.betaLogProb,     [1.5, 2, 2],            -inf],
  ['student',              A.studentTLogProb, [1.5, 3, 2],            -2.0377365440367736],
  ['binomial',             A.binomialLogProb, [3, 10, 0.3],           -1.321151277766889],
  ['binomial, p = 0',      A.binomialLogProb, [0, 10, 0],             0],
  ['binomial, many',       A.binomialLogProb, [500000, 1000000, 0.5], -7.13354688230902],
  ['binomial outside',     A.binomialLogProb, [11, 10, 0.5],          -inf],
  ['binomial, no count',   A.binomialLogProb, [2.5, 10, 0.5],         -inf],
  ['poisson',              A.poissonLogProb,  [4, 1.25, 2],           -2.0128909028513253],
  ['poisson, mean 0',      A.poissonLogProb,  [0, 0, 1],              0],
]
test.each(rows)('%s', (name, f, [x, a, b], y) => {
  const [found] = valuesOf(f as Build, vector(x), vector(a), vector(b)) as [number]
  // ln of a binomial coefficient of a million is a difference of numbers of the size of a million
  expect(found === y || Math.abs(found - y) <= (name === 'binomial, many' ? 1e-9 : 1e-14)).toBe(true)
})
test('counts may be integers, and outside the support the derivative is 0', () => {
  const p = A.programOrThrow(A.int(2), (k) => A.poissonLogProb(k, 2.5, 1))
  const [ys] = A.evaluate(p.closed, [Float64Array.of(4, 0)])
  expect(ys?.[0]).toBeCloseTo(-2.0128909028513253, 14)
  expect(ys?.[1]).toBeCloseTo(-2.5, 14)
  const slope = gradientOf((x) => A.sum()(A.gammaLogProb(x as Expr, 2.5, 2)) as Expr, vector(-1, 1.5))
  expect(slope[0]).toBe(0)
  expect(slope[1]).toBeCloseTo(1.5 / 1.5 - 2, 14)
})
