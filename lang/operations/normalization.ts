/**
 * Normalisation: mean 0 and variance 1 along some axes. The variance is the biased one, and mean and variance are
 * differentiated too. Most kinds of it add a scale gamma and a shift beta:
 *
 *     batchNorm       one channel of all examples      layerNorm, rmsNorm   the last axes of one example
 *     groupNorm       a group of channels of one example; in instanceNorm every channel is a group
 */
import { axesFor } from '../primitives/broadcast.ts'
import { add, div, mul, rsqrt, sub } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes } from '../types/index.ts'
import { square } from './comparison.ts'
import { axesProblem, derived, notReal, type Real, unless } from './derived.ts'
import { scaleAlong } from './norm.ts'
import { mean } from './statistics.ts'

export interface Epsilon {
  /** Added to the variance, so that the root is never 0. Default: 1e-5. */
  readonly eps?: number
}
export const epsOf = (options: Epsilon | undefined): number => options?.eps ?? 1e-5
export const epsProblem = (options: Epsilon | undefined): Problem | undefined =>
  unless(Number.isFinite(epsOf(options)) && epsOf(options) >= 0, 'eps', 'must be finite and not negative')
/**
 * x / sqrt(mean(x^2) + eps), with the mean over these axes. x and sqrt(eps) are divided by the larger magnitude before
 * they are squared, so that no square overflows or vanishes.
 */
export const toUnitPower = (over: Shape, options: Epsilon | undefined, x: Expr): Expr => {
  const least = Math.sqrt(epsOf(options))
  const scale = scaleAlong(over, x, least)
  const y = div(x, scale)
  return mul(y, rsqrt(add(mean(over, { keep: true })(square(y)), square(div(least, scale)))))
}
export const standard = (over: Shape, options: Epsilon | undefined, x: Expr): Expr =>
  toUnitPower(over, options, sub(x, mean(over, { keep: true })(x)))
/**
 * (x - mean) / sqrt(variance + eps), with mean and variance along the axes; along all of them by default. For vectors of
 * length 1 see normalize.
 *
 * Shape:   [...] -> [...]
 * Law:     mean(axes)(standardize(axes)(x)) = 0
 * Errors:  AxisOutOfRange, ElementType; InvalidAttribute for a negative eps
 */
export const standardize = operation(
  'standardize(axes?, options?{eps})(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'standardize()(x)'>, options?: Epsilon) =>
    <S extends Shape>(x: Real<S> & FitsAxes<S, A>): Real<S> => {
      const e: Expr = x
      const over = axesFor(axes, rankOf(e))
      const problem = epsProblem(options) ?? notReal(e) ?? axesProblem(over, rankOf(e))
      return derived('standardize', [e], problem, () => standard(over, options, e))
    },
)
