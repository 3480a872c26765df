/**
 * Reductions of rows by groups: the rows of one group carry its number. Sums are scattered; other reductions sort the
 * rows by group and take the total at each group's end.
 */
import { declareJvp } from '../control/custom.ts'
import { broadcast } from '../primitives/broadcast.ts'
import { constant, iota } from '../primitives/constant.ts'
import { and, div, eq, le, lt, max, min, mul, select, sub } from '../primitives/elementwise.ts'
import { argsort, gather, scatterRows } from '../primitives/indexing.ts'
import { type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { FitsSize, Gradual } from '../types/index.ts'
import { derived, notReal, sizeAt, unless } from './derived.ts'
import { totals } from './running.ts'
import { placesIn } from './search.ts'

/** One number for each row, at every element of the rows. */
const acrossRows = (x: Expr, perRow: Expr): Expr => broadcast([...shapeOf(perRow), ...shapeOf(x).slice(1)], [0])(perRow)
const isGroup = (size: number, ids: Expr): Expr => and(le(0, ids), lt(ids, size))

const sums = (size: number, x: Expr, ids: Expr): Expr =>
  scatterRows(0, size)(select(acrossRows(x, isGroup(size, ids)), x, 0), ids)
const means = (size: number, x: Expr, ids: Expr): Expr => {
  const counts = sums(size, constant<Shape>(shapeOf(ids), 1), ids)
  const total = sums(size, x, ids)
  return div(total, acrossRows(total, max(counts, 1)))
}
type Rows = readonly [ids: Expr, x: Expr]
/** The total of each group by any associative join, and its unit where there are no rows. */
const joined =
  (join: (a: Expr, b: Expr) => Expr, unit: number) =>
  (size: number, x: Expr, ids: Expr): Expr => {
    const order = argsort()(ids)
    const sorted = gather(ids, order)
    const step = ([i, a]: Rows, [j, b]: Rows): Rows => [j, select(acrossRows(b, eq(i, j)), join(a, b), b)]
    // a unit of another group: where a total reaches back beyond the first row, it is left as it is
    const [, running] = totals<Rows>(0, [-1, unit], step, [
      select(isGroup(size, sorted), sorted, size),
      gather(x, order),
    ])
    const groups = iota<Shape>([size])
    const last = sub(placesIn('right', sorted, groups), 1)
    const some = eq(gather(sorted, last), groups)
    const ends = gather(running, last)
    return select(acrossRows(ends, some), ends, unit)
  }
/** Ties share the derivative of an extreme, as in reduceMax. */
const extreme =
  (join: (a: Expr, b: Expr) => Expr, unit: number) =>
  (size: number, x: Expr, ids: Expr): Expr =>
    declareJvp(
      (rows: Expr): Expr => joined(join, unit)(size, rows, ids),
      (rows, d, y): Expr => {
        const hit = and(eq(rows, gather(y, ids)), acrossRows(rows, isGroup(size, ids)))
        const hits = select(hit, constant<Shape>(shapeOf(rows), 1), 0)
        const counts = sums(size, hits, ids)
        return sums(size, mul(div(hits, gather(max(counts, 1), ids)), d), ids)
      },
    )(x)

type Segmented<N extends number, S extends Shape> = number extends S['length']
  ? Gradual
  : S extends readonly [number, ...infer R extends Shape]
    ? readonly [N, ...R]
    : Gradual
const segmentProblem = (size: number, x: Expr, ids: Expr): Problem | undefined =>
  notReal(x) ??
  (ids.type.dtype === 'int' ? undefined : { _tag: 'ElementType', expected: ['int'], found: [ids.type.dtype] }) ??
  shapeProblem([size]) ??
  unless(size > 0, 'groups', 'must be positive') ??
  (rankOf(ids) === 1 ? undefined : { _tag: 'RankMismatch', expected: 1, shape: shapeOf(ids) }) ??
  (rankOf(x) > 0 ? undefined : { _tag: 'RankMismatch', expected: 1, shape: shapeOf(x) }) ??
  (sizeAt(x, 0) === sizeAt(ids, 0)
    ? undefined
    : { _tag: 'AxisSizes', axis: 'rows', sizes: [sizeAt(x, 0), sizeAt(ids, 0)], shapes: [shapeOf(x), shapeOf(ids)] })
type Segments = <const N extends number>(
  groups: N & FitsSize<N>,
) => <S extends Shape, M extends number>(
  x: Expr<S, 'real'>,
  ids: Expr<readonly [M], 'int'>,
) => Expr<Segmented<N, S>, 'real'>
const segments = (op: string, reduce: (size: number, x: Expr, ids: Expr) => Expr, unit: number): Segments =>
  operation(
    `${op}(groups)(x, ids)`,
    (groups: number) =>
      (x: Expr, ids: Expr): Expr =>
        derived(op, [x, ids], segmentProblem(groups, x, ids), () =>
          sizeAt(x, 0) === 0 ? constant<Shape>([groups, ...shapeOf(x).slice(1)], unit) : reduce(groups, x, ids),
        ),
  )
/**
 * The sum of the rows of each group: out[g] is that of the rows i with ids[i] = g (jax.ops.segment_sum). Rows whose number
 * is not in 0 .. groups - 1 do not count. A group without rows has 0.
 *
 * Shape:   [n, ...], int [n] -> [groups, ...]
 * Errors:  AxisSizes, RankMismatch, ElementType, NotASize
 *
 * @example
 * const f = programOrThrow([real(3), int(3)], ([x, g]) => segmentSum(2)(x, g))
 * evaluate(f.closed, [Float64Array.of(1, 2, 4), Float64Array.of(1, 0, 1)]) // => [[2, 5]]
 */
export const segmentSum: Segments = segments('segmentSum', sums, 0)
/** The mean of the rows of each group; 0 for a group without rows. Shape and errors: as segmentSum */
export const segmentMean: Segments = segments('segmentMean', means, 0)
/** The product of the rows of each group; 1 for a group without rows. Cost: one sort. Shape and errors: as segmentSum */
export const segmentProd: Segments = segments('segmentProd', joined(mul, 1), 1)
/**
 * The largest of the rows of each group, -Infinity for a group without rows. NaN propagates, ties share the derivative.
 * Cost: one sort. Shape and errors: as segmentSum
 */
export const segmentMax: Segments = segments(
  'segmentMax',
  extreme(max, Number.NEGATIVE_INFINITY),
  Number.NEGATIVE_INFINITY,
)
/**
 * The smallest of the rows of each group, Infinity for a group without rows. NaN propagates, ties share the derivative.
 * Cost: one sort. Shape and errors: as segmentSum
 */
export const segmentMin: Segments = segments(
  'segmentMin',
  extreme(min, Number.POSITIVE_INFINITY),
  Number.POSITIVE_INFINITY,
)
