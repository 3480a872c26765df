/**
 * Functions of real numbers that the decimal library lacks, or computes inaccurately or slowly for some arguments. Each
 * is right to nearly all digits of the precision of its argument.
 */
import type { Decimal } from 'decimal.js'
import { type Decimals, kindOf } from './decimals.ts'

/** The same number among decimals with more digits. */
const wider = (x: Decimal, digits: number): Decimal => {
  const D = kindOf(x)
  return new (D.clone({ precision: D.precision + digits }))(x)
}
/** The same number among the decimals of another one. */
const as = (like: Decimal, x: Decimal): Decimal => new (kindOf(like))(x).plus(0)
export const pi = (D: Decimals): Decimal => D.acos(-1)

/** The sum of terms that shrink, each computed from the one before, until they no longer count. */
const series = (first: Decimal, next: (term: Decimal, n: number) => Decimal): Decimal => {
  const least = -kindOf(first).precision - 2
  let sum = first,
    term = first
  for (let n = 1; !term.isZero() && term.e - sum.e > least; n++) {
    term = next(term, n)
    sum = sum.plus(term)
  }
  return sum
}
/** Below ten to this power a number is so small that a series of few terms gives every digit. */
const tiny = -8
/** Digits that a sum with 1 loses to a number above `tiny`, and some more. */
const guard = 12

/** e^x - 1 */
export const expm1 = (x: Decimal): Decimal =>
  x.isZero() || x.isNaN()
    ? x
    : x.e < tiny
      ? series(x, (term, n) => term.times(x).div(n + 1))
      : as(x, wider(x, guard).exp().minus(1))
/** ln(1 + x) */
export const log1p = (x: Decimal): Decimal => {
  if (x.isZero() || x.isNaN()) return x
  if (x.e >= tiny) return as(x, wider(x, guard).plus(1).ln())
  return series(x, (term, n) =>
    term
      .times(x)
      .times(-n)
      .div(n + 1),
  )
}
export const cosh = (x: Decimal): Decimal => {
  const y = x.exp()
  return y.plus(kindOf(x).div(1, y)).div(2)
}
export const sinh = (x: Decimal): Decimal =>
  x.abs().lt(1) ? x.sinh() : x.isFinite() ? x.exp().minus(x.neg().exp()).div(2) : x
export const tanh = (x: Decimal): Decimal => {
  if (x.abs().lt(1)) return x.tanh()
  const y = x.abs().times(-2).exp()
  const z = kindOf(x).sub(1, y).div(y.plus(1))
  return x.isNegative() ? z.neg() : z
}
/** For x >= 0 the logarithm of x + sqrt(x^2 + 1), without a cancellation. */
export const asinh = (x: Decimal): Decimal => {
  if (x.isZero() || !x.isFinite()) return x
  const a = x.abs(),
    square = a.times(a)
  const y = log1p(a.plus(square.div(square.plus(1).sqrt().plus(1))))
  return x.isNegative() ? y.neg() : y
}
export const acosh = (x: Decimal): Decimal => {
  if (!x.isFinite()) return x.isNegative() ? kindOf(x).acosh(-1) : x
  const above = x.minus(1)
  return log1p(above.plus(above.times(x.plus(1)).sqrt()))
}
export const atanh = (x: Decimal): Decimal => (x.isZero() ? x : log1p(x.times(2).div(kindOf(x).sub(1, x))).div(2))
export const logistic = (x: Decimal): Decimal => kindOf(x).div(1, x.neg().exp().plus(1))

/** e^(-x^2) */
export const gaussian = (x: Decimal): Decimal => x.times(x).neg().exp()
/** 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x: e^(-x^2) times a series of terms of one sign. */
export const erf = (x: Decimal): Decimal => {
  if (x.isZero() || x.isNaN()) return x
  const D = kindOf(x),
    square = x.times(x).times(2)
  if (x.abs().gt(Math.sqrt(2.4 * D.precision) + 1)) return new D(x.isNegative() ? -1 : 1)
  const sum = series(x, (term, n) => term.times(square).div(2 * n + 1))
  return sum.times(2).times(gaussian(x)).div(pi(D).sqrt())
}
/**
 * 1 - erf(x). Far out a continued fraction, whose tail is e^(-x^2) / (sqrt(pi) (x + 1/2 / (x + 1 / (x + 3/2 / ...))));
 * else the difference, with as many more digits as it loses.
 */
export const erfc = (x: Decimal): Decimal => {
  const D = kindOf(x)
  if (x.isNaN()) return x
  if (!x.isFinite()) return new D(x.isNegative() ? 2 : 0)
  const square = x.times(x).toNumber()
  if (x.isNegative() || square < 2 * D.precision) {
    const far = x.isNegative() ? x : wider(x, Math.ceil(square / 2.3) + 5)
    return as(x, kindOf(far).sub(1, erf(far)))
  }
  let tail = x
  for (let k = Math.ceil((0.85 * D.precision) ** 2 / square) + 20; k > 0; k--) tail = x.plus(new D(k).div(2).div(tail))
  return gaussian(x).div(pi(D).sqrt().times(tail))
}
/** The probability that a standard normal number is at most x, and its density. */
export const normalCdf = (x: Decimal): Decimal => {
  const near = wider(x, 5)
  return as(x, erfc(near.div(kindOf(near).sqrt(2)).neg()).div(2))
}
export const normalPdf = (x: Decimal): Decimal =>
  x
    .times(x)
    .div(-2)
    .exp()
    .div(pi(kindOf(x)).times(2).sqrt())
