/** Elements and slices replaced or joined by index along an axis, under the names of PyTorch and NumPy. */

import { broadcastTo } from '../primitives/broadcast.ts'
import { filled } from '../primitives/constant.ts'
import { select } from '../primitives/elementwise.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import { type Box, pad, slice } from '../primitives/window.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, broadcastShapes, type DType, type Shape, sameShape } from '../syntax/shape.ts'
import type { FitsAxes, Gradual } from '../types/index.ts'
import { at } from './at.ts'
import { axisProblem, derived, differ, notAmong, sizeAt, unless, withSize } from './derived.ts'
import { gatherAlong } from './lookup.ts'
import { type Joining, joinRows, joins, setRows } from './placing.ts'
import { indices } from './slicing.ts'

// -- elements along an axis --------------------------------------------------------------------------------------------

type Index = Expr<Gradual, 'int'>
/** What is wrong with an index and a source of one shape, which may be smaller than x along the other axes. */
const elementProblem = (axis: number, x: Expr, index: Expr, source: Expr): Problem | undefined => {
  const own = axisProblem(axis, rankOf(x))
  if (own !== undefined) return own
  const along = axisOf(axis, rankOf(x))
  if (index.type.dtype !== 'int') return { _tag: 'ElementType', expected: ['int'], found: [index.type.dtype] }
  if (source.type.dtype !== x.type.dtype)
    return { _tag: 'ElementType', expected: [x.type.dtype], found: [source.type.dtype] }
  if (rankOf(index) !== rankOf(x)) return { _tag: 'RankMismatch', expected: rankOf(x), shape: shapeOf(index) }
  const within = shapeOf(index).every((n, d) => d === along || n <= sizeAt(x, d))
  return within
    ? differ(shapeOf(index), shapeOf(source))
    : { _tag: 'OutsideBox', inner: shapeOf(index), outer: shapeOf(x) }
}
/** x with a box of it replaced. */
const withBox = (x: Expr, box: Box, part: Expr): Expr => {
  const whole = { ...box, shape: shapeOf(x) }
  return select(pad(whole)(filled('bool', shapeOf(part), 1)), pad(whole)(part), x)
}
/** f of the corner of x that the index covers, in its place, with the axis last. */
const alongAxis = (axis: number, x: Expr, index: Expr, f: (x: Expr, index: Expr) => Expr): Expr => {
  const along = axisOf(axis, rankOf(x))
  const shape = withSize(shapeOf(index), along, sizeAt(x, along))
  const box = { start: shape.map(() => 0), shape, stride: shape.map(() => 1) }
  const corner = sameShape(shape, shapeOf(x)) ? x : slice(box)(x)
  const done = moveAxis(-1, along)(f(moveAxis(along, -1)(corner), moveAxis(along, -1)(index)))
  return corner === x ? done : withBox(x, box, done)
}
const elements = (
  op: string,
  axis: number,
  x: Expr,
  index: Expr,
  source: Expr,
  problem: Problem | undefined,
  f: (batch: number, x: Expr, index: Expr, rows: Expr) => Expr,
): Expr =>
  derived(op, [x, index, source], problem ?? elementProblem(axis, x, index, source), () =>
    alongAxis(axis, x, index, (y, i) => f(rankOf(x) - 1, y, i, moveAxis(axisOf(axis, rankOf(x)), -1)(source))),
  )
export interface ReduceOptions {
  /** Whether the numbers that x has at these places count too. Default: true. */
  readonly includeSelf?: boolean
}
/**
 * Elements joined by index along an axis (torch.scatter_reduce): out = x, then out[index[i][j]][j] is joined with source[i][j]
 * for axis 0, by 'add', 'multiply', 'max', 'min' or 'mean'. Places without an index keep x.
 *
 * Shape:   [..., n, ...], int [..., m, ...], [..., m, ...] -> [..., n, ...]
 * Options: includeSelf (true)
 * Derivative: 'max' and 'min' share it evenly among those that tie, x among them; 'multiply' is right where factors are 0
 * Cost:    one pass for 'add' and 'mean'; the others sort the indices
 * Errors:  AxisOutOfRange, RankMismatch, OutsideBox, ShapeMismatch, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(2), int(3), real(3)], ([x, i, s]) => scatterReduce('max', 0)(x, i, s))
 * evaluate(f.closed, [Float64Array.of(5, 5), Float64Array.of(0, 1, 1), Float64Array.of(1, 7, 6)]) // => [[5, 7]]
 */
export const scatterReduce = operation(
  'scatterReduce(by, axis, options?{includeSelf})(x, index, source)',
  <const A extends number>(by: Joining, axis: A, { includeSelf = true }: ReduceOptions = {}) =>
    <S extends Shape>(
      x: Expr<S, 'real'> & FitsAxes<S, A>,
      index: Index,
      source: Expr<Gradual, 'real'>,
    ): Expr<S, 'real'> =>
      elements('scatterReduce', axis, x, index, source, notAmong('by', by, joins), (batch, y, i, rows) =>
        joinRows(by, batch, includeSelf, y, i, rows),
      ) as Expr<S, 'real'>,
)
/**
 * Elements set by index along an axis (torch.scatter, numpy.put_along_axis): out = x, then out[index[i][j]][j] = source[i][j] for
 * axis 0. If a place occurs twice, the last element is there.
 *
 * Shape:   [..., n, ...], int [..., m, ...], [..., m, ...] or a number -> [..., n, ...]
 * Law:     gatherAlong(a)(putAlongAxis(a)(x, i, s), i) = s where no place occurs twice
 * Errors:  as scatterReduce
 */
export const putAlongAxis = operation(
  'putAlongAxis(axis)(x, index, source)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType>(
      x: Expr<S, D> & FitsAxes<S, A>,
      index: Index,
      source: Expr<Gradual, D> | number,
    ): Expr<S, D> => {
      const e: Expr = x
      const s: Expr = typeof source === 'number' ? filled(e.type.dtype, shapeOf(index), source) : source
      return elements('putAlongAxis', axis, e, index, s, undefined, (batch, y, i, rows) =>
        setRows(batch, y, i, rows),
      ) as Expr<S, D>
    },
)
/**
 * Elements by index along an axis (numpy.take_along_axis): gatherAlong, where x and the index also broadcast along the other axes.
 *
 * Shape:   [..., n, ...], int [..., m, ...] -> [..., m, ...]
 * Errors:  AxisOutOfRange, RankMismatch, ShapeMismatch, ElementType
 */
export const takeAlongAxis = operation(
  'takeAlongAxis(axis)(x, index)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>, index: Index): Expr<Gradual, D> => {
      const [e, i]: readonly [Expr, Expr] = [x, index]
      const along = axisOf(axis, rankOf(e))
      const joined = broadcastShapes(withSize(shapeOf(e), along, 1), withSize(shapeOf(i), along, 1))
      const problem: Problem | undefined =
        axisProblem(axis, rankOf(e)) ??
        (rankOf(i) === rankOf(e) ? undefined : { _tag: 'RankMismatch', expected: rankOf(e), shape: shapeOf(i) }) ??
        (joined === undefined ? { _tag: 'ShapeMismatch', shapes: [shapeOf(e), shapeOf(i)] } : undefined)
      return derived('takeAlongAxis', [e, i], problem, () => {
        const stretched = (y: Expr): Expr => broadcastTo(withSize(joined ?? [], along, sizeAt(y, along)))(y)
        return gatherAlong(along)(stretched(e), stretched(i) as Expr<Shape, 'int'>)
      }) as Expr<Gradual, D>
    },
)

// -- slices along an axis ----------------------------------------------------------------------------------------------

const axisFirst = (axis: number, x: Expr): Problem | undefined => axisProblem(axis, rankOf(x))
/**
 * Slices set by index along an axis (torch.index_copy): out = x, then out[.., index[j], ..] = source[.., j, ..]. If an index occurs
 * twice, the last slice is there.
 *
 * Shape:   [..., n, ...], int [m], [..., m, ...] -> [..., n, ...]
 * Errors:  AxisOutOfRange, ElementType, CannotBroadcast
 */
export const indexCopy = operation(
  'indexCopy(axis)(x, index, source)',
  <const A extends number>(axis: A) =>
    <S extends Shape, D extends DType>(
      x: Expr<S, D> & FitsAxes<S, A>,
      index: Expr<readonly [number], 'int'>,
      source: Expr<Gradual, D>,
    ): Expr<S, D> =>
      derived('indexCopy', [x, index, source], axisFirst(axis, x), () =>
        at(index, { axis })(x as Expr).set(source as Expr),
      ) as Expr<S, D>,
)
/**
 * Slices filled with a number, by index along an axis (torch.index_fill).
 *
 * Shape:   [..., n, ...], int [m] -> [..., n, ...]
 * Errors:  AxisOutOfRange, ElementType
 */
export const indexFill = operation(
  'indexFill(axis, value)(x, index)',
  <const A extends number>(axis: A, value: number) =>
    <S extends Shape, D extends DType>(
      x: Expr<S, D> & FitsAxes<S, A>,
      index: Expr<readonly [number], 'int'>,
    ): Expr<S, D> =>
      derived('indexFill', [x, index], axisFirst(axis, x), () => at(index, { axis })(x as Expr).set(value)) as Expr<
        S,
        D
      >,
)
/**
 * Slices joined by index along an axis (torch.index_reduce): scatterReduce of whole slices.
 *
 * Shape:   [..., n, ...], int [m], [..., m, ...] -> [..., n, ...]
 * Options: includeSelf (true)
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType, InvalidAttribute
 */
export const indexReduce = operation(
  'indexReduce(by, axis, options?{includeSelf})(x, index, source)',
  <const A extends number>(by: Joining, axis: A, { includeSelf = true }: ReduceOptions = {}) =>
    <S extends Shape>(
      x: Expr<S, 'real'> & FitsAxes<S, A>,
      index: Expr<readonly [number], 'int'>,
      source: Expr<Gradual, 'real'>,
    ): Expr<S, 'real'> => {
      const e: Expr = x
      const along = axisOf(axis, rankOf(e))
      const problem =
        notAmong('by', by, joins) ??
        axisFirst(axis, e) ??
        differ(withSize(shapeOf(e), along, sizeAt(index, 0)), shapeOf(source))
      return derived('indexReduce', [e, index, source], problem, () =>
        moveAxis(0, along)(joinRows(by, 0, includeSelf, moveAxis(along, 0)(e), index, moveAxis(along, 0)(source))),
      ) as Expr<S, 'real'>
    },
)

// -- slices at known places --------------------------------------------------------------------------------------------

/**
 * x with the part that sliceAlong takes replaced (torch.slice_scatter).
 *
 * Shape:   [..., n, ...], [..., m, ...] -> [..., n, ...]
 * Law:     sliceAlong(a, i, j, k)(sliceScatter(a, i, j, k)(x, y)) = y
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType, InvalidAttribute
 */
export const sliceScatter = operation(
  'sliceScatter(axis, start?, stop?, step?)(x, part)',
  <const A extends number>(axis: A, start?: number, stop?: number, step = 1) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>, part: Expr<Gradual, D>): Expr<S, D> => {
      const [e, p]: readonly [Expr, Expr] = [x, part]
      const along = axisOf(axis, rankOf(e))
      const whole = [start ?? 0, stop ?? 0, step].every((n) => Number.isInteger(n)) && step > 0
      const [from, count] =
        axisFirst(axis, e) === undefined && whole ? indices(sizeAt(e, along), start, stop, step) : [0, 0]
      const problem: Problem | undefined =
        axisFirst(axis, e) ??
        unless(whole, 'step', 'must be whole and positive, and the ends whole') ??
        sameElements(e, p) ??
        differ(withSize(shapeOf(e), along, count), shapeOf(p))
      return derived('sliceScatter', [e, p], problem, () => {
        const box = {
          start: shapeOf(e).map((_, d) => (d === along && count > 0 ? from : 0)),
          shape: shapeOf(p),
          stride: shapeOf(e).map((_, d) => (d === along ? step : 1)),
        }
        return withBox(e, box, p)
      }) as Expr<S, D>
    },
)
const sameElements = (x: Expr, y: Expr): Problem | undefined =>
  x.type.dtype === y.type.dtype ? undefined : { _tag: 'ElementType', expected: [x.type.dtype], found: [y.type.dtype] }
/**
 * x with the slice at one index of an axis replaced (torch.select_scatter). A negative index counts from the end.
 *
 * Shape:   [..., n, ...], [..., ...] -> [..., n, ...]
 * Law:     take(a, i)(selectScatter(a, i)(x, y)) = y
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType, InvalidAttribute
 */
export const selectScatter = operation(
  'selectScatter(axis, index)(x, part)',
  <const A extends number>(axis: A, index: number) =>
    <S extends Shape, D extends DType>(x: Expr<S, D> & FitsAxes<S, A>, part: Expr<Gradual, D>): Expr<S, D> => {
      const [e, p]: readonly [Expr, Expr] = [x, part]
      const along = axisOf(axis, rankOf(e))
      const rest = shapeOf(e).filter((_, d) => d !== along)
      const problem = axisFirst(axis, e) ?? sameElements(e, p) ?? differ(rest, shapeOf(p))
      return derived('selectScatter', [e, p], problem, () => at(index, { axis })(e).set(p)) as Expr<S, D>
    },
)
/**
 * x with a diagonal of its last two axes replaced (torch.diagonal_scatter). `offset`: how far it is above the main one.
 *
 * Shape:   [..., n, m], [..., k] -> [..., n, m], for a diagonal of k elements
 * Law:     the diagonal of diagonalScatter(k)(x, y) is y
 * Errors:  RankMismatch, ShapeMismatch, ElementType, InvalidAttribute
 */
export const diagonalScatter = operation(
  'diagonalScatter(offset?)(x, part)',
  (offset = 0) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>, part: Expr<Gradual, D>): Expr<S, D> => {
      const [e, p]: readonly [Expr, Expr] = [x, part]
      const [n, m] = [sizeAt(e, -2), sizeAt(e, -1)]
      const [row, column] = [Math.max(0, -offset), Math.max(0, offset)]
      const k = Math.max(0, Math.min(n - row, m - column))
      const front = shapeOf(e).slice(0, -2)
      const problem: Problem | undefined =
        (rankOf(e) < 2 ? { _tag: 'RankMismatch', expected: 2, shape: shapeOf(e) } : undefined) ??
        unless(Number.isInteger(offset), 'offset', 'must be whole') ??
        sameElements(e, p) ??
        differ([...front, k], shapeOf(p))
      return derived('diagonalScatter', [e, p], problem, () => {
        // in row-major order a diagonal has every (m + 1)-th element
        const flat = reshape([...front, n * m])(e)
        const box = {
          start: [...front.map(() => 0), k > 0 ? row * m + column : 0],
          shape: shapeOf(p),
          stride: [...front.map(() => 1), m + 1],
        }
        return reshape(shapeOf(e))(withBox(flat, box, p))
      }) as Expr<S, D>
    },
)
