/** Poisson numbers by the inverse of their distribution function, which is an incomplete gamma function. */
import {
  add,
  div,
  exp,
  le,
  lt,
  max,
  mul,
  neg,
  round,
  select,
  sqrt,
  stopGradient,
  sub,
  toInt,
  toReal,
} from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { gammaWeight, lowerGamma } from './incompleteGamma.ts'
import { normalAt } from './normalPlaces.ts'
import { type Distribution, ofParameter } from './parameters.ts'
import { uniform } from './random.ts'

/** Means below this are inverted from 0 upwards; P(X > 47) < 1e-13. */
const large = 12
const most = 48
/** How many of the tails P(X > k), which fall, are at least `rest`. */
const reached = (tails: readonly Expr[], rest: Expr): Expr =>
  tails.map((t) => toReal(le(rest, t))).reduce((s, t) => add(s, t))

const fromZero = (mean: Expr, rest: Expr): Expr => {
  const weights = Array.from({ length: most - 1 }, (_, k) => k + 1).reduce<readonly Expr[]>(
    (all, k) => all.concat(mul(all[k - 1] as Expr, mul(mean, 1 / k))),
    [exp(neg(mean))],
  )
  // tails are added from the smallest term, so that they keep their digits
  const tails = weights
    .slice(1)
    .reduceRight<readonly Expr[]>((all, w) => [all[0] === undefined ? w : add(all[0], w)].concat(all), [])
  return reached(tails, rest)
}
/** Where the mean is large: from three below an approximation, by Cornish and Fisher, that is off by less. */
const around = (mean: Expr, u: Expr, rest: Expr): Expr => {
  const s = sqrt(mean)
  const z = normalAt(add(sub(mul(u, 2), 1), 2 ** -24))
  const z2 = mul(z, z)
  // skewness 1 / s, excess 1 / s^2
  const third = div(mul(z, add(mul(z2, 1 / 24 - 2 / 36), 5 / 36 - 3 / 24)), s)
  const guess = add(add(mean, mul(s, z)), add(div(sub(z2, 1), 6), third))
  const start = max(sub(round(sub(guess, 0.5)), 3), 0)
  const first = lowerGamma([add(start, 1), mean])
  const next = Array.from({ length: 6 }, (_, k) => add(start, k + 1))
  const weights = next
    .slice(1)
    .reduce<readonly Expr[]>(
      (all, k) => all.concat(div(mul(all[all.length - 1] as Expr, mean), k)),
      [gammaWeight(next[0] as Expr, mean)],
    )
  const tails = weights.reduce<readonly Expr[]>((all, w) => all.concat(sub(all[all.length - 1] as Expr, w)), [first])
  return add(start, reached(tails, rest))
}
/**
 * Poisson numbers of a mean. They are the inverse of the distribution function of one uniform number, and grow with the
 * mean for one key. Cost: 150 operations for means below 12, and two quadratures of 48 points; all are computed for each.
 *
 * Errors:  InvalidAttribute for a number mean that is negative; CannotBroadcast
 *
 * @example
 * const f = programOrThrow([], () => poisson(4, [3])(randomKey(7)))
 * f.out.shape // => [3]
 */
export const poisson: Distribution<'int'> = ofParameter(
  'poisson',
  'mean',
  (m) => m >= 0 && m < 2 ** 31,
  'must be from 0 to 2^31',
  (given, shape) => (key) => {
    const mean = stopGradient(given)
    const u = uniform(shape)(key)
    const rest = sub(1, u)
    const small = lt(mean, large)
    const low = fromZero(select(small, mean, 1), rest)
    return toInt(select(small, low, around(select(small, large, mean), u, rest)))
  },
)
