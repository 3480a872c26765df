/** The tails of the normal distribution and of the error function, where they underflow, and the inverse of the former. */
import { declareJvp } from '../control/custom.ts'
import {
  abs,
  add,
  div,
  eq,
  erfc,
  exp,
  gaussian,
  le,
  log,
  log1p,
  lt,
  mul,
  neg,
  normalCdf,
  normalPdf,
  or,
  select,
  sub,
} from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { gt, type Pointwise } from './comparison.ts'
import { inverseOf } from './inverseErf.ts'
import { ofReal } from './pairwise.ts'

/** From here on the continued fraction is accurate to float64. */
const far = 4
const depth = 20
/** e^(x^2) erfc(x) = 1 / (sqrt(pi) (x + (1/2) / (x + 1 / (x + (3/2) / (x + ...))))) for x >= far. */
const fraction = (x: Expr): Expr => {
  const bottom = Array.from({ length: depth }, (_, k) => (depth - k) / 2).reduce((b, k) => add(x, div(k, b)), x)
  return div(1 / Math.sqrt(Math.PI), bottom)
}
const scaled = (x: Expr): Expr => {
  const beyond = le(far, x)
  const near = select(or(beyond, lt(x, -far)), 1, x)
  const central = div(erfc(near), gaussian(near))
  const left = lt(x, -far)
  const y = select(or(beyond, left), abs(x), far)
  const edge = fraction(y)
  return select(
    beyond,
    edge,
    select(left, sub(mul(2, exp(mul(select(left, x, 0), select(left, x, 0)))), edge), central),
  )
}
/**
 * e^(x^2) erfc(x), which falls as 1 / x. Derivative: 2 x erfcx(x) - 2 / sqrt(pi).
 *
 * Accuracy in float64: 2e-15 of the value, 5e-14 of the derivatives; for x < 0 and x^2 times that, as e^(x^2) has.
 * Source:   W. Gautschi, "Efficient computation of the complex error function", SIAM J. Numer. Anal. 7 (1970)
 *
 * @example
 * const f = programOrThrow(real(1), (x) => erfcx(x))
 * evaluate(f.closed, [Float64Array.of(100)]) // => [[0.005641613782989433]]
 */
export const erfcx: Pointwise = ofReal('erfcx', scaled)

/** The density over the probability, of a standard normal x. */
const hazard = (x: Expr): Expr => {
  const tail = lt(x, -1)
  const inner = select(tail, 0, x)
  const outer = div(Math.sqrt(2 / Math.PI), scaled(mul(select(tail, x, -1), -Math.SQRT1_2)))
  return select(tail, outer, div(normalPdf(inner), normalCdf(inner)))
}
/**
 * ln of the probability that a standard normal number is at most x, without underflow: about -x^2 / 2 far below.
 * Derivative: the density over the probability.
 */
export const logNdtr: Pointwise = ofReal(
  'logNdtr',
  declareJvp(
    (x: Expr): Expr => {
      const tail = lt(x, -1)
      const y = mul(select(tail, x, -1), -Math.SQRT1_2)
      const outer = sub(log(mul(0.5, scaled(y))), mul(0.5, mul(select(tail, x, 1), select(tail, x, 1))))
      const inner = select(tail, 0, x)
      return select(tail, outer, select(gt(inner, 0), log1p(neg(normalCdf(neg(inner)))), log(normalCdf(inner))))
    },
    (x, dx) => mul(dx, hazard(x)),
  ),
)
/**
 * The quantile of the standard normal distribution, the inverse of normalCdf: infinite at 0 and 1, NaN outside. Derivative:
 * one over the density.
 *
 * Law:  normalCdf(ndtri(p)) = p
 */
export const ndtri: Pointwise = ofReal(
  'ndtri',
  declareJvp(
    (p: Expr): Expr => {
      const x = sub(mul(2, p), 1)
      const tail = mul(2, select(lt(p, 0.5), p, sub(1, p)))
      return select(eq(tail, 0), mul(x, Number.POSITIVE_INFINITY), mul(Math.SQRT2, inverseOf(x, tail, 0)))
    },
    (_, dp, y) => div(dp, normalPdf(y)),
  ),
)
