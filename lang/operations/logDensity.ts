/**
 * Logarithms of densities, and of the probabilities of counts, for likelihoods. Parameters and x are arrays or numbers that
 * broadcast; every derivative is found. Outside its support a density is 0: the logarithm is -Infinity, with derivative 0.
 * Names of parameters and figures are scipy's.
 */
import { abs, add, and, div, eq, exp, le, log, log1p, mul, neg, round, select, sub } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { logSigmoid, softplus } from './activation.ts'
import { square } from './comparison.ts'
import { betaLogarithm, logGamma } from './gammaFunctions.ts'
import { xlog1py, xlogy } from './logarithms.ts'
import { type OfThree, ofThree } from './pairwise.ts'

/** f(x) where x is in the support, else -Infinity; f gets the number `safe` there. */
const within = (holds: Expr, x: Expr, safe: number, f: (x: Expr) => Expr): Expr =>
  select(holds, f(select(holds, x, safe)), select(eq(x, x), Number.NEGATIVE_INFINITY, Number.NaN))
/** A density of (x - mean) / scale, whose logarithm is f. */
const located = (name: string, f: (z: Expr) => Expr): OfThree<'real'> =>
  ofThree(`${name}(x, mean, scale)`, (x, mean, scale) => sub(f(div(sub(x, mean), scale)), log(scale)))

/** ln of the normal density. */
export const normalLogProb: OfThree<'real'> = located('normalLogProb', (z) =>
  sub(mul(-0.5, square(z)), Math.log(2 * Math.PI) / 2),
)
/** ln of the Laplace density: -|z| - ln 2. Its derivative at the mean is 0. */
export const laplaceLogProb: OfThree<'real'> = located('laplaceLogProb', (z) => sub(neg(abs(z)), Math.LN2))
/** ln of the logistic density. */
export const logisticLogProb: OfThree<'real'> = located('logisticLogProb', (z) => sub(logSigmoid(z), softplus()(z)))
/** ln of the Gumbel density: -z - e^-z. */
export const gumbelLogProb: OfThree<'real'> = located('gumbelLogProb', (z) => neg(add(z, exp(neg(z)))))
/** ln of the Cauchy density. */
export const cauchyLogProb: OfThree<'real'> = located('cauchyLogProb', (z) =>
  neg(add(log1p(square(z)), Math.log(Math.PI))),
)
/** ln of the gamma density of shape a, x >= 0; exponential for a = 1, chi-square for a half of the degrees and rate 1/2. */
export const gammaLogProb: OfThree<'real'> = ofThree('gammaLogProb(x, a, rate)', (x, a, rate) =>
  within(le(0, x), x, 1, (y) => sub(sub(add(xlogy(sub(a, 1), y), mul(a, log(rate))), mul(rate, y)), logGamma(a))),
)
/** ln of the beta density, 0 <= x <= 1. */
export const betaLogProb: OfThree<'real'> = ofThree('betaLogProb(x, a, b)', (x, a, b) =>
  within(and(le(0, x), le(x, 1)), x, 0.5, (y) =>
    sub(add(xlogy(sub(a, 1), y), xlog1py(sub(b, 1), neg(y))), betaLogarithm([a, b])),
  ),
)
/** ln of Student's t density of `freedom` degrees, over a scale. */
export const studentTLogProb: OfThree<'real'> = ofThree('studentTLogProb(x, freedom, scale)', (x, n, scale) => {
  const z = div(x, scale)
  const tail = mul(mul(0.5, add(n, 1)), log1p(div(square(z), n)))
  const unit = add(betaLogarithm([mul(0.5, n), add(mul(0, n), 0.5)]), mul(0.5, log(n)))
  return neg(add(add(tail, unit), log(scale)))
})
/** ln of the probability of k successes in n trials of probability p: ln of a binomial coefficient and of powers. */
export const binomialLogProb: OfThree<'real' | 'int'> = ofThree('binomialLogProb(k, n, p)', (k, n, p) =>
  within(and(and(le(0, k), le(k, n)), eq(k, round(k))), k, 0, (j) => {
    const rest = sub(n, j)
    const ways = neg(add(betaLogarithm([add(j, 1), add(rest, 1)]), log1p(n)))
    return add(ways, add(xlogy(j, p), xlog1py(rest, neg(p))))
  }),
)
/** ln of the probability of the count k of a Poisson number, times `time`: k ln(rate time) - rate time - ln k! */
export const poissonLogProb: OfThree<'real' | 'int'> = ofThree('poissonLogProb(k, rate, time)', (k, rate, time) => {
  const mean = mul(rate, time)
  return within(and(le(0, k), eq(k, round(k))), k, 0, (j) => sub(sub(xlogy(j, mean), mean), logGamma(add(j, 1))))
})
