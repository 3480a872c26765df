/**
 * Numbers looked up by index along an axis, and added by index. All are `gather` or `scatterAdd` with axes moved, so
 * each is the pull of another, and repeated indices accumulate. An index out of range is replaced by the nearest one
 * in range.
 */

import { iota } from '../primitives/constant.ts'
import { add, eq, select } from '../primitives/elementwise.ts'
import { gather, gatherRows, scatterRows } from '../primitives/indexing.ts'
import { moveAxis, permute, reshape } from '../primitives/reindex.ts'
import { pad, slice } from '../primitives/window.ts'
import { type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, type DType, type Shape } from '../syntax/shape.ts'
import type { Appended, Axis, FitsAxes, FitsSize, Gathered, Gradual } from '../types/index.ts'
import { axisProblem, derived, sizeAt, withSize } from './derived.ts'

type Indices<S extends Shape = Shape> = Expr<S, 'int'>

/**
 * For every index a row of `depth` numbers: 1 at the index, 0 elsewhere. The row of an index out of range is 0. Not
 * differentiable.
 *
 * Shape:   int [...] -> real [..., depth]
 * Errors:  ElementType
 *
 * @example
 * const f = programOrThrow(int(2), (i) => oneHot(3)(i))
 * evaluate(f.closed, [Float64Array.of(2, 0)]) // => [[0, 0, 1, 1, 0, 0]]
 */
export const oneHot = operation(
  'oneHot(depth)(index)',
  <const N extends number>(depth: N & FitsSize<N>) =>
    <S extends Shape>(index: Expr<S, 'int'>): Expr<Appended<S, readonly [N]>, 'real'> => {
      const e: Expr = index
      const problem = e.type.dtype === 'int' ? shapeProblem([...shapeOf(e), depth]) : notIndices(e)
      return derived('oneHot', [e], problem, () => {
        const hit = eq(reshape([...shapeOf(e), 1])(e), iota<Shape>([depth]))
        return select(hit, 1, 0)
      })
    },
)
const notIndices = (e: Expr): Problem => ({ _tag: 'ElementType', expected: ['int'], found: [e.type.dtype] })

/**
 * The rows of a table at these indices.
 *
 * Shape:   [V, ...], int [...J] -> [...J, ...]
 * Law:     embedding(w, i) = oneHot(V)(i) w
 * Errors:  ElementType, RankMismatch
 */
export const embedding = operation(
  'embedding(table, index)',
  <W extends Shape, J extends Shape>(table: Expr<W, 'real'>, index: Expr<J, 'int'>): Expr<Gathered<W, J>, 'real'> =>
    gather(table, index),
)

/** Moves the axes of the index, which are in front, to the position of the axis that they replace. */
const putBack = (axis: number, x: Expr, indexRank: number): Expr => {
  const moved = axesOf(indexRank)
  const rest = axesOf(rankOf(x) - indexRank).map((d) => d + indexRank)
  return permute([...rest.slice(0, axis), ...moved, ...rest.slice(axis)])(x)
}
/** S with the sizes of J in the place of axis A. */
type Spliced<S extends Shape, A extends number, J extends Shape> = number extends S['length'] | A | J['length']
  ? Gradual
  : Splice<S, Axis<S, A>, J>
type Splice<S extends Shape, A extends number, J extends Shape, Seen extends Shape = readonly []> = S extends readonly [
  infer H extends number,
  ...infer T extends Shape,
]
  ? Seen['length'] extends A
    ? readonly [...Seen, ...J, ...T]
    : Splice<T, A, J, readonly [...Seen, H]>
  : Gradual
/**
 * Slices by index along an axis (numpy's take): out[.., j, ..] = x[.., index[j], ..].
 *
 * Shape:   [..., n, ...], int [...J] -> [..., ...J, ...]
 * Errors:  AxisOutOfRange, ElementType
 */
export const indexSelect = operation(
  'indexSelect(axis)(x, index)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType, J extends Shape>(
      x: Expr<S, D> & FitsAxes<S, A>,
      index: Expr<J, 'int'>,
    ): Expr<Spliced<S, A, J>, D> => {
      const e: Expr = x
      const i: Expr = index
      return derived('indexSelect', [e, i], axisProblem(axis, rankOf(e)), () => {
        const at = axisOf(axis, rankOf(e))
        return putBack(at, gather(moveAxis(at, 0)(e), i), rankOf(i))
      })
    },
)
/**
 * Adds slices by index along an axis: out = x, then out[.., index[j], ..] += source[.., j, ..].
 *
 * Shape:   [..., n, ...], int [m], [..., m, ...] -> [..., n, ...]
 * Law:     the pull towards the source is indexSelect
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType
 */
export const indexAdd = operation(
  'indexAdd(axis)(x, index, source)',
  <const A extends number>(axis: A) =>
    <S extends Shape>(
      x: Expr<S, 'real'> & FitsAxes<S, A>,
      index: Indices<Gradual>,
      source: Expr<Gradual, 'real'>,
    ): Expr<S, 'real'> => {
      const e: Expr = x
      return derived('indexAdd', [e, index, source], axisProblem(axis, rankOf(e)) ?? sameRank(e, source), () => {
        const at = axisOf(axis, rankOf(e))
        const rows = scatterRows(0, sizeAt(e, at))(moveAxis(at, 0)(source), index)
        return add(e, moveAxis(0, at)(rows))
      })
    },
)

const sameRank = (x: Expr, y: Expr): Problem | undefined =>
  rankOf(x) === rankOf(y) ? undefined : { _tag: 'RankMismatch', expected: rankOf(x), shape: shapeOf(y) }
/** The index may be smaller than x along the other axes: it then means the corner at the origin. */
const within = (axis: number, inner: Expr, outer: Expr): Problem | undefined =>
  sameRank(outer, inner) ??
  (shapeOf(inner).every((n, d) => d === axis || n <= sizeAt(outer, d))
    ? undefined
    : { _tag: 'OutsideBox', inner: shapeOf(inner), outer: shapeOf(outer) })
const origin = (x: Expr): Shape => shapeOf(x).map(() => 0)
const ones = (x: Expr): Shape => shapeOf(x).map(() => 1)

/**
 * Elements by index along an axis (torch.gather): out[i][j] = x[index[i][j]][j] for axis 0.
 *
 * Shape:   [..., n, ...], int [..., m, ...] -> [..., m, ...]
 * Errors:  AxisOutOfRange, RankMismatch, OutsideBox, ElementType
 */
export const gatherAlong = operation(
  'gatherAlong(axis)(x, index)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType, I extends Shape>(
      x: Expr<S, D> & FitsAxes<S, A>,
      index: Expr<I, 'int'>,
    ): Expr<I, D> => {
      const e: Expr = x
      const i: Expr = index
      const [rank, at] = [rankOf(e), axisOf(axis, rankOf(e))]
      return derived('gatherAlong', [e, i], axisProblem(axis, rank) ?? within(at, i, e), () => {
        const shape = withSize(shapeOf(i), at, sizeAt(e, at))
        const corner = slice({ start: origin(e), shape, stride: ones(e) })(e)
        return moveAxis(-1, at)(gatherRows(rank - 1)(moveAxis(at, -1)(corner), moveAxis(at, -1)(i)))
      })
    },
)
/**
 * Adds elements by index along an axis (torch.scatter_add): out = x, then out[index[i][j]][j] += source[i][j] for
 * axis 0.
 *
 * Shape:   [..., n, ...], int [..., m, ...], [..., m, ...] -> [..., n, ...]
 * Law:     the pull towards the source is gatherAlong
 * Errors:  AxisOutOfRange, RankMismatch, OutsideBox, ShapeMismatch, ElementType
 */
export const scatterAddAlong = operation(
  'scatterAddAlong(axis)(x, index, source)',
  <const A extends number>(axis: A) =>
    <S extends Shape, I extends Shape>(
      x: Expr<S, 'real'> & FitsAxes<S, A>,
      index: Expr<I, 'int'>,
      source: Expr<NoInfer<I>, 'real'>,
    ): Expr<S, 'real'> => {
      const e: Expr = x
      const i: Expr = index
      const s: Expr = source
      const [rank, at] = [rankOf(e), axisOf(axis, rankOf(e))]
      return derived('scatterAddAlong', [e, i, s], axisProblem(axis, rank) ?? within(at, i, e), () => {
        const rows = scatterRows(rank - 1, sizeAt(e, at))(moveAxis(at, -1)(s), moveAxis(at, -1)(i))
        return add(e, pad({ start: origin(e), shape: shapeOf(e), stride: ones(e) })(moveAxis(-1, at)(rows)))
      })
    },
)
