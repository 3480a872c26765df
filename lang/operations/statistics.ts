/** Averages and spreads along axes. */
import { div, sqrt, sub } from '../primitives/elementwise.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes, Gradual } from '../types/index.ts'
import { average, count, type Keep, keeping, named, type Reduction, type Remaining, total } from './along.ts'
import { clamp, square } from './comparison.ts'
import { derived, notReal, sizeAt, unless } from './derived.ts'
import { diagonal } from './diagonal.ts'
import { length } from './norm.ts'
import { dot, matmul } from './product.ts'

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

type Covariance<S extends Shape> = number extends S['length']
  ? Gradual
  : S extends readonly [infer V extends number, number]
    ? readonly [V, V]
    : readonly []
const variables = (x: Expr): Problem | undefined =>
  notReal(x) ??
  (rankOf(x) === 1 || rankOf(x) === 2 ? undefined : { _tag: 'RankMismatch', expected: 2, shape: shapeOf(x) })
const covariance = (x: Expr, correction: number): Expr => {
  const d = centred([rankOf(x) - 1], x)
  const product = rankOf(x) === 1 ? dot(d, d) : matmul(d, permute([1, 0])(d))
  return div(product, freedom([rankOf(x) - 1], x, correction))
}
/**
 * The covariances of variables, each a row of observations; of one row its variance. Default: correction = 1
 *
 * Shape:   [v, n] -> [v, v]; [n] -> []
 * Errors:  RankMismatch, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(2, 3), (x) => cov()(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 2, 4, 6)]) // => [[1, 2, 2, 4]]
 */
export const cov = operation(
  'cov(options?{correction})(x: real)',
  ({ correction = 1 }: Pick<Spread, 'correction'> = {}) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Covariance<S>, 'real'> => {
      const e: Expr = x
      return derived('cov', [e], variables(e) ?? correctionProblem({ correction }), () => covariance(e, correction))
    },
)
/**
 * The correlations of variables, each a row of observations: their covariance over the product of their deviations, from
 * -1 to 1. NaN for a variable that is constant. Shape and errors: as cov
 */
export const corrcoef = operation(
  'corrcoef(x: real)',
  <S extends Shape>(x: Expr<S, 'real'>): Expr<Covariance<S>, 'real'> => {
    const e: Expr = x
    return derived('corrcoef', [e], variables(e), () => {
      const c = covariance(e, 0)
      if (rankOf(e) === 1) return div(c, c)
      const s = sqrt(diagonal(c))
      return clamp(-1, 1)(div(div(c, reshape([sizeAt(e, 0), 1])(s)), s))
    })
  },
)
