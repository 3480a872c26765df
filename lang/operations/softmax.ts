/** Soft maxima along axes: logsumexp, softmax and its logarithm, without overflow. */
import { axesFor } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import { abs, add, div, eq, exp, log, lt, select, stopGradient, sub } from '../primitives/elementwise.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { at } from '../syntax/closed.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { areAxes, otherAxes, type Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes } from '../types/index.ts'
import { type Keep, keeping, named, type Reduction, type Remaining, realAlong, total, without } from './along.ts'
import { derived } from './derived.ts'

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
