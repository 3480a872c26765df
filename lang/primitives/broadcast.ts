/** Broadcast and sum: each is the transpose of the other. */
import * as E from 'fp-ts/lib/Either.js'
import { type At, kernel, type Monoid, reduce } from '../kernel/index.ts'
import { at } from '../syntax/closed.ts'
import { ill, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import {
  areAxes,
  axesOf,
  axisOf,
  broadcastShapes,
  type DType,
  otherAxes,
  real,
  type Shape,
  sameShape,
  type Type,
} from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, BroadcastTo, FitsAxes, FitsDims, FitsTo, Reduced } from '../types/index.ts'
import { apply, type Entry, refuse } from './entry.ts'
import { item } from './item.ts'
import { reshape } from './reindex.ts'

export type { Axes } from '../types/index.ts'
/** Axes as numbers from 0 on: -1 is the last, and undefined means all of them. */
export const axesFor = (axes: AxesOrArray, rank: number): Shape =>
  axes === undefined
    ? axesOf(rank)
    : // `operation` has refused an array
      (typeof axes === 'number' ? [axes] : (axes as Shape)).map((a) => axisOf(a, rank))

/** A typing rule restricted to numbers: an array of booleans is an ElementType problem. */
export const onlyNumbers = (
  x: Type,
  rule: () => E.Either<Problem, readonly Type[]>,
): E.Either<Problem, readonly Type[]> =>
  x.dtype === 'bool' ? ill({ _tag: 'ElementType', expected: ['real', 'int'], found: ['bool'] }) : rule()

export type AlongAxes = { readonly axes: Shape }
/** The rule of every reduction: the axes are removed. */
export const reductionType: Entry<AlongAxes, [0]>['type'] = ({ axes }, [x]) =>
  areAxes(axes, x.shape.length)
    ? E.right([{ dtype: x.dtype, shape: at(x.shape, otherAxes(axes, x.shape.length)) }])
    : ill({ _tag: 'AxisOutOfRange', axes, rank: x.shape.length })
/** The index of an argument, from the index of the output and those of the reduced axes. */
export const insert = (rank: number, axes: Shape, i: At, k: At): At => {
  const kept = otherAxes(axes, rank)
  return axesOf(rank).map((d) => (axes.includes(d) ? item(k, axes.indexOf(d)) : item(i, kept.indexOf(d))))
}
/** The fields that the entries of all reductions of numbers over axes share. */
export const reductionOf = (by: Monoid): Pick<Entry<AlongAxes, [0]>, 'algebra' | 'batch' | 'type' | 'meaning'> => ({
  algebra: {},
  // vmap adds an axis in front, which shifts every axis by one
  batch: { lift: ({ axes }) => ({ axes: axes.map((a) => a + 1) }) },
  type: (a, [x]) => onlyNumbers(x, () => reductionType(a, [x])),
  meaning: ({ axes }, [x]) => {
    const { shape } = x.type
    return kernel((i) => reduce(by, at(shape, axes), (k) => x.at(insert(shape.length, axes, i, k))))
  },
})

/** sum: the pull broadcasts along the reduced axes. */
export const sumEntry: Entry<AlongAxes, [0], 'sum'> = {
  name: 'sum',
  sentence: 'adds along axes',
  latex: '\\sum_{$axes} $0',
  examples: [
    { attrs: { axes: [0, 2] }, args: [real(2, 3, 2)] },
    { attrs: { axes: [1] }, args: [real(2, 4)] },
  ],
  ...reductionOf('add'),
  derivative: ({ axes }, [x]) => [{ push: sum(axes), pull: broadcast(shapeOf(x), otherAxes(axes, rankOf(x))) }],
}
/**
 * Adds along axes. By default along all of them; negative axes count from the end.
 *
 * Shape:   [..., n, ...] -> [..., ...]
 * Law:     sum(add(x, y)) = add(sum(x), sum(y))
 * Errors:  AxisOutOfRange, ElementType
 */
export const sum = operation(
  'sum(axes?)(x)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'sum()(x)'>) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Expr<Reduced<S, A>, D> =>
      apply(sumEntry, { axes: axesFor(axes, rankOf(x)) }, x),
)

type Broadcast = { readonly shape: Shape; readonly dims: Shape }
/** broadcast: axis d of the input is axis dims[d] of the output; the pull sums along the others. */
export const broadcastEntry: Entry<Broadcast, [0], 'broadcast'> = {
  name: 'broadcast',
  sentence: 'repeats along new axes',
  latex: '$0',
  algebra: {},
  examples: [
    { attrs: { shape: [2, 3, 2], dims: [1] }, args: [real(3)] },
    { attrs: { shape: [2], dims: [] }, args: [real()] },
  ],
  batch: { lift: ({ shape, dims }, n) => ({ shape: [n, ...shape], dims: [0, ...dims.map((d) => d + 1)] }) },
  type: ({ shape, dims }, [x]) =>
    areAxes(dims, shape.length) && dims.every((d, k) => d > (dims[k - 1] ?? -1)) && sameShape(at(shape, dims), x.shape)
      ? E.right([{ dtype: x.dtype, shape }])
      : ill({ _tag: 'CannotBroadcast', from: x.shape, to: shape }),
  derivative: ({ shape, dims }) => [{ push: broadcast(shape, dims), pull: sum(otherAxes(dims, shape.length)) }],
  meaning: ({ dims }, [x]) => kernel((i) => x.at(at(i, dims))),
}
/** Repeats along new axes. Axis d of x becomes axis dims[d] of the result. The low-level form of broadcastTo. */
export const broadcast =
  <const S extends Shape>(shape: S, dims: Shape) =>
  <D extends DType>(x: Expr<Shape, D>): Expr<S, D> =>
    apply(broadcastEntry, { shape, dims }, x)

/** n copies of x, stacked along a new first axis. */
export const repeat = (n: number, x: Expr): Expr =>
  broadcast(
    [n, ...shapeOf(x)],
    axesOf(rankOf(x)).map((d) => d + 1),
  )(x)
/** The type of n arrays of one type, stacked along a new first axis. */
export const stacked =
  (n: number) =>
  (t: Type): Type => ({ ...t, shape: [n, ...t.shape] })

/**
 * Stretches x to a shape. Axes are aligned from the last one; an axis of size 1 is repeated; new axes come in front.
 *
 * Law:     broadcastTo(s)(x)[i] = x[i at the axes of x, 0 where the size is 1]
 * Errors:  CannotBroadcast
 */
export const broadcastTo = operation(
  'broadcastTo(shape)(x)',
  <const T extends Shape>(shape: T & FitsDims<T>) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsTo<S, T>): Expr<BroadcastTo<S, T>, D> => {
      // gradual: TypeScript cannot prove that x has the type of the result
      const given: Expr = x
      const from = shapeOf(given)
      const lead = shape.length - from.length
      const common = broadcastShapes(from, shape)
      if (common === undefined || !sameShape(common, shape))
        return refuse('broadcast', { _tag: 'CannotBroadcast', from, to: shape }, [given])
      if (sameShape(from, shape)) return given
      const kept = axesOf(from.length).filter((d) => from[d] === shape[d + lead])
      const squeezed: Expr = reshape(at(from, kept))(given)
      return broadcast(
        shape,
        kept.map((d) => d + lead),
      )(squeezed)
    },
)

export const broadcasts = [broadcastEntry, sumEntry] as const
