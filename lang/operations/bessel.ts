/**
 * Bessel functions of integer order. Their integrals over a period have smooth periodic integrands, so that the trapezoidal
 * rule is accurate to float64 with a few points more than the argument; beyond that Hankel's asymptotic series is.
 *
 * Source:  F. W. J. Olver and others, NIST Digital Library of Mathematical Functions, 10.9, 10.17, 10.32 and 10.40
 */

import { sum } from '../primitives/broadcast.ts'
import { tensor } from '../primitives/constant.ts'
import {
  abs,
  acosh,
  add,
  and,
  cos,
  cosh,
  div,
  eq,
  exp,
  log,
  lt,
  mul,
  neg,
  or,
  rsqrt,
  select,
  sin,
  sinh,
  stopGradient,
  sub,
} from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { type Pointwise, square } from './comparison.ts'
import { ofReal } from './pairwise.ts'
import { polynomial } from './polynomial.ts'

const infinity = Number.POSITIVE_INFINITY
const count = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
/** The asymptotic series begin here: their smallest terms are e^-2x. */
const far = 25
/** Parts of a quarter of the period. */
const parts = 16
/** (4 n^2 - 1) (4 n^2 - 9) ... / (k! 8^k), the coefficients of Hankel's series. */
const hankel = (n: number): readonly number[] =>
  count(21).map((k) => count(k).reduce((p, j) => (p * (4 * n * n - (2 * j + 1) ** 2)) / (8 * (j + 1)), 1))

/** An array of constants along a new last axis. */
const across = (values: readonly number[]): Expr => tensor([values.length], values)
const wide = (x: Expr): Expr => reshape([...shapeOf(x), 1])(x)
const angles = count(parts + 1).map((k) => (Math.PI / 2) * (k / parts))
/** The mean over a quarter period of weight(t) f(x, slope(t)), by the trapezoidal rule. */
const mean = (x: Expr, f: (e: Expr) => Expr, slope: (t: number) => number, weight: (t: number) => number): Expr => {
  const share = (k: number): number => (k === 0 || k === parts ? 0.5 : 1) / parts
  return sum(-1)(mul(across(angles.map((t, k) => share(k) * weight(t))), f(mul(wide(x), across(angles.map(slope))))))
}
/** cos t at points of a quarter period, 0 at its end. */
const cosine = (t: number): number => Math.sin(Math.PI / 2 - t)

/** I_n(x) for |x| < far, and e^-a I_n(a) for a >= far. */
const growing = (n: 0 | 1, x: Expr) => {
  const a = abs(x)
  const beyond = lt(far, a)
  const near = mean(select(beyond, 0, x), n === 0 ? cosh : sinh, cosine, (t) => (n === 0 ? 1 : cosine(t)))
  const big = select(and(beyond, lt(a, infinity)), a, far)
  const series = polynomial(
    hankel(n).map((c, k) => (-1) ** k * c),
    div(1, big),
  )
  const size = mul(series, rsqrt(mul(2 * Math.PI, big)))
  const end = eq(a, infinity)
  return { beyond, near, big, end, size: n === 0 ? size : select(lt(x, 0), neg(size), size) }
}
const plain =
  (n: 0 | 1) =>
  (x: Expr): Expr => {
    const { beyond, near, big, end, size } = growing(n, x)
    return select(end, n === 0 ? infinity : x, select(beyond, mul(exp(big), size), near))
  }
/** Near 0 the product with e^-|x|; then the mean of e^(-|x| (1 - cos t)), of which every derivative has one sign. */
const damped =
  (n: 0 | 1) =>
  (x: Expr): Expr => {
    const { beyond, near, end, size } = growing(n, x)
    const a = abs(x)
    const close = lt(a, 1)
    const weight = (t: number): number => (n === 0 ? 0.5 : 0.5 * cosine(t))
    const decay = (e: Expr): Expr => exp(neg(e))
    const low = mean(select(close, 1, select(beyond, 1, a)), decay, (t) => 2 * Math.sin(t / 2) ** 2, weight)
    const high = mean(select(close, 1, select(beyond, 1, a)), decay, (t) => 1 + cosine(t), weight)
    const even = n === 0 ? add(low, high) : sub(low, high)
    const middle = n === 0 ? even : select(lt(x, 0), neg(even), even)
    return select(end, 0, select(beyond, size, select(close, mul(exp(neg(select(close, a, 0))), near), middle)))
  }
/** Modified Bessel function of the first kind of order 0. Derivative: i1. Accuracy: 4e-15. Cost: 19 exponentials */
export const i0: Pointwise = ofReal('i0', plain(0))
/** Modified Bessel function of the first kind of order 1. Derivative: i0 - i1 / x, 1/2 at 0. Accuracy and cost: as i0 */
export const i1: Pointwise = ofReal('i1', plain(1))
/** e^-|x| i0(x), which does not overflow. Its derivative at its kink 0 is 0. Accuracy and cost: as i0 */
export const i0e: Pointwise = ofReal('i0e', damped(0))
/** e^-|x| i1(x), which does not overflow. Accuracy and cost: as i0 */
export const i1e: Pointwise = ofReal('i1e', damped(1))

const oscillating =
  (n: 0 | 1) =>
  (x: Expr): Expr => {
    const a = abs(x)
    const beyond = lt(far, a)
    const near = mean(select(beyond, 0, x), n === 0 ? cos : sin, Math.sin, (t) => (n === 0 ? 1 : Math.sin(t)))
    const big = select(and(beyond, lt(a, infinity)), a, far)
    const half = (odd: number): Expr =>
      polynomial(
        hankel(n)
          .filter((_, k) => k % 2 === odd)
          .map((c, k) => (-1) ** k * c),
        square(div(1, big)),
      )
    const [c, s] = [cos(big), sin(big)]
    // cos and sin of big - n pi / 2 - pi / 4, times sqrt 2
    const [cc, ss] = n === 0 ? [add(c, s), sub(s, c)] : [sub(s, c), neg(add(c, s))]
    const wave = sub(mul(half(0), cc), mul(div(half(1), big), ss))
    const size = mul(wave, rsqrt(mul(Math.PI, big)))
    const signed = n === 0 ? size : select(lt(x, 0), neg(size), size)
    return select(beyond, select(lt(a, infinity), signed, 0), near)
  }
/** Bessel function of the first kind of order 0. Derivative: -j1. Absolute accuracy: 1e-15 to |x| = 25, then |x| times 1e-16 */
export const j0: Pointwise = ofReal('j0', oscillating(0))
/** Bessel function of the first kind of order 1. Derivative: j0 - j1 / x, 1/2 at 0. Accuracy: as j0 */
export const j1: Pointwise = ofReal('j1', oscillating(1))

const euler = 0.5772156649015329
/** K_n(x) for 0 < x <= 2, by its logarithm and power series. */
const decayingNear = (n: 0 | 1, x: Expr): Expr => {
  const z = square(mul(0.5, x))
  const factorial = (k: number): number => count(k).reduce((p, j) => p * (j + 1), 1)
  const harmonic = (k: number): number => count(k).reduce((s, j) => s + 1 / (j + 1), -euler)
  const terms = count(14)
  const first = polynomial(
    terms.map((k) => 1 / factorial(k) / factorial(k + n)),
    z,
  )
  const second = polynomial(
    terms.map((k) => (harmonic(k) + harmonic(k + n)) / 2 / factorial(k) / factorial(k + n)),
    z,
  )
  const both = sub(second, mul(log(n === 0 ? mul(0.5, x) : select(eq(x, 0), 1, mul(0.5, x))), first))
  return n === 0 ? both : sub(div(1, x), mul(mul(0.5, x), both))
}
/** e^x K_n(x) = integral over t > 0 of e^(-x (cosh t - 1)) cosh n t for x > 2, by the trapezoidal rule. */
const decayingFar = (n: 0 | 1, x: Expr): Expr => {
  const steps = 24
  const end = stopGradient(wide(acosh(add(1, div(42, x)))))
  const t = mul(end, across(count(steps + 1).map((k) => k / steps)))
  const weights = across(count(steps + 1).map((k) => (k === 0 ? 0.5 : 1) / steps))
  const bend = square(sinh(mul(0.5, t)))
  const f = exp(mul(-2, mul(wide(x), bend)))
  return sum(-1)(mul(mul(end, weights), n === 0 ? f : mul(f, cosh(t))))
}
const decaying =
  (n: 0 | 1, scaled: boolean) =>
  (x: Expr): Expr => {
    const close = lt(x, 2)
    const end = eq(x, infinity)
    const [small, big] = [select(close, x, 1), select(or(close, end), 2, x)]
    const near = decayingNear(n, small)
    const beyond = decayingFar(n, big)
    const [low, high] = scaled ? [mul(exp(small), near), beyond] : [near, mul(exp(neg(big)), beyond)]
    return select(end, 0, select(close, low, high))
  }
/** Modified Bessel function of the second kind of order 0, for x > 0. Derivative: -k1. Accuracy: 4e-15. Cost: 25 exponentials */
export const k0: Pointwise = ofReal('k0', decaying(0, false))
/** Modified Bessel function of the second kind of order 1, for x > 0. Derivative: -k0 - k1 / x. Accuracy and cost: as k0 */
export const k1: Pointwise = ofReal('k1', decaying(1, false))
/** e^x k0(x), which does not underflow. Accuracy and cost: as k0 */
export const k0e: Pointwise = ofReal('k0e', decaying(0, true))
/** e^x k1(x), which does not underflow. Accuracy and cost: as k0 */
export const k1e: Pointwise = ofReal('k1e', decaying(1, true))
