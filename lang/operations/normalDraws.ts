/** Normal numbers from a key, by the inverse of their distribution function. */
import { erf, erfc } from '../kernel/erf.ts'
import { add, div, log, log1p, max, min, mul, neg, sqrt, sub } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { FitsDims } from '../types/index.ts'
import { derived, wrong } from './derived.ts'
import { inverseOf } from './inverseErf.ts'
import { half, normalAt, symmetric } from './normalPlaces.ts'
import { ratio } from './polynomial.ts'
import { type Key, uniform } from './random.ts'

/** Standard normal numbers. They lie in -5.3 .. 5.3. */
export const normal = operation(
  'normal(shape)(key)',
  <const S extends Shape>(shape: S & FitsDims<S>) =>
    (key: Key): Expr<S, 'real'> =>
      normalAt(symmetric(shape)(key)) as Expr<S, 'real'>,
)

// -- between two bounds ----------------------------------------------------------------------------------------------

/** Bounds from where farOut holds; widths up to which inNarrow does. */
const [far, narrow] = [5, 2 ** -6]

/** Uniform u in (0, 1), and 1 - u, which rounding would make 1 or 0. */
interface Mass {
  readonly below: Expr
  readonly above: Expr
}
/** The inverse of the distribution function, of the mass of the tail on the side where it is smaller. */
const byQuantile = (low: number, high: number, { below, above }: Mass): Expr => {
  const [a, b] = [low * Math.SQRT1_2, high * Math.SQRT1_2]
  const [under, over] = [erfc(-a), erfc(b)]
  const mass = low > 0 ? erfc(a) - over : erf(b) - erf(a)
  const x = add(erf(a), mul(mass, below))
  const tail = min(add(under, mul(mass, below)), add(over, mul(mass, above)))
  return mul(inverseOf(x, tail, Math.min(under, over) + half * mass), Math.SQRT2)
}
/** -ln(1 - u (1 - e^-span)), exponential numbers below a span: from the end of (0, 1) where they keep their digits. */
const exponentialBelow = (span: number, { below, above }: Mass): Expr => {
  const rest = Math.exp(-span)
  return rest < 0.5 ? neg(log(add(rest, mul(1 - rest, above)))) : neg(log1p(mul(Math.expm1(-span), below)))
}
/** In a narrow interval e^(-x^2 / 2) is e^(-rate x), to width^2 / 8, with x in the middle as the rate. */
const inNarrow = (low: number, high: number, u: Mass): Expr => {
  const rate = (low + high) / 2
  const span = rate * (high - low)
  return span < 1e-9 ? mul(high - low, u.below) : div(exponentialBelow(span, u), rate)
}
/** x P(X > x) / density(x) in y = 1 / x^2: a convergent of Laplace's continued fraction, to 1.5e-7 for x >= 5. */
const [millsTop, millsBottom] = [
  [1, 20, 87, 48],
  [1, 21, 105, 105],
]
const mills = (x: number): number => {
  const at = (c: readonly number[]): number => c.reduceRight((p, k) => p / (x * x) + k, 0)
  return at(millsTop) / at(millsBottom)
}
/**
 * Far out, where P(X > x) underflows: low + d, with the logarithm of P(X > low + d) / P(X > low),
 *
 *   low d + d^2 / 2 + ln(1 + d / low) - ln(mills(low + d) / mills(low)) = an exponential number,
 *
 * solved by Newton's method from the solution of the first two terms.
 */
const farOut = (low: number, high: number, u: Mass): Expr => {
  const span = ((high - low) * (high + low)) / 2 + Math.log(high / low) - Math.log(mills(high) / mills(low))
  const e = exponentialBelow(span, u)
  const start = div(mul(2 / low, e), add(1, sqrt(add(1, mul(2 / low / low, e)))))
  const step = (d: Expr): Expr => {
    const x = add(low, d)
    const m = ratio(millsTop, millsBottom, div(div(1, x), x))
    const reached = sub(add(mul(d, add(low, mul(0.5, d))), log1p(mul(d, 1 / low))), log(mul(m, 1 / mills(low))))
    return add(d, mul(sub(e, reached), div(m, x)))
  }
  return step(step(start))
}
/** 0 <= |low| <= high */
const upper = (low: number, high: number, u: Mass): Expr =>
  high - low <= narrow
    ? add(low, inNarrow(low, high, u))
    : low >= far
      ? add(low, farOut(low, high, u))
      : byQuantile(low, high, u)
/**
 * Standard normal numbers under the condition that they lie between two bounds, however far out. Defaults: low = -2,
 * high = 2
 *
 * Errors:  InvalidAttribute unless low < high
 */
export const truncatedNormal = operation(
  'truncatedNormal(shape, low?, high?)(key)',
  <const S extends Shape>(shape: S & FitsDims<S>, low = -2, high = 2) =>
    (key: Key): Expr<S, 'real'> => {
      const problem: Problem | undefined = low < high ? undefined : wrong('high', `must exceed low, ${low}`)
      return derived('truncatedNormal', [key], problem, () => {
        const u = uniform(shape)(key)
        const below = add(u, half)
        const above = sub(sub(1, u), half)
        const mirrored = low + high < 0
        const x = mirrored ? neg(upper(-high, -low, { below, above })) : upper(low, high, { below, above })
        return min(max(x, low), high)
      }) as Expr<S, 'real'>
    },
)
