/**
 * Averages, spreads and soft maxima along axes. The axes are one number, a list of numbers, or absent for all axes;
 * -1 is the last. With { keep: true } a reduced axis stays with size 1, so that the result broadcasts against the
 * argument.
 */

import { declareJvp } from '../control/custom.ts'
import { axesFor, sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  exp,
  log,
  lt,
  mul,
  select,
  sqrt,
  stopGradient,
  sub,
} from '../primitives/elementwise.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { at } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { areAxes, type DType, otherAxes, type Shape, sizeOf } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes, Kept, Reduced } from '../types/index.ts'
import { square } from './comparison.ts'
import { axesProblem, derived, notAmong, notReal, sizeAt, unless } from './derived.ts'

export interface Keep {
  /** Whether reduced axes stay, with size 1. Default: false. */
  readonly keep?: boolean
}
type Remaining<S extends Shape, A extends AxesOrArray, O> = O extends { readonly keep: true }
  ? Kept<S, A>
  : Reduced<S, A>

/** A reduction of all axes or some, whatever the shape. */
type Reduction = (axes: Shape) => (x: Expr) => Expr
/** The reduction, with its axes kept as axes of size 1. */
const keeping =
  (reduce: Reduction): Reduction =>
  (axes) =>
  (x) =>
    reshape(shapeOf(x).map((n, d) => (axes.includes(d) ? 1 : n)))(reduce(axes)(x))
const along = (reduce: Reduction, axes: AxesOrArray, options: Keep | undefined, x: Expr): Expr =>
  (options?.keep ? keeping(reduce) : reduce)(axesFor(axes, rankOf(x)))(x)
/** `along` of real numbers, under the name of the operation. */
const named = (
  op: string,
  reduce: Reduction,
  axes: AxesOrArray,
  options: Keep | undefined,
  x: Expr,
  problem?: Problem,
): Expr => derived(op, [x], problem ?? realAlong(axes, x), () => along(reduce, axes, options, x))
const realAlong = (axes: AxesOrArray, x: Expr): Problem | undefined =>
  notReal(x) ?? axesProblem(axesFor(axes, rankOf(x)), rankOf(x))

/**
 * Any reduction, with its axes kept as axes of size 1.
 *
 * Shape:   [..., n, ...] -> [..., 1, ...]
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => sub(x, keepAxes(reduceMax)(-1)(x)))
 * evaluate(f.closed, [Float64Array.of(1, 3, 5, 4)]) // => [[-2, 0, 0, -1]]
 */
export const keepAxes = operation(
  'keepAxes(reduce)(axes?)(x)',
  (reduce: (axes: Shape) => (x: Expr) => Expr) =>
    <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'keepAxes(f)()(x)'>) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Kept<S, A>, D> =>
      along(reduce, axes, { keep: true }, x),
)

/** The shape of x without these axes. */
const without = (axes: Shape, x: Expr): Shape => shapeOf(x).filter((_, d) => !axes.includes(d))
const count = (axes: Shape, x: Expr): number => sizeOf(axes.map((a) => sizeAt(x, a)))
const total: Reduction = (axes) => (x) => sum(axes)(x)
const average: Reduction = (axes) => (x) => div(total(axes)(x), count(axes, x))
const centred = (axes: Shape, x: Expr): Expr => sub(x, keeping(average)(axes)(x))
/** The divisor of a variance: 0 gives Infinity, or NaN if all numbers are equal. */
const freedom = (axes: Shape, x: Expr, correction: number): number => Math.max(0, count(axes, x) - correction)
/** In two passes, the squares of x minus its mean, so that a large mean costs no digits. */
const spread =
  (correction: number): Reduction =>
  (axes) =>
  (x) =>
    div(total(axes)(square(centred(axes, x))), freedom(axes, x, correction))

/** The smallest normal number of float32. */
const smallest = 2 ** -126
/**
 * The scale of numbers whose largest magnitude is `top`: `least` where that is smaller, 1 where it is 0 or infinite.
 * Numbers are divided by it before they are squared, so that no square overflows or vanishes. Derivatives are divided by
 * it too, and 1 / top may overflow where top is subnormal: the scale is then 2^52 top, and the squares are still far from
 * 0. It has no derivative: what is computed with it does not depend on it.
 */
export const scaleOf = (top: Expr, least = 0): Expr => {
  const some = select(lt(top, least), least, top)
  const scale = select(and(lt(0, some), lt(some, Number.POSITIVE_INFINITY)), some, 1)
  return stopGradient(select(lt(scale, smallest), mul(2 ** 52, scale), scale))
}
/** The scale of numbers along axes, which stay with size 1. */
export const scaleAlong = (axes: Shape, x: Expr, least = 0): Expr =>
  count(axes, x) === 0 ? constant([], 1) : scaleOf(keeping((over) => (e) => reduceMax(over)(e))(axes)(abs(x)), least)
/** x / r, and 0 where r is 0. */
const ratio = (x: Expr, r: Expr): Expr => {
  const none = eq(r, 0)
  return div(select(none, 0, x), select(none, 1, r))
}
/** The root of the sum of squares. Its derivative is x / |x|, and 0 where x is 0. */
const length: Reduction = (axes) => {
  const sumOf = keeping(total)(axes)
  // of scaled numbers: its derivative reads the root itself, so that no derivative of a square or a root may overflow
  const root = declareJvp(
    (y: Expr): Expr => sqrt(sumOf(square(y))),
    (y, dy, r): Expr => sumOf(mul(ratio(y, r), dy)),
  )
  // u = y / |y|; du is what dy has across u, over |y|: subtracted before it is divided, which may overflow
  const direction = declareJvp(
    (y: Expr): Expr => ratio(y, root(y)),
    (y, dy, u): Expr => ratio(sub(dy, mul(u, sumOf(mul(u, dy)))), root(y)),
  )
  return declareJvp(
    (x: Expr): Expr => {
      const scale = scaleAlong(axes, x)
      return reshape(without(axes, x))(mul(scale, root(div(x, scale))))
    },
    (x, dx): Expr => total(axes)(mul(direction(div(x, scaleAlong(axes, x))), dx)),
  )
}

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
  unless(Number.isFinite(options?.correction ?? 0), 'correction', 'must be a finite number')
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

export interface Norm extends Keep {
  /** 2: the square root of the sum of squares. 1: the sum of absolute values. Default: 2. */
  readonly p?: 1 | 2
}
/**
 * The p-norm along axes. The 2-norm has gradient 0 at the zero vector, the 1-norm at each 0. No square overflows or
 * vanishes: the 2-norm is computed from x / max |x|.
 *
 * Shape:   as mean
 * Errors:  as mean; InvalidAttribute for another p
 */
export const norm = operation(
  'norm(axes?, options?{keep p})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Norm = {}>(
    axes?: A & AxesFirst<A, 'norm()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named(
        'norm',
        options?.p === 1 ? (over) => (e) => total(over)(abs(e)) : length,
        axes,
        options,
        x,
        notAmong('p', options?.p ?? 2, [1, 2]),
      ),
)

// -- soft maxima -----------------------------------------------------------------------------------------------------

/** The largest; of no elements -Infinity, so that a softmax of none is empty, and ln of the sum of none -Infinity. */
const largest: Reduction = (axes) => (x) => {
  const [shape, rest] = [shapeOf(x), otherAxes(axes, rankOf(x))]
  const empty = areAxes(axes, shape.length) && axes.some((d) => shape[d] === 0)
  return empty ? constant(at(shape, rest), Number.NEGATIVE_INFINITY) : reduceMax(axes)(x)
}
/**
 * ln sum e^x = m + ln sum e^(x - m) for any m. With the maximum as m nothing overflows. m needs no derivative, since
 * the sum does not depend on it. Where the maximum is infinite m is 0, because Inf - Inf is NaN.
 */
const shifted = (axes: Shape, x: Expr): { readonly m: Expr; readonly d: Expr; readonly s: Expr } => {
  const top = stopGradient(keeping(largest)(axes)(x))
  const m = select(lt(abs(top), Number.POSITIVE_INFINITY), top, 0)
  const d = sub(x, m)
  return { m, d, s: keeping(total)(axes)(exp(d)) }
}
const orOne = (s: Expr): Expr => select(eq(s, 0), 1, s)
const logSum: Reduction = (axes) => (x) => {
  const { m, s } = shifted(axes, x)
  return reshape(without(axes, x))(add(m, select(eq(s, 0), Number.NEGATIVE_INFINITY, log(orOne(s)))))
}

/**
 * ln sum e^x along axes, without overflow. Where all elements are -Infinity it is -Infinity, with gradient 0.
 *
 * Shape:   as mean
 * Law:     grad(logsumexp()) = softmax()
 * Errors:  AxisOutOfRange, ElementType
 */
export const logsumexp = operation(
  'logsumexp(axes?, options?{keep})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
    axes?: A & AxesFirst<A, 'logsumexp()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('logsumexp', logSum, axes, options, x),
)
/**
 * e^x / sum e^x along axes, without overflow. Where all elements are -Infinity all results are 0, with gradient 0.
 *
 * Shape:   [...] -> [...]
 * Law:     sum(axes)(softmax(axes)(x)) = 1
 * Errors:  AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow(real(2), (x) => softmax()(x))
 * evaluate(f.closed, [Float64Array.of(0, Math.log(3))]) // => [[0.25, 0.75]]
 */
export const softmax = operation(
  'softmax(axes?)(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'softmax()(x)'>) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> => {
      const e: Expr = x
      return derived('softmax', [e], realAlong(axes, e), () => {
        const { d, s } = shifted(axesFor(axes, rankOf(e)), e)
        return div(exp(d), orOne(s))
      })
    },
)
/** ln softmax(x) = x - logsumexp(x), without overflow; -Infinity where x is. Shape and errors: as softmax */
export const logSoftmax = operation(
  'logSoftmax(axes?)(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'logSoftmax()(x)'>) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> => {
      const e: Expr = x
      return derived('logSoftmax', [e], realAlong(axes, e), () => {
        const { d, s } = shifted(axesFor(axes, rankOf(e)), e)
        return sub(d, log(orOne(s)))
      })
    },
)
