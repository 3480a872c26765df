/** One element of each slice along an axis: the k-th in order, or the one that occurs most. */
import { concat } from '../primitives/concat.ts'
import { filled, iota } from '../primitives/constant.ts'
import { max, ne, select, sub, toReal } from '../primitives/elementwise.ts'
import { argsort, gatherRows } from '../primitives/indexing.ts'
import { argmax } from '../primitives/reduction.ts'
import { moveAxis } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type DType, type Shape } from '../syntax/shape.ts'
import type { FitsAxes, Reduced } from '../types/index.ts'
import { axisProblem, derived, sizeAt, unless, withSize } from './derived.ts'
import type { Sorted } from './order.ts'
import { totals } from './running.ts'
import { strided } from './slicing.ts'

/** One element of each slice along an axis, and its index. */
type Chosen<S extends Shape, A extends number, D extends DType> = Sorted<Reduced<S, A>, D>
/** The element at a place of the sorted slices. */
const chosen = (
  op: string,
  axis: number,
  x: Expr,
  problem: Problem | undefined,
  place: (sorted: Expr) => Expr,
): { readonly values: Expr; readonly indices: Expr } => {
  const at = axisOf(axis, rankOf(x))
  const batch = rankOf(x) - 1
  const empty: Problem | undefined =
    shapeOf(x)[at] === 0 ? { _tag: 'EmptyAxis', shape: shapeOf(x), axes: [at] } : undefined
  const last = moveAxis(at, -1)
  const indices = derived(op, [x], axisProblem(axis, rankOf(x)) ?? empty ?? problem, () => {
    const order = argsort()(last(x))
    return gatherRows(batch)(order, place(gatherRows(batch)(last(x), order)))
  })
  return { values: derived(op, [x, indices], undefined, () => gatherRows(batch)(last(x), indices)), indices }
}
/**
 * The k-th smallest element along an axis (the last by default), counted from 1 as in PyTorch, and its index. NaN is last.
 *
 * Shape:   [..., n, ...] -> [..., ...]
 * Errors:  AxisOutOfRange, EmptyAxis; InvalidAttribute where k is not in 1 .. n
 *
 * @example
 * const f = programOrThrow(real(3), (x) => kthvalue(2)(x))
 * evaluate(f.closed, [Float64Array.of(3, 1, 2)]) // => [[2], [2]]
 */
export const kthvalue = operation(
  'kthvalue(k, axis?)(x)',
  <const A extends number = -1>(k: number, axis?: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Chosen<S, A, D> => {
      const e: Expr = x
      const n = shapeOf(e)[axisOf(axis ?? -1, rankOf(e))] ?? 0
      const problem = unless(Number.isInteger(k) && k >= 1 && k <= n, 'k', `of ${k} is not in 1 .. ${n}`)
      return chosen('kthvalue', axis ?? -1, e, problem, (sorted) => filled('int', shapeOf(sorted).slice(0, -1), k - 1))
    },
)
/**
 * The most frequent element along an axis (the last by default), the smallest of several, and the index of its last
 * occurrence. Every NaN is an element of its own.
 *
 * Shape:   [..., n, ...] -> [..., ...]
 * Errors:  AxisOutOfRange, EmptyAxis
 *
 * @example
 * const f = programOrThrow(real(4), (x) => mode()(x))
 * evaluate(f.closed, [Float64Array.of(2, 1, 2, 1)]) // => [[1], [3]]
 */
export const mode = operation(
  'mode(axis?)(x)',
  <const A extends number = -1>(axis?: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>): Chosen<S, A, D> =>
      chosen('mode', axis ?? -1, x, undefined, (sorted) => {
        const rank = rankOf(sorted)
        const k = iota<Shape>(shapeOf(sorted), rank - 1)
        // how many equal elements end at each place: the first place where that is the most has the smallest
        const starts = select(isFirst(sorted), k, 0)
        const [start] = totals<readonly [Expr]>(rank - 1, ['itself'], ([a], [b]) => [max(a, b)], [starts])
        return argmax(rank - 1)(toReal(sub(k, start)))
      }),
)
/** Whether each element of a sorted last axis differs from the one before it. */
export const isFirst = (sorted: Expr): Expr => {
  const axis = rankOf(sorted) - 1
  const n = sizeAt(sorted, axis)
  const start = filled('bool', withSize(shapeOf(sorted), axis, 1), 1)
  return concat(axis)([start, ne(strided(axis, 1, n - 1, 1)(sorted), strided(axis, 0, n - 1, 1)(sorted))])
}
