/**
 * What the scalar functions mean on real numbers and on their jets, in arbitrary precision. Each row has the function
 * and its first two derivatives, in a form without cancellation where there is one: more digits do the rest. At kinks,
 * ties and steps derivatives follow docs/conventions.md.
 */
import type { Decimal } from 'decimal.js'
import type { Fn } from '../../../lang/kernel/index.ts'
import { type Decimals, kindOf } from './decimals.ts'
import { add, type Jet, lift1, lift2, linear, type Partials, plain, type Slopes1 } from './jet.ts'
import {
  acosh, asinh, atanh, cosh, erf, erfc, expm1, gaussian, log1p, logistic, normalCdf, normalPdf, pi, sinh, tanh,
} from './special.ts'

type Truth = 'lt' | 'le' | 'eq' | 'ne' | 'and' | 'or' | 'not'
/** The functions whose arguments and result are real. */
export type RealFn = Exclude<Fn, Truth | 'select' | 'toReal' | 'toInt'>
type OnJets = (x: Jet, y: Jet) => Jet

export const comparisons: { readonly [F in Truth]: (x: Decimal, y: Decimal) => boolean } = {
  lt: (x, y) => x.lt(y), le: (x, y) => x.lte(y), eq: (x, y) => x.eq(y), ne: (x, y) => !x.eq(y),
  and: (x, y) => !x.isZero() && !y.isZero(), or: (x, y) => !x.isZero() || !y.isZero(), not: (x) => x.isZero(),
}
const truncated = 1, upward = 2, downward = 3, halfEven = 6
const rounded = (x: Decimal, how: 1 | 2 | 3 | 6): Decimal => (x.isFinite() ? x.toDecimalPlaces(0, how) : x)
const signOf = (x: Decimal): Decimal => (x.isZero() || x.isNaN() ? x : new (kindOf(x))(x.isNegative() ? -1 : 1))
const isBefore = (x: Decimal, y: Decimal): boolean => x.lt(y) || (x.isZero() && y.isZero() && x.isNegative())

/** The functions for decimals of one precision. */
export const functionsOf = (D: Decimals): { readonly [F in RealFn]: OnJets } => {
  const one = new D(1), zero = new D(0), half = new D(0.5), undefinedNumber = new D(Number.NaN)
  const over = (x: Decimal): Decimal => one.div(x)
  const square = (x: Decimal): Decimal => x.times(x)
  const none = (): Decimal => zero

  const unary = (f: (x: Decimal) => Decimal, slopes: Slopes1): OnJets => (x) => lift1(x, f(x.v), slopes)
  const binary =
    (f: (x: Decimal, y: Decimal) => Decimal, slopes: (x: Decimal, y: Decimal, z: Decimal) => Partials): OnJets =>
    (x, y) => {
      const z = f(x.v, y.v)
      return lift2(x, y, z, slopes(x.v, y.v, z))
    }
  const step = (f: (x: Decimal) => Decimal): OnJets => (x) => plain(f(x.v))
  /** The one that is first in an order, NaN if either is NaN; at a tie half of each. */
  const extreme = (isFirst: (x: Decimal, y: Decimal) => boolean): OnJets => (x, y) =>
    x.v.isNaN() || y.v.isNaN() ? plain(undefinedNumber)
    : x.v.eq(y.v) ? { ...linear(add(x, y), (p) => p.times(half)), v: isFirst(x.v, y.v) ? x.v : y.v }
    : isFirst(x.v, y.v) ? x
    : y

  /** u = 1 / sqrt(r), where r' = 2 s x: its derivative is -s x u^3. */
  const root = (x: Decimal, r: Decimal, s: 1 | -1): readonly [Decimal, Decimal] => {
    const u = over(r.sqrt())
    return [u, x.times(u).times(u).times(u).times(-s)]
  }
  const negated = ([first, second]: readonly [Decimal, Decimal]) => [first.neg(), second.neg()] as const
  const belowOne = (x: Decimal): Decimal => one.minus(x).times(one.plus(x))
  const aboveOne = (x: Decimal): Decimal => x.minus(one).times(x.plus(one))
  const aroundOne = (x: Decimal): Decimal => square(x).plus(one)

  return {
    neg:      (x) => linear(x, (p) => p.neg()),
    abs:      unary((x) => x.abs(),    (x) => [signOf(x), zero]),
    sign:     step(signOf),
    floor:    step((x) => rounded(x, downward)),
    ceil:     step((x) => rounded(x, upward)),
    round:    step((x) => rounded(x, halfEven)),
    sqrt:     unary((x) => x.sqrt(),   (x, y) => [half.div(y), over(x.times(y).times(-4))]),
    rsqrt:    unary((x) => over(x.sqrt()), (x, y) => [y.div(x.times(-2)), y.times(0.75).div(square(x))]),
    exp:      unary((x) => x.exp(),    (_, y) => [y, y]),
    expm1:    unary(expm1,             (x) => [x.exp(), x.exp()]),
    log:      unary((x) => x.ln(),     (x, y) => (y.isNaN() ? [y, y] : [over(x), over(square(x)).neg()])),
    log1p:    unary(log1p,             (x, y) => (y.isNaN() ? [y, y] : [over(x.plus(one)), over(square(x.plus(one))).neg()])),
    sin:      unary((x) => x.sin(),    (x, y) => [x.cos(), y.neg()]),
    cos:      unary((x) => x.cos(),    (x, y) => [x.sin().neg(), y.neg()]),
    tan:      unary((x) => x.tan(),    (_, y) => [aroundOne(y), aroundOne(y).times(y).times(2)]),
    asin:     unary((x) => x.asin(),   (x) => root(x, belowOne(x), -1)),
    acos:     unary((x) => x.acos(),   (x) => negated(root(x, belowOne(x), -1))),
    atan:     unary((x) => x.atan(),   (x) => [over(aroundOne(x)), x.times(-2).div(square(aroundOne(x)))]),
    sinh:     unary(sinh,              (x, y) => [cosh(x), y]),
    cosh:     unary(cosh,              (x, y) => [sinh(x), y]),
    tanh:     unary(tanh,              (x, y) => [over(square(cosh(x))), y.times(-2).div(square(cosh(x)))]),
    asinh:    unary(asinh,             (x) => root(x, aroundOne(x), 1)),
    acosh:    unary(acosh,             (x) => root(x, aboveOne(x), 1)),
    atanh:    unary(atanh,             (x, y) => (y.isNaN() ? [y, y] : [over(belowOne(x)), x.times(2).div(square(belowOne(x)))])),
    logistic: unary(logistic,          (x, y) => bell(y.times(logistic(x.neg())), tanh(x.times(half)).neg())),
    sech:     unary((x) => over(cosh(x)), (x, y) => [y.times(tanh(x)).neg(), y.times(square(tanh(x)).minus(square(y)))]),
    erf:      unary(erf,               (x) => bell(gaussian(x).times(2).div(pi(D).sqrt()), x.times(-2))),
    erfc:     unary(erfc,              (x) => bell(gaussian(x).times(-2).div(pi(D).sqrt()), x.times(-2))),
    gaussian: unary(gaussian,          (x, y) => [x.times(y).times(-2), square(x).times(4).minus(2).times(y)]),
    normalCdf: unary(normalCdf,        (x) => bell(normalPdf(x), x.neg())),
    normalPdf: unary(normalPdf,        (x, y) => [x.times(y).neg(), square(x).minus(one).times(y)]),

    add,
    sub:      (x, y) => add(x, linear(y, (p) => p.neg())),
    mul:      binary((x, y) => x.times(y), (x, y) => ({ x: () => y, y: () => x, xx: none, xy: () => one, yy: none })),
    div:      binary((x, y) => x.div(y), (_, y, z) => ({
      x: () => over(y), y: () => z.div(y).neg(),
      xx: none, xy: () => over(square(y)).neg(), yy: () => z.div(square(y)).times(2),
    })),
    rem:      binary((x, y) => x.mod(y), (x, y) => ({
      x: () => one, y: () => rounded(x.div(y), truncated).neg(), xx: none, xy: none, yy: none,
    })),
    idiv:     (x, y) => plain(rounded(x.v.div(y.v), downward)),
    mod:      (x, y) => add(x, linear(y, (p) => p.times(rounded(x.v.div(y.v), downward)).neg())),
    pow:      binary((x, y) => x.pow(y), (x, y, z) => {
      const still = x.isZero() && y.gte(zero)                       // 0^y is constant in y >= 0
      const isFlat = x.isZero() && (y.isZero() || y.gte(one))       // and so is its derivative in x
      const ln = (): Decimal => x.abs().ln()                        // at x < 0 the sign is held
      const power = (factor: Decimal, n: number): Decimal => (factor.isZero() ? zero : factor.times(x.pow(y.minus(n))))
      return {
        x: () => power(y, 1), y: () => (still ? zero : z.times(ln())),
        xx: () => power(y.times(y.minus(one)), 2),
        xy: () => (isFlat ? zero : x.pow(y.minus(one)).times(y.isZero() ? one : y.times(ln()).plus(one))),
        yy: () => (still ? zero : z.times(square(ln()))),
      }
    }),
    atan2:    binary((y, x) => D.atan2(y, x), (y, x) => {
      const r = square(x).plus(square(y)), twist = (): Decimal => x.times(y).times(2).div(square(r))
      return {
        x: () => x.div(r), y: () => y.div(r).neg(),
        xx: () => twist().neg(), xy: () => square(y).minus(square(x)).div(square(r)), yy: twist,
      }
    }),
    hypot:    binary((x, y) => D.hypot(x, y), (x, y, z) => ({
      x: () => x.div(z), y: () => y.div(z),
      xx: () => square(y.div(z)).div(z), xy: () => x.div(z).times(y.div(z)).div(z).neg(), yy: () => square(x.div(z)).div(z),
    })),
    max:      extreme((x, y) => isBefore(y, x)),
    min:      extreme(isBefore),
  }
}
/** A slope u, whose own derivative is k u. */
const bell = (u: Decimal, k: Decimal): readonly [Decimal, Decimal] => [u, u.times(k)]
