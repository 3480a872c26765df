/**
 * The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P, the probabilities that a gamma number of shape a
 * is below and above x.
 *
 * With D = x^a e^-x / gamma(a + 1), for x < 1 a power series gives P = D sum x^k / ((a + 1) ... (a + k)). Elsewhere the
 * smaller of the two is an integral of a decreasing function with one bend, by a quadrature of 48 points:
 *
 *   P = a D * integral over u > 0 of e^(-a u + x (1 - e^-u))       where x < a
 *   Q = a D * integral over u > 0 of e^(a u - x (e^u - 1))         where x >= a
 *
 * Derivatives in a are those of these formulas, so that they exist to any order.
 */
import { declareJvp } from '../control/custom.ts'
import { sum } from '../primitives/broadcast.ts'
import { constant, tensor } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  exp,
  expm1,
  le,
  log,
  log1p,
  lt,
  min,
  mul,
  ne,
  neg,
  not,
  or,
  select,
  sqrt,
  stopGradient,
  sub,
} from '../primitives/elementwise.ts'
import type { Pairwise } from '../primitives/pointwise.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { gt, square } from './comparison.ts'
import { digammaOf, lgammaOnePlus, logGamma, stirlingRest } from './gammaFunctions.ts'
import { ofReals } from './pairwise.ts'

type Two = readonly [Expr, Expr]
const infinity = Number.POSITIVE_INFINITY
const count = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)

/** Gauss' and Legendre's points and weights on [0, 1], by Newton's method. */
const legendre = (n: number): readonly (readonly [point: number, weight: number])[] => {
  const at = (x: number): readonly [value: number, slope: number] => {
    const [p, last] = count(n).reduce<readonly [number, number]>(
      ([q, r], k) => [((2 * k + 1) * x * q - k * r) / (k + 1), q],
      [1, 0],
    )
    return [p, (n * (x * p - last)) / (x * x - 1)]
  }
  return count(n).map((k) => {
    const start = Math.cos((Math.PI * (k + 0.75)) / (n + 0.5))
    const x = count(8).reduce((z) => z - at(z)[0] / at(z)[1], start)
    return [(1 + x) / 2, 1 / ((1 - x * x) * at(x)[1] ** 2)]
  })
}
const points = 48
/** e^-40 is left out. */
const depth = 40

/** D = x^a e^-x / gamma(a + 1): for a large a by Stirling's formula, so that nothing cancels where x is near a. */
export const gammaWeight = (a: Expr, x: Expr): Expr => {
  const large = lt(8, a)
  const big = select(large, a, 8)
  const m = div(sub(x, big), big)
  const near = lt(abs(m), 0.5)
  const bend = select(
    near,
    sub(select(near, m, 0.25), log1p(select(near, m, 0.25))),
    sub(m, log(select(near, 1, div(x, big)))),
  )
  const small = select(large, 1, a)
  const direct = exp(sub(sub(mul(small, log(x)), x), logGamma(add(small, 1))))
  const stirling = div(exp(neg(add(mul(big, bend), stirlingRest(big)))), sqrt(mul(2 * Math.PI, big)))
  return select(large, stirling, direct)
}
const terms = 19
/** sum x^k / ((a + 1) ... (a + k)) for x < 1, and its derivative in a. */
const series = (a: Expr, x: Expr): Two => {
  const start = constant(shapeOf(a), 1)
  // from the last term: s = 1 + x / (a + k) s
  return count(terms).reduceRight<Two>(
    ([s, d], k) => {
      const q = div(x, add(a, k + 1))
      return [add(1, mul(q, s)), mul(q, sub(d, div(s, add(a, k + 1))))]
    },
    [start, mul(0, start)],
  )
}
/** a times the integral, and the integral of u times the function times a: of P if `below`, else of Q. */
const integrals = (a: Expr, x: Expr, below: boolean): Two => {
  const d = abs(sub(a, x))
  // where the exponent reaches -depth, or a little beyond: e^-u - 1 + u > u^2 / (2 + u), e^u - 1 - u > u^2 / 2
  const root = (p: Expr, q: Expr): Expr => div(2 * depth, add(p, sqrt(add(square(p), mul(4 * depth, q)))))
  const reach = below
    ? root(sub(d, depth / 2), mul(0.5, add(d, x)))
    : min(root(d, mul(0.5, x)), log1p(add(div(depth, x), sqrt(div(2 * depth, x)))))
  const shape = shapeOf(a)
  const wide = (e: Expr): Expr => reshape([...shape, 1])(e)
  const nodes = legendre(points)
  const across = (values: readonly number[]): Expr => tensor([points], values)
  const end = stopGradient(wide(reach))
  const u = mul(end, across(nodes.map(([s]) => s * s)))
  const [aa, xx] = [wide(a), wide(x)]
  const exponent = below ? sub(neg(mul(aa, u)), mul(xx, expm1(neg(u)))) : sub(mul(aa, u), mul(xx, expm1(u)))
  const f = mul(mul(exp(exponent), mul(aa, end)), across(nodes.map(([s, w]) => 2 * s * w)))
  return [sum(-1)(f), sum(-1)(mul(u, f))]
}

/** P, Q, and the derivative of P in a over D: where x is positive and finite, and a too. */
interface Sides {
  readonly p: Expr
  readonly q: Expr
  readonly slope: Expr
}
const sides = (a: Expr, x: Expr, logX = log(x)): Sides => {
  const small = lt(x, 1)
  const below = lt(x, a)
  const scale = gammaWeight(a, x)
  const slopeNear = sub(logX, digammaOf(add(a, 1)))
  const slope = add(slopeNear, div(1, a))
  const [s, sa] = series(a, select(small, x, 0.5))
  const near = select(small, 1, x)
  const [i, iu] = integrals(select(below, a, add(near, 1)), near, true)
  const [j, ju] = integrals(select(below, near, a), near, false)
  const p = mul(scale, select(small, s, i))
  const q = mul(scale, j)
  // 1 - P where P is near 1 because a is small
  const tiny = and(small, lt(a, 0.5))
  const e = select(tiny, a, 0.25)
  const v = sub(mul(e, log(select(small, x, 0.5))), lgammaOnePlus(e))
  const power = select(small, x, 0.5)
  const alternating = count(terms).reduceRight<Expr>(
    (t, k) => mul(div(power, k + 1), sub(div(1, add(e, k + 1)), t)),
    mul(0, e),
  )
  const rest = sub(mul(mul(exp(v), e), alternating), expm1(v))
  const direct = and(le(1, x), not(below))
  return {
    p: select(direct, sub(1, q), p),
    q: select(direct, q, select(tiny, rest, sub(1, p))),
    slope: select(
      small,
      add(mul(s, slopeNear), sa),
      select(direct, neg(add(mul(j, slope), ju)), sub(mul(i, slope), iu)),
    ),
  }
}
/** Of l = ln x for which P(a, x) is held fixed: dl / da, where x may underflow. */
export const quantileSlope = (a: Expr, l: Expr): Expr => neg(div(sides(a, exp(l), l).slope, a))

const inside = (a: Expr, x: Expr): Expr => and(and(gt(a, 0), lt(a, infinity)), and(gt(x, 0), lt(x, infinity)))
/** The answer inside; on the edges 0 or 1; NaN where there is no limit, or a or x is negative. */
const answer = ([a, x]: Two, side: 'p' | 'q'): Expr => {
  const within = inside(a, x)
  const [a0, x0] = [select(within, a, 1), select(within, x, 1)]
  const none = and(le(0, a), and(eq(x, 0), ne(a, 0)))
  const [low, high] = side === 'p' ? [0, 1] : [1, 0]
  const lower = or(none, and(eq(a, infinity), and(le(0, x), lt(x, infinity))))
  const upper = or(and(eq(a, 0), gt(x, 0)), and(eq(x, infinity), and(le(0, a), lt(a, infinity))))
  return select(within, sides(a0, x0)[side], select(lower, low, select(upper, high, Number.NaN)))
}
/** The tangent of P: the density of x, and the derivative in a. */
const moved = ([a, x]: Two, [da, dx]: Two): Expr => {
  const within = inside(a, x)
  const [a0, x0] = [select(within, a, 1), select(within, x, 1)]
  const scale = gammaWeight(a0, x0)
  const pdf = div(mul(scale, a0), x0)
  const atZero = select(lt(a, 1), infinity, select(eq(a, 1), 1, 0))
  const edge = select(and(eq(x, 0), gt(a, 0)), atZero, 0)
  return add(mul(dx, select(within, pdf, edge)), mul(mul(select(within, da, 0), scale), sides(a0, x0).slope))
}
export const lowerGamma = declareJvp(
  (ax: Two): Expr => answer(ax, 'p'),
  (ax, d) => moved(ax, d),
)
const upper = declareJvp(
  (ax: Two): Expr => answer(ax, 'q'),
  (ax, d) => neg(moved(ax, d)),
)
/**
 * The regularised lower incomplete gamma function P(a, x), for a, x >= 0: PyTorch's gammainc. Derivatives: the density
 * x^(a - 1) e^-x / gamma(a) in x; in a that of the formula. On the edges, such as x = 0, the one in a is 0.
 *
 * Shape:     broadcast
 * Law:       igamma(a, x) + igammac(a, x) = 1
 * Cost:      two quadratures of 48 points, so about 200 exponentials
 * Accuracy:  in float64 1e-13 of the value for a <= 1000, and sqrt(a) units in the last place beyond
 *
 * @example
 * const f = programOrThrow(real(1), (x) => igamma(1, x))
 * evaluate(f.closed, [Float64Array.of(2)]) // => [[0.8646647167633873]]
 */
export const igamma: Pairwise<'real', 'real'> = ofReals('igamma', (a, x) => lowerGamma([a, x]))
/** The regularised upper incomplete gamma function Q(a, x) = 1 - P(a, x), with all digits where it is small. As igamma */
export const igammac: Pairwise<'real', 'real'> = ofReals('igammac', (a, x) => upper([a, x]))
