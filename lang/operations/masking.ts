/** Operations on the elements where a mask is true: the others count as if they were not there. */

import { broadcastTo, sum } from '../primitives/broadcast.ts'
import { filled } from '../primitives/constant.ts'
import { div, select, sqrt, sub, toInt } from '../primitives/elementwise.ts'
import { gather } from '../primitives/indexing.ts'
import { argmax, argmin, cumProd, cumSum, prod, reduceMax, reduceMin } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { broadcastShapes, type DType, type Shape, sameShape, sizeOf } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes, Gradual } from '../types/index.ts'
import { type Keep, keeping, named, type Reduction, type Remaining, total } from './along.ts'
import { square } from './comparison.ts'
import { derived, unless } from './derived.ts'
import { logSoftmax, logsumexp, softmax } from './softmax.ts'

type Mask = Expr<Gradual, 'bool'>
/** The problem of a mask that is none, or does not broadcast to the array. */
const maskProblem = (x: Expr, mask: Expr): Problem | undefined =>
  mask.type.dtype !== 'bool'
    ? { _tag: 'ElementType', expected: ['bool'], found: [mask.type.dtype] }
    : sameShape(broadcastShapes(shapeOf(x), shapeOf(mask)) ?? [-1], shapeOf(x))
      ? undefined
      : { _tag: 'CannotBroadcast', from: shapeOf(mask), to: shapeOf(x) }

/**
 * x with one number where the mask is true, which broadcasts to x (torch.masked_fill). The derivative is 0 there.
 *
 * Shape:   [...], bool [...] -> [...]
 * Errors:  ElementType, CannotBroadcast
 *
 * @example
 * const f = programOrThrow(real(3), (x) => maskedFill(-1)(x, gt(x, 2)))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3)]) // => [[1, 2, -1]]
 */
export const maskedFill = operation(
  'maskedFill(value)(x, mask)',
  (value: number) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>, mask: Mask): Expr<S, D> =>
      derived('maskedFill', [x, mask], maskProblem(x, mask), () =>
        select(mask, filled(x.type.dtype, shapeOf(x), value), x as Expr),
      ) as Expr<S, D>,
)
/**
 * x with the numbers of a source, one after another in row-major order, where the mask is true (torch.masked_scatter). The source
 * needs as many elements as the mask may have true ones: as x.
 *
 * Shape:   [...], bool [...], [...] -> [...]
 * Errors:  ElementType, CannotBroadcast, InvalidAttribute where the source is smaller than x
 */
export const maskedScatter = operation(
  'maskedScatter(x, mask, source)',
  <S extends Shape, D extends DType>(x: Expr<S, D>, mask: Mask, source: Expr<Gradual, D>): Expr<S, D> => {
    const [e, s]: readonly [Expr, Expr] = [x, source]
    const n = sizeOf(shapeOf(e))
    const problem: Problem | undefined =
      maskProblem(e, mask) ??
      (e.type.dtype === s.type.dtype
        ? undefined
        : { _tag: 'ElementType', expected: [e.type.dtype], found: [s.type.dtype] }) ??
      unless(sizeOf(shapeOf(s)) >= n, 'source', `has fewer elements than the array, which has ${n}`)
    return derived('maskedScatter', [e, mask, s], problem, () => {
      const whole: Expr = broadcastTo(shapeOf(e))(mask as Expr)
      const before = sub(cumSum(0)(toInt(reshape([n])(whole))), 1)
      const taken = gather(reshape([sizeOf(shapeOf(s))])(s), before)
      return select(whole, reshape(shapeOf(e))(taken), e)
    }) as Expr<S, D>
  },
)

// -- reductions --------------------------------------------------------------------------------------------------------

type Masked = <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
  axes?: A & AxesFirst<A, 'maskedSum()(x, mask)'>,
  options?: O,
) => <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>, mask: Mask) => Expr<Remaining<S, A, O>, 'real'>
/** A reduction of the elements where the mask is true; `of` gets both. */
const masked = (op: string, of: (mask: Expr) => Reduction): Masked =>
  operation(
    `${op}(axes?, options?{keep})(x: real, mask)`,
    ((axes?: AxesOrArray, options?: Keep) =>
      (x: Expr, mask: Expr): Expr =>
        derived(op, [x, mask], maskProblem(x, mask), () =>
          named(op, of(broadcastTo(shapeOf(x))(mask) as Expr), axes, options, x),
        )) as unknown as Masked,
  )
/** x where the mask is true, `unit` elsewhere: what does not count is no part of a derivative either. */
const only = (mask: Expr, x: Expr, unit: number): Expr => select(mask, x, unit)
const countOf =
  (mask: Expr): Reduction =>
  (axes) =>
  () =>
    total(axes)(select(mask, 1, 0))
const meanOf =
  (mask: Expr): Reduction =>
  (axes) =>
  (x) =>
    div(total(axes)(only(mask, x, 0)), countOf(mask)(axes)(x))
const varianceOf =
  (mask: Expr): Reduction =>
  (axes) =>
  (x) => {
    const kept = only(mask, x, 0)
    return meanOf(mask)(axes)(square(sub(kept, keeping(meanOf(mask))(axes)(kept))))
  }

/**
 * The sum of the elements where the mask is true, along axes; of all by default. The sum of none is 0.
 *
 * Shape:   [..., n, ...], bool that broadcasts to it -> [..., ...]; [..., 1, ...] with { keep: true }
 * Law:     maskedSum(a)(x, m) = sum(a)(select(m, x, 0)); no number that the mask hides reaches a value or a derivative
 * Errors:  AxisOutOfRange, ElementType, CannotBroadcast
 *
 * @example
 * const f = programOrThrow([real(3), bool(3)], ([x, m]) => maskedSum()(x, m))
 * evaluate(f.closed, [Float64Array.of(1, 2, NaN), Float64Array.of(1, 1, 0)]) // => [[3]]
 */
export const maskedSum = masked('maskedSum', (mask) => (axes) => (x) => sum(axes)(only(mask, x, 0)))
/** The product of the elements where the mask is true, 1 of none. Shape and errors: as maskedSum */
export const maskedProd = masked('maskedProd', (mask) => (axes) => (x) => prod(axes)(only(mask, x, 1)))
/** The mean of the elements where the mask is true, NaN of none. Shape and errors: as maskedSum */
export const maskedMean = masked('maskedMean', meanOf)
/** The mean square of their distance from the mean. Shape and errors: as maskedSum */
export const maskedVariance = masked('maskedVariance', varianceOf)
/** The root of maskedVariance. Shape and errors: as maskedSum */
export const maskedStd = masked('maskedStd', (mask) => (axes) => (x) => sqrt(varianceOf(mask)(axes)(x)))
/** The largest element where the mask is true, -Infinity of none. Ties share the derivative. As maskedSum */
export const maskedMax = masked(
  'maskedMax',
  (mask) => (axes) => (x) => reduceMax(axes)(only(mask, x, Number.NEGATIVE_INFINITY)),
)
/** The smallest element where the mask is true, Infinity of none. Ties share the derivative. As maskedSum */
export const maskedMin = masked(
  'maskedMin',
  (mask) => (axes) => (x) => reduceMin(axes)(only(mask, x, Number.POSITIVE_INFINITY)),
)
/** ln of the sum of e^x where the mask is true, -Infinity of none. Shape and errors: as maskedSum */
export const maskedLogsumexp = masked(
  'maskedLogsumexp',
  (mask) => (axes) => (x) => logsumexp(axes)(only(mask, x, Number.NEGATIVE_INFINITY)),
)

// -- along one axis ----------------------------------------------------------------------------------------------------

type Along<D extends DType | undefined = undefined> = <const A extends number = -1>(
  axis?: A,
) => <S extends Shape>(
  x: Expr<S, 'real'> & FitsAxes<S, A>,
  mask: Mask,
) => Expr<D extends DType ? Gradual : S, D extends DType ? D : 'real'>
const along = <D extends DType | undefined = undefined>(
  op: string,
  f: (axis: number, x: Expr, mask: Expr) => Expr,
): Along<D> =>
  operation(
    `${op}(axis?)(x: real, mask)`,
    ((axis = -1) =>
      (x: Expr, mask: Expr): Expr =>
        derived(op, [x, mask], maskProblem(x, mask), () =>
          f(axis < 0 ? axis + rankOf(x) : axis, x, mask),
        )) as unknown as Along<D>,
  )
/** softmax of the elements where the mask is true, 0 elsewhere. Axis: the last by default. Errors: as maskedSum */
export const maskedSoftmax = along('maskedSoftmax', (axis, x, mask) =>
  softmax(axis)(only(mask, x, Number.NEGATIVE_INFINITY)),
)
/** logSoftmax of the elements where the mask is true, -Infinity elsewhere. Axis: the last by default. Errors: as maskedSum */
export const maskedLogSoftmax = along('maskedLogSoftmax', (axis, x, mask) =>
  logSoftmax(axis)(only(mask, x, Number.NEGATIVE_INFINITY)),
)
/** Running sums, in which the elements where the mask is false are 0. Axis: the last by default. Errors: as maskedSum */
export const maskedCumSum = along('maskedCumSum', (axis, x, mask) => cumSum(axis)(only(mask, x, 0)))
/** Running products, in which the elements where the mask is false are 1. Axis: the last by default. Errors: as maskedSum */
export const maskedCumProd = along('maskedCumProd', (axis, x, mask) => cumProd(axis)(only(mask, x, 1)))
/** The index of the largest element where the mask is true. Axis: the last by default. Errors: as maskedSum, EmptyAxis */
export const maskedArgmax = along<'int'>('maskedArgmax', (axis, x, mask) =>
  argmax(axis)(only(mask, x, Number.NEGATIVE_INFINITY)),
)
/** The index of the smallest element where the mask is true. Axis: the last by default. Errors: as maskedSum, EmptyAxis */
export const maskedArgmin = along<'int'>('maskedArgmin', (axis, x, mask) =>
  argmin(axis)(only(mask, x, Number.POSITIVE_INFINITY)),
)
