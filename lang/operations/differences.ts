/** Differences and sums of samples along an axis: derivatives and integrals of a function that is known at points. */
import { sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import { add, div, mul, ne, neg, sub } from '../primitives/elementwise.ts'
import { cumSum } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type DType, type Shape, sameShape } from '../syntax/shape.ts'
import type { Axis, FitsAxes, Reduced, Replaced, Sub } from '../types/index.ts'
import { axisProblem, concatAll, derived, notAmong, notFinite, notReal, sizeAt, unless, withSize } from './derived.ts'
import { strided } from './slicing.ts'

type Shorter<S extends Shape, A extends number, N extends number> = S[Axis<S, A>] extends infer M extends number
  ? Replaced<S, A, Sub<M, N>>
  : never
/** The elements but the last n, and those but the first n. */
const apart = (axis: number, n: number, x: Expr): readonly [Expr, Expr] => {
  const m = sizeAt(x, axis) - n
  return [strided(axis, 0, m, 1)(x), strided(axis, n, m, 1)(x)]
}
const differences = (axis: number, n: number, x: Expr): Expr => {
  if (n === 0) return x
  const [before, behind] = apart(axis, 1, x)
  return differences(axis, n - 1, x.type.dtype === 'bool' ? ne(behind, before) : sub(behind, before))
}
/**
 * The differences of neighbours along an axis (the last by default), n times: out[i] = x[i + 1] - x[i]. Of truth values
 * it says whether they differ. Default: n = 1
 *
 * Shape:   [..., m, ...] -> [..., m - n, ...]
 * Errors:  AxisOutOfRange; InvalidAttribute where n is not in 0 .. m
 *
 * @example
 * const f = programOrThrow(real(4), (x) => diff()(x))
 * evaluate(f.closed, [Float64Array.of(1, 4, 9, 16)]) // => [[3, 5, 7]]
 */
export const diff = operation(
  'diff(axis?, n?)(x)',
  <const A extends number = -1, const N extends number = 1>(axis?: A, n?: N) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Shorter<S, A, N>, D> => {
      const e: Expr = x
      const [at, times] = [axisOf(axis ?? -1, rankOf(e)), n ?? 1]
      const m = shapeOf(e)[at] ?? 0
      const problem =
        axisProblem(at, rankOf(e)) ??
        unless(Number.isInteger(times) && times >= 0 && times <= m, 'n', `of ${times} is not in 0 .. ${m}`)
      return derived('diff', [e], problem, () => differences(at, times, e))
    },
)

export interface Spacing {
  /** The distance of neighbours, where no coordinates are given. Default: 1. */
  readonly dx?: number
}
/** Coordinates [n] along an axis of y, or one for each of its elements, as an array that broadcasts with y. */
const alongAxis = (axis: number, y: Expr, x: Expr): Expr =>
  rankOf(x) === 1 ? reshape(shapeOf(y).map((n, d) => (d === axis ? n : 1)))(x) : x
const coordinatesProblem = (axis: number, y: Expr, x: Expr | undefined, dx: number): Problem | undefined =>
  notReal(...(x === undefined ? [y] : [y, x])) ??
  axisProblem(axis, rankOf(y)) ??
  notFinite('dx', dx) ??
  (x === undefined || sameShape(shapeOf(x), shapeOf(y)) || sameShape(shapeOf(x), [sizeAt(y, axis)])
    ? undefined
    : { _tag: 'ShapeMismatch', shapes: [shapeOf(y), shapeOf(x)] })
/** The area below each piece. */
const pieces = (axis: number, y: Expr, x: Expr | undefined, dx: number): Expr => {
  const [before, behind] = apart(axis, 1, y)
  const width = x === undefined ? dx : differences(axis, 1, alongAxis(axis, y, x))
  return mul(width, div(add(before, behind), 2))
}
const noPiece = (axis: number, y: Expr): boolean => sizeAt(y, axis) === 0

/**
 * The integral along an axis (the last by default) of the straight lines between samples y at coordinates x, or at
 * distance dx. Of one sample or none it is 0.
 *
 * Shape:   y [..., n, ...], x [n] or as y -> [..., ...]
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(3), real(3)], ([y, x]) => trapezoid()(y, x))
 * evaluate(f.closed, [Float64Array.of(1, 3, 5), Float64Array.of(0, 1, 3)]) // => [[10]]
 */
export const trapezoid = operation(
  'trapezoid(axis?, options?{dx})(y, x?)',
  <const A extends number = -1>(axis?: A, { dx = 1 }: Spacing = {}) =>
    <S extends Shape, X extends Shape>(
      y: Expr<S, 'real'> & FitsAxes<S, A>,
      x?: Expr<X, 'real'>,
    ): Expr<Reduced<S, A>, 'real'> => {
      const e: Expr = y
      const at = axisOf(axis ?? -1, rankOf(e))
      return derived('trapezoid', x === undefined ? [e] : [e, x], coordinatesProblem(at, e, x, dx), () =>
        sum(at)(noPiece(at, e) ? e : pieces(at, e, x, dx)),
      )
    },
)
/** The integral up to each sample but the first: the running sums of what `trapezoid` adds. Shape: [.. n - 1 ..] */
export const cumulativeTrapezoid = operation(
  'cumulativeTrapezoid(axis?, options?{dx})(y, x?)',
  <const A extends number = -1>(axis?: A, { dx = 1 }: Spacing = {}) =>
    <S extends Shape, X extends Shape>(
      y: Expr<S, 'real'> & FitsAxes<S, A>,
      x?: Expr<X, 'real'>,
    ): Expr<Shorter<S, A, 1>, 'real'> => {
      const e: Expr = y
      const at = axisOf(axis ?? -1, rankOf(e))
      return derived('cumulativeTrapezoid', x === undefined ? [e] : [e, x], coordinatesProblem(at, e, x, dx), () =>
        noPiece(at, e) ? e : cumSum(at)(pieces(at, e, x, dx)),
      )
    },
)

export interface GradientOptions extends Spacing {
  /** Of the formula at both ends: 1 takes two samples, 2 takes three. Default: 1. */
  readonly edgeOrder?: 1 | 2
}
/** The derivatives of the parabolas through `count` triples of neighbours, at one of the three. */
const parabolas = (axis: number, y: Expr, h: Expr, from: number, count: number, at: 0 | 1 | 2): Expr => {
  const part = (x: Expr, k: number): Expr => strided(axis, from + k, count, 1)(x)
  const [a, b] = [part(h, 0), part(h, 1)]
  const [left, right] = [div(sub(part(y, 1), part(y, 0)), a), div(sub(part(y, 2), part(y, 1)), b)]
  const bend = div(sub(right, left), add(a, b))
  return at === 2 ? add(right, mul(b, bend)) : add(left, mul(at === 0 ? neg(a) : a, bend))
}
const slopes = (axis: number, y: Expr, x: Expr | undefined, dx: number, edgeOrder: 1 | 2): Expr => {
  const n = sizeAt(y, axis)
  const ones = shapeOf(y).map(() => 1)
  const h =
    x === undefined ? constant<Shape>(withSize(ones, axis, n - 1), dx) : differences(axis, 1, alongAxis(axis, y, x))
  const line = (k: number): Expr => {
    const part = (e: Expr): Expr => strided(axis, k, 1, 1)(e)
    return div(sub(strided(axis, k + 1, 1, 1)(y), part(y)), part(h))
  }
  const middle = n > 2 ? [parabolas(axis, y, h, 0, n - 2, 1)] : []
  const [first, last] =
    edgeOrder === 1 ? [line(0), line(n - 2)] : [parabolas(axis, y, h, 0, 1, 0), parabolas(axis, y, h, n - 3, 1, 2)]
  return concatAll(axis, [first, ...middle, last])
}
/**
 * The derivative along an axis (the last by default) of a function sampled at coordinates x, or at distance dx
 * (numpy.gradient): at each sample that of the parabola through its neighbours, at the ends that of the line, or of the
 * parabola if `edgeOrder` is 2. The derivative of a program is `grad`.
 *
 * Shape:   y [..., n, ...], x [n] or as y -> [..., n, ...]
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType; InvalidAttribute where n is not more than edgeOrder
 *
 * @example
 * const f = programOrThrow(real(4), (y) => gradient()(y))
 * evaluate(f.closed, [Float64Array.of(0, 1, 4, 9)]) // => [[1, 2, 4, 5]]
 */
export const gradient = operation(
  'gradient(axis?, options?{dx edgeOrder})(y, x?)',
  <const A extends number = -1>(axis?: A, { dx = 1, edgeOrder = 1 }: GradientOptions = {}) =>
    <S extends Shape, X extends Shape>(y: Expr<S, 'real'> & FitsAxes<S, A>, x?: Expr<X, 'real'>): Expr<S, 'real'> => {
      const e: Expr = y
      const at = axisOf(axis ?? -1, rankOf(e))
      const problem =
        coordinatesProblem(at, e, x, dx) ??
        notAmong('edgeOrder', edgeOrder, [1, 2]) ??
        unless(
          sizeAt(e, at) > edgeOrder,
          'edgeOrder',
          `of ${edgeOrder} needs more than ${edgeOrder} samples, not ${sizeAt(e, at)}`,
        )
      return derived('gradient', x === undefined ? [e] : [e, x], problem, () => slopes(at, e, x, dx, edgeOrder))
    },
)
