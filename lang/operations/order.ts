/** Sorting along an axis: `argsort` gives the permutation, which has no derivative, and `gather` the values. */

import { argsort, gatherRows } from '../primitives/indexing.ts'
import { moveAxis } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type DType, type Shape, sameShape } from '../syntax/shape.ts'
import type { FitsAxes, FitsSize, Replaced } from '../types/index.ts'
import { axisProblem, derived, sizeAt, unless, wrong } from './derived.ts'
import { strided } from './slicing.ts'

/** Elements in order, and the index of each along the axis that was sorted. */
export interface Sorted<S extends Shape, D extends DType> {
  readonly values: Expr<S, D>
  readonly indices: Expr<S, 'int'>
}
/** The first k of the sorted axis, or all. */
const ordered = (
  op: string,
  axis: number,
  descending: boolean,
  k: number | undefined,
  x: Expr,
): { readonly values: Expr; readonly indices: Expr } => {
  const at = axisOf(axis, rankOf(x))
  const n = sizeAt(x, at)
  const count = k ?? n
  const fits = Number.isInteger(count) && count >= 0 && count <= n
  const problem: Problem | undefined =
    axisProblem(axis, rankOf(x)) ?? (fits ? undefined : wrong('k', `of ${count} is not in 0 .. ${n}`))
  const indices = derived(op, [x], problem, () =>
    strided(rankOf(x) - 1, 0, count, 1)(argsort(descending)(moveAxis(at, -1)(x))),
  )
  return {
    values: derived(op, [x, indices], undefined, () =>
      moveAxis(-1, at)(gatherRows(rankOf(x) - 1)(moveAxis(at, -1)(x), indices)),
    ),
    indices: derived(op, [x, indices], undefined, () => moveAxis(-1, at)(indices)),
  }
}

/**
 * Sorts along an axis (the last by default): the values in order, and their indices. The order is stable, NaN comes
 * last, and the derivative of each value goes to the element that it was.
 *
 * Options: descending (false): from the largest to the smallest
 * Law:     gatherAlong(a)(x, sort(a)(x).indices) = sort(a)(x).values
 * Errors:  AxisOutOfRange
 *
 * @example
 * const f = programOrThrow(real(3), (x) => sort()(x))
 * evaluate(f.closed, [Float64Array.of(3, 1, 2)]) // => [[1, 2, 3], [1, 2, 0]]
 */
export const sort = operation(
  'sort(axis?, options?{descending})(x)',
  <const A extends number = -1>(axis?: A, options: { readonly descending?: boolean } = {}) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Sorted<S, D> =>
      ordered('sort', axis ?? -1, options.descending ?? false, undefined, x),
)
/**
 * The k largest elements along an axis, in descending order, and their indices.
 *
 * Shape:   [..., n, ...] -> [..., k, ...]
 * Errors:  AxisOutOfRange, InvalidAttribute where k is not in 0 .. n
 */
export const topK = operation(
  'topK(axis, k)(x)',
  <const A extends number, const K extends number>(axis: A, k: K & FitsSize<K>) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Sorted<Replaced<S, A, K>, D> =>
      ordered('topK', axis, true, k, x),
)

export interface SortByOptions {
  /** From the largest to the smallest, with equal keys in their order. Default: false. */
  readonly descending?: boolean
  /** How many of the arrays are keys: the second decides where the first is equal, and so on. Default: 1. */
  readonly keys?: number
}
/** The permutation that sorts by all keys: by the last key first, as every sort keeps the order of what is equal. */
const orderOf = (keys: readonly Expr[], descending: boolean): Expr => {
  const batch = rankOf(nth(keys, 0)) - 1
  const [last, ...rest] = [...keys].reverse()
  const by = argsort(descending)
  const first = by(last as Expr) // there is one key at least
  return rest.reduce((order, key) => gatherRows(batch)(order, by(gatherRows(batch)(key, order))), first)
}
/**
 * Sorts several arrays of one shape together along an axis (the last by default), by the first or the first few of them
 * (jax.lax.sort). The order is stable, and NaN comes last. The derivative of each value goes to the element that it was.
 *
 * Shape:   [...], [...], ... -> the same
 * Errors:  AxisOutOfRange, ShapeMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(3), real(3)], ([key, x]) => sortBy()(key, x))
 * evaluate(f.closed, [Float64Array.of(3, 1, 2), Float64Array.of(7, 8, 9)]) // => [[1, 2, 3], [8, 9, 7]]
 */
export const sortBy = operation(
  'sortBy(axis?, options?{descending keys})(arrays...)',
  <const A extends number = -1>(axis?: A, { descending = false, keys = 1 }: SortByOptions = {}) =>
    <const X extends readonly [Expr, ...Expr[]]>(...arrays: X): X => {
      const first: Expr = arrays[0]
      const [rank, at] = [rankOf(first), axisOf(axis ?? -1, rankOf(first))]
      const other = arrays.find((x) => !sameShape(shapeOf(x), shapeOf(first)))
      const problem: Problem | undefined =
        axisProblem(at, rank) ??
        (other && { _tag: 'ShapeMismatch', shapes: [shapeOf(first), shapeOf(other)] }) ??
        unless(
          Number.isInteger(keys) && keys >= 1 && keys <= arrays.length,
          'keys',
          `of ${keys} is not in 1 .. ${arrays.length}`,
        )
      const moved = moveAxis(at, -1)
      const order = derived('sortBy', arrays, problem, () => orderOf(arrays.slice(0, keys).map(moved), descending))
      const sorted = arrays.map((x) =>
        derived('sortBy', [x, order], undefined, () => moveAxis(-1, at)(gatherRows(rank - 1)(moved(x), order))),
      )
      return sorted as unknown as X // `map` keeps the length, which its type does not say
    },
)
