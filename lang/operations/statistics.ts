/** Averages and spreads along axes. */
import { div, sub } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes } from '../types/index.ts'
import { average, count, type Keep, keeping, named, type Reduction, type Remaining, total } from './along.ts'
import { square } from './comparison.ts'
import { unless } from './derived.ts'
import { length } from './norm.ts'

const centred = (axes: Shape, x: Expr): Expr => sub(x, keeping(average)(axes)(x))
/** The divisor of a variance: 0 gives Infinity, or NaN if all numbers are equal. */
const freedom = (axes: Shape, x: Expr, correction: number): number => Math.max(0, count(axes, x) - correction)
/** In two passes, the squares of x minus its mean, so that a large mean costs no digits. */
const spread =
  (correction: number): Reduction =>
  (axes) =>
  (x) =>
    div(total(axes)(square(centred(axes, x))), freedom(axes, x, correction))

/**
 * The mean along axes; of all elements by default.
 *
 * Shape:   [..., n, ...] -> [..., ...]; [..., 1, ...] with { keep: true }
 * Errors:  AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => mean(0)(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[2, 3]]
 */
export const mean = operation(
  'mean(axes?, options?{keep})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
    axes?: A & AxesFirst<A, 'mean()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('mean', average, axes, options, x),
)

export interface Spread extends Keep {
  /**
   * Subtracted from the number of elements in the divisor: 0 for the biased variance, 1 for the unbiased. If nothing is
   * left the variance is Infinity, or NaN if all numbers are equal. Default: 0.
   */
  readonly correction?: number
}
const correctionProblem = (options: Spread | undefined): Problem | undefined =>
  unless(isCorrection(options?.correction ?? 0), 'correction', 'must be finite and not negative')
const isCorrection = (n: number): boolean => Number.isFinite(n) && n >= 0
/** The variance along axes: the mean square distance from the mean. Shape and errors: as mean */
export const variance = operation(
  'variance(axes?, options?{keep correction})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Spread = {}>(
    axes?: A & AxesFirst<A, 'variance()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('variance', spread(options?.correction ?? 0), axes, options, x, correctionProblem(options)),
)
const deviation =
  (correction: number): Reduction =>
  (axes) =>
  (x) =>
    div(length(axes)(centred(axes, x)), Math.sqrt(freedom(axes, x, correction)))
/** The square root of the variance, with derivative 0 where all elements are equal. Shape and errors: as mean */
export const std = operation(
  'std(axes?, options?{keep correction})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Spread = {}>(
    axes?: A & AxesFirst<A, 'std()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('std', deviation(options?.correction ?? 0), axes, options, x, correctionProblem(options)),
)
