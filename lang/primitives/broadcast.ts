/** Broadcast and sum: each is the transpose of the other. */
import * as E from 'fp-ts/lib/Either.js'
import { type At, kernel, reduce, type Scalar } from '../kernel/index.ts'
import { at } from '../syntax/closed.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { areAxes, axesOf, axisOf, broadcastShapes, type DType, otherAxes, real, type Shape, sameShape, type Type } from '../syntax/shape.ts'
import type { BroadcastTo, FitsAxes, FitsTo, Reduced } from '../types/index.ts'
import { apply, type Entry, refuse } from './entry.ts'
import { reshape } from './reindex.ts'

/** -1 is the last axis; nothing is every axis. */
export type Axes = number | Shape | undefined
export const axesFor = (axes: Axes, rank: number): Shape =>
  axes === undefined ? axesOf(rank) : (typeof axes === 'number' ? [axes] : axes).map((a) => axisOf(a, rank))

export type Reduction = { readonly axes: Shape }
/** The rule of every reduction over axes: they are removed. */
export const reductionType: Entry<Reduction, [0]>['type'] = ({ axes }, [x]) =>
  areAxes(axes, x.shape.length)
    ? E.right([{ dtype: x.dtype, shape: at(x.shape, otherAxes(axes, x.shape.length)) }])
    : ill({ _tag: 'AxisOutOfRange', axes, rank: x.shape.length })
/** Reductions under vmap: every axis is one further. */
export const liftReduction = { lift: ({ axes }: Reduction): Reduction => ({ axes: axes.map((a) => a + 1) }) }
/** The index of an argument from the index of the output and those of the reduced axes. */
export const insert = (rank: number, axes: Shape, i: At, k: At): At => {
  const kept = otherAxes(axes, rank)
  return axesOf(rank).map((d) => (axes.includes(d) ? k[axes.indexOf(d)] : i[kept.indexOf(d)]) as Scalar)
}

/** sum: the pull broadcasts along the axes that were added up. */
export const sumEntry: Entry<Reduction, [0]> = {
  name: 'sum', latex: '\\sum_{$axes} $0', sentence: { en: 'adds along axes', fr: 'additionne le long d’axes' }, algebra: {},
  examples: [{ attrs: { axes: [0, 2] }, args: [real(2, 3, 2)] }, { attrs: { axes: [1] }, args: [real(2, 4)] }],
  batch: liftReduction,
  type: (a, [x]) => (x.dtype === 'bool' ? ill({ _tag: 'ElementType', expected: ['real', 'int'], found: ['bool'] }) : reductionType(a, [x])),
  derivative: ({ axes }, [x]) => [{ push: sum(axes), pull: broadcast(shapeOf(x), otherAxes(axes, rankOf(x))) }],
  meaning: ({ axes }, [x]) => kernel((i) => reduce('add', at(x.type.shape, axes), (k) => x.at(insert(x.type.shape.length, axes, i, k)))),
}
/**
 * Sum along axes; along all of them when none is named. Negative axes count from the end.
 *
 * Shape:   [..., n, ...] -> [..., ...]
 * Law:     sum(add(x, y)) = add(sum(x), sum(y))
 * Errors:  AxisOutOfRange, ElementType
 */
export const sum = <const A extends Axes = undefined>(axes?: A) =>
  <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Reduced<S, A>, D> =>
    apply(sumEntry, { axes: axesFor(axes, rankOf(x as Expr)) }, x as Expr)

type Broadcast = { readonly shape: Shape; readonly dims: Shape }
/** broadcast: axis d of the input is axis dims[d] of the output; the pull sums along the others. */
export const broadcastEntry: Entry<Broadcast, [0]> = {
  name: 'broadcast', latex: '$0', sentence: { en: 'repeats along new axes', fr: 'répète le long de nouveaux axes' }, algebra: {},
  examples: [{ attrs: { shape: [2, 3, 2], dims: [1] }, args: [real(3)] }, { attrs: { shape: [2], dims: [] }, args: [real()] }],
  batch: { lift: ({ shape, dims }, n) => ({ shape: [n, ...shape], dims: [0, ...dims.map((d) => d + 1)] }) },
  type: ({ shape, dims }, [x]) =>
    areAxes(dims, shape.length) && dims.every((d, k) => d > (dims[k - 1] ?? -1)) && sameShape(at(shape, dims), x.shape)
      ? E.right([{ dtype: x.dtype, shape }])
      : ill({ _tag: 'CannotBroadcast', from: x.shape, to: shape }),
  derivative: ({ shape, dims }) => [{ push: broadcast(shape, dims), pull: sum(otherAxes(dims, shape.length)) }],
  meaning: ({ dims }, [x]) => kernel((i) => x.at(at(i, dims))),
}
/** The low-level form: which output axis each input axis becomes. */
export const broadcast = <const S extends Shape>(shape: S, dims: Shape) =>
  <D extends DType>(x: Expr<Shape, D>): Expr<S, D> => apply(broadcastEntry, { shape, dims }, x as Expr)

/** The same array at every place of a new first axis, and what becomes of its type. */
export const repeat = (n: number, x: Expr): Expr => broadcast([n, ...shapeOf(x)], axesOf(rankOf(x)).map((d) => d + 1))(x)
export const stacked = (n: number) => (t: Type): Type => ({ ...t, shape: [n, ...t.shape] })

/**
 * Stretch to a shape: sizes are aligned at the right, 1 stretches, axes appear in front.
 *
 * Law:     broadcastTo(s)(x)[i] = x[i at the axes of x, 0 where the size is 1]
 * Errors:  CannotBroadcast
 */
export const broadcastTo = <const T extends Shape>(shape: T) =>
  <S extends Shape, D extends DType>(x: Expr<S, D> & FitsTo<S, T>): Expr<BroadcastTo<S, T>, D> => {
    const from = shapeOf(x as Expr), lead = shape.length - from.length
    const meets = broadcastShapes(from, shape)
    if (meets === undefined || !sameShape(meets, shape))
      return refuse('broadcast', { _tag: 'CannotBroadcast', from, to: shape }, [x as Expr])
    if (sameShape(from, shape)) return x as Expr
    const kept = axesOf(from.length).filter((d) => from[d] === shape[d + lead])
    return broadcast(shape, kept.map((d) => d + lead))(reshape(at(from, kept))(x as Expr)) as Expr
  }

export const broadcasts: readonly Entry[] = [broadcastEntry, sumEntry]
