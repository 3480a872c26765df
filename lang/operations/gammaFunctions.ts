/**
 * The gamma function's logarithm and its derivatives, the zeta function and the beta function. An argument is moved to
 * where a series is accurate by recurrence, and negative ones are reflected; the coefficients of the series are formulas.
 */
import { declareJvp } from '../control/custom.ts'
import { constant } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  cos,
  div,
  eq,
  exp,
  integerPow,
  le,
  log,
  log1p,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  power,
  round,
  select,
  sin,
  sub,
} from '../primitives/elementwise.ts'
import type { Operand, Pairwise } from '../primitives/pointwise.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Pointwise, square } from './comparison.ts'
import { derived, notReal, unless } from './derived.ts'
import { sinPi } from './floats.ts'
import { ofReal, ofReals } from './pairwise.ts'
import { polynomial } from './polynomial.ts'

const infinity = Number.POSITIVE_INFINITY
const count = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
const sumOf = (xs: readonly Expr[]): Expr => xs.reduce((s, x) => add(s, x))
/** The Bernoulli numbers B2, B4, ... B16. */
const bernoullis = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510]
/** From here on Stirling's series is accurate to float64. */
const far = 10

// -- ln |gamma| ------------------------------------------------------------------------------------------------------

/** Sum of B2k / (2k (2k - 1) x^(2k - 1)): what is left of ln gamma after Stirling's formula, for x >= 8. */
export const stirlingRest = (x: Expr): Expr => {
  const r = div(1, x)
  return mul(
    r,
    polynomial(
      bernoullis.map((b, k) => b / ((2 * k + 2) * (2 * k + 1))),
      square(r),
    ),
  )
}
/** zeta(s) - 1 for s >= 2, by the sum of 99 terms and Euler's and Maclaurin's formula for the others. */
const zetaLessOne = (s: number): number => {
  const n = 100
  const rest =
    n ** (1 - s) / (s - 1) + n ** -s / 2 + (s * n ** (-s - 1)) / 12 - (s * (s + 1) * (s + 2) * n ** (-s - 3)) / 720
  return count(n - 2).reduceRight((t, k) => t + (k + 2) ** -s, rest)
}
const euler = 0.5772156649015329
/** ln gamma(2 + e) = (1 - euler) e + sum of (-1)^k (zeta(k) - 1) e^k / k, for |e| <= 1/2. */
const nearTwo = (e: Expr): Expr =>
  mul(e, polynomial([1 - euler, ...count(25).map((k) => ((-1) ** k * zetaLessOne(k + 2)) / (k + 2))], e))
/** ln gamma(1 + e) for |e| <= 1/2, with all digits near 0. */
export const lgammaOnePlus = (e: Expr): Expr => sub(nearTwo(e), log1p(e))

/** For x > -1/2. */
const lgammaUp = (x: Expr): Expr => {
  const big = select(lt(x, far), far, x)
  const stirling = add(add(mul(sub(big, 0.5), sub(log(big), 1)), Math.log(2 * Math.PI) / 2 - 0.5), stirlingRest(big))
  const small = select(lt(x, far), x, 2)
  // x = t + n with t in [3/2, 5/2]
  const n = sub(round(small), 2)
  const e = sub(sub(small, 2), n)
  const factors = count(far - 2).map((k) => select(lt(k, n), sub(small, k + 1), 1))
  const product = factors.reduce((p, f) => mul(p, f))
  const one = lt(abs(sub(small, 1)), 0.5)
  const below = mul(small, select(one, 1, add(1, small)))
  const up = lt(small, 1.5)
  const moved = select(one, neg(log1p(select(one, sub(small, 1), 0))), neg(log(abs(select(up, below, 1)))))
  return select(lt(x, far), add(nearTwo(e), select(up, moved, log(product))), stirling)
}
const lgammaValue = (x: Expr): Expr => {
  const reflected = lt(x, -0.5)
  const y = abs(x)
  const up = lgammaUp(select(reflected, y, x))
  const back = sub(Math.log(Math.PI), add(up, log(abs(mul(y, sinPi(x))))))
  return select(eq(y, infinity), infinity, select(reflected, back, up))
}
export const logGamma: (x: Expr) => Expr = declareJvp(lgammaValue, (x, dx) => mul(dx, psi(0, x)))
/**
 * ln |gamma(x)|, infinite at 0, -1, -2, ... Derivative: digamma. Cost: about 70 operations, 4 of them logarithms or sines.
 *
 * Accuracy in float64: 5e-16 of the value for x > 0, near the zeros 1 and 2 too; 5e-15 absolutely for x < 0.
 *
 * @example
 * const f = programOrThrow(real(2), (x) => lgamma(x))
 * evaluate(f.closed, [Float64Array.of(5, 1)]) // => [[3.1780538303479458, 0]]
 */
export const lgamma: Pointwise = ofReal('lgamma', logGamma)

// -- its derivatives, and zeta ---------------------------------------------------------------------------------------

/**
 * The sum of (q + k)^-s over k >= 0, for s > 1 and q > 0: ten terms, and for the others Euler's and Maclaurin's formula
 * at z = q + 10. `rising` has s (s + 1) ... (s + 2 k), `raised` x^-s.
 */
const hurwitz = (
  whole: Expr,
  s: Operand<'real'>,
  rising: readonly Operand<'real'>[],
  raised: (x: Expr) => Expr,
): Expr => {
  const end = eq(whole, infinity)
  const q = select(end, 1, whole)
  const z = add(q, far)
  const r = div(1, z)
  const start = constant(shapeOf(q), 0)
  const tail = bernoullis.reduceRight<Expr>((t, b, k) => {
    const factor = count(2 * k + 2).reduce((p, j) => p / (j + 1), b)
    return add(mul(t, square(r)), mul(factor, rising[k] as Operand<'real'>))
  }, start)
  const rest = mul(raised(z), add(add(div(z, sub(s, 1)), 0.5), mul(r, tail)))
  return select(end, 0, add(sumOf(count(far).map((k) => raised(k === far - 1 ? q : add(q, far - 1 - k)))), rest))
}
const zetaValue = (s: Expr, q: Expr): Expr => {
  const rising = bernoullis.map((_, k) => count(2 * k).reduce<Expr>((p, j) => mul(p, add(s, j + 1)), s))
  const value = hurwitz(q, s, rising, (x) => power(x, neg(s)))
  return select(eq(s, 1), infinity, select(lt(s, 1), Number.NaN, value))
}
/**
 * Hurwitz' zeta function, the sum of (q + k)^-s over k = 0, 1, 2, ..., for s > 1 and q > 0; Riemann's for q = 1. Infinite
 * at s = 1 and at q = 0, NaN for s < 1. Both derivatives are found. Cost: 11 powers.
 *
 * Shape:   broadcast
 * Errors:  ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2), (s) => zeta(s, 1))
 * evaluate(f.closed, [Float64Array.of(2, 4)]) // => [[1.6449340668482264, 1.0823232337111382]]
 */
export const zeta: Pairwise<'real', 'real'> = ofReals('zeta', zetaValue)

/** The coefficients of the n-th derivative of cot as a polynomial of cot: p' becomes -(1 + c^2) p'. */
const cotangents = (n: number): readonly number[] =>
  count(n).reduce<readonly number[]>(
    (p) => count(p.length + 1).map((k) => -((k + 1) * (p[k + 1] ?? 0)) - (k > 0 ? (k - 1) * (p[k - 1] ?? 0) : 0)),
    [0, 1],
  )
const factorial = (n: number): number => count(n).reduce((p, k) => p * (k + 1), 1)
/** For x >= 0. */
const psiUp = (n: number, x: Expr): Expr => {
  if (n > 0) {
    const rising = bernoullis.map((_, k) => factorial(n + 2 * k + 1) / factorial(n))
    return mul(-((-1) ** n) * factorial(n), hurwitz(x, n + 1, rising, integerPow(-n - 1)))
  }
  const low = lt(x, far)
  const z = select(low, add(x, far), x)
  const r = div(1, z)
  const series = polynomial(
    bernoullis.map((b, k) => b / (2 * k + 2)),
    square(r),
  )
  const asymptotic = sub(log(z), mul(r, add(0.5, mul(r, series))))
  const below = sumOf(count(far).map((k) => div(1, k === 0 ? x : add(x, k))))
  return sub(asymptotic, select(low, below, 0))
}
/** The n-th derivative of digamma, by psi(1 - x) - psi(x) = pi cot(pi x) for x < 0. */
const psi = (n: number, x: Expr): Expr => {
  const reflected = lt(x, 0)
  const up = psiUp(n, select(reflected, sub(1, x), x))
  const r = mul(Math.PI, sub(x, round(x)))
  const regular = and(reflected, ne(r, 0))
  const angle = select(regular, r, 1)
  const cot = div(cos(angle), sin(angle))
  const back = sub(mul((-1) ** n, up), mul(Math.PI ** (n + 1), polynomial(cotangents(n), cot)))
  return select(reflected, select(regular, back, n % 2 === 0 ? Number.NaN : infinity), up)
}
export const digammaOf = (x: Expr): Expr => psi(0, x)
/**
 * The derivative of ln |gamma|: -Infinity at 0, NaN at -1, -2, ... Derivative: polygamma(1). Cost: 10 quotients, 3 logarithms
 * or sines.
 *
 * Accuracy in float64: 2e-15, of the value where that exceeds 1.
 */
export const digamma: Pointwise = ofReal('digamma', digammaOf)
/**
 * The n-th derivative of digamma, for an integer n from 0 to 20. Derivative: polygamma(n + 1). Cost: 11 powers.
 *
 * Errors:  InvalidAttribute for another n
 *
 * @example
 * const f = programOrThrow(real(1), (x) => polygamma(1)(x))
 * evaluate(f.closed, [Float64Array.of(1)]) // => [[1.6449340668482264]]
 */
export const polygamma = operation(
  'polygamma(n)(x)',
  (n: number): Pointwise =>
    (x: Expr) => {
      const problem = unless(Number.isInteger(n) && n >= 0 && n <= 20, 'n', 'must be an integer from 0 to 20')
      return derived('polygamma', [x], problem ?? notReal(x), () => psi(n, x))
    },
)
/**
 * ln of the multivariate gamma function of dimension d: d (d - 1) / 4 ln pi + sum of lgamma(a - j / 2) over j < d, for
 * a > (d - 1) / 2.
 *
 * Errors:  InvalidAttribute for a d that is no integer from 1 to 100
 */
export const multigammaln = operation(
  'multigammaln(d)(a)',
  (d: number): Pointwise =>
    (a: Expr) => {
      const problem = unless(Number.isInteger(d) && d >= 1 && d <= 100, 'd', 'must be an integer from 1 to 100')
      return derived('multigammaln', [a], problem ?? notReal(a), () =>
        add(sumOf(count(d).map((j) => logGamma(j === 0 ? a : sub(a, j / 2)))), (Math.log(Math.PI) * d * (d - 1)) / 4),
      )
    },
)

// -- beta ------------------------------------------------------------------------------------------------------------

export const betaLogarithm = declareJvp(
  ([a, b]: readonly [Expr, Expr]): Expr => {
    const [p, q] = [min(a, b), max(a, b)]
    const large = le(far, q)
    const both = le(far, p)
    const big = select(large, q, far)
    const bulk = select(both, p, far)
    const part = select(large, p, 1)
    const total = add(part, big)
    // Stirling's formula of q and p + q, without their common part
    const rest = sub(stirlingRest(big), stirlingRest(total))
    const tail = mul(sub(big, 0.5), log1p(neg(div(part, total))))
    const one = add(add(sub(logGamma(p), mul(part, log(total))), add(tail, part)), rest)
    const ratio = mul(sub(bulk, 0.5), log(div(bulk, total)))
    const half = mul(0.5, sub(Math.log(2 * Math.PI), log(total)))
    const two = add(add(ratio, tail), add(half, add(rest, stirlingRest(bulk))))
    const none = sub(add(logGamma(p), logGamma(select(large, 1, q))), logGamma(select(large, 1, add(p, q))))
    return select(both, two, select(large, one, none))
  },
  ([a, b], [da, db]): Expr => {
    const s = psi(0, add(a, b))
    return add(mul(da, sub(psi(0, a), s)), mul(db, sub(psi(0, b), s)))
  },
)
/**
 * ln of the beta function, lgamma(a) + lgamma(b) - lgamma(a + b), for a, b > 0. Where one is large the difference is taken
 * inside Stirling's formula. Derivatives: digamma(a) - digamma(a + b), and of b. Shape: broadcast
 */
export const betaln: Pairwise<'real', 'real'> = ofReals('betaln', (a, b) => betaLogarithm([a, b]))
/** The beta function e^betaln(a, b), for a, b > 0. Shape: broadcast */
export const beta: Pairwise<'real', 'real'> = ofReals('beta', (a, b) => exp(betaLogarithm([a, b])))
