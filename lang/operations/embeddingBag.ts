/** Rows of a table looked up by index and joined: one vector for each bag of indices. */

import { sum } from '../primitives/broadcast.ts'
import { filled, iota } from '../primitives/constant.ts'
import { and, div, eq, le, mul, ne, select, sub, toInt, toReal } from '../primitives/elementwise.ts'
import { gather, scatterRows } from '../primitives/indexing.ts'
import { reduceMax } from '../primitives/reduction.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Gradual } from '../types/index.ts'
import { unsqueeze } from './arranging.ts'
import { derived, differ, notAmong, notReal, sizeAt, unless } from './derived.ts'

const modes = ['sum', 'mean', 'max'] as const
export interface BagOptions {
  /** How the rows of a bag are joined. Default: 'sum'. */
  readonly mode?: (typeof modes)[number]
  /** An index that counts in no bag. Default: none. */
  readonly padding?: number
}
/** Where bags begin, or how much each row counts. */
export interface BagArguments {
  /** Of a list of indices: where each bag begins, ascending, the first at 0. */
  readonly offsets?: Expr<readonly [number], 'int'>
  /** The factor of each row, for mode 'sum': in the shape of the indices. */
  readonly weights?: Expr<Gradual, 'real'>
}
/** x / n, and 0 where n is 0. */
const over = (x: Expr, n: Expr): Expr => div(x, select(eq(n, 0), 1, n))
/** The largest along an axis of what counts, and 0 where nothing does. */
const largest = (axis: number, counts: Expr, rows: Expr): Expr => {
  const some = reduceMax(axis)(select(counts, rows, Number.NEGATIVE_INFINITY))
  return select(eq(some, Number.NEGATIVE_INFINITY), 0, some)
}

const ofRows = (mode: string, table: Expr, index: Expr, counts: Expr, weights: Expr | undefined): Expr => {
  const rows = gather(table, index)
  const each = unsqueeze(-1)(counts)
  if (mode === 'max') return largest(-2, each, rows)
  const kept = select(each, weights === undefined ? rows : mul(unsqueeze(-1)(weights), rows), 0)
  const total = sum(-2)(kept)
  return mode === 'sum' ? total : over(total, unsqueeze(-1)(sum(-1)(select(counts, 1, 0))))
}
const ofList = (
  mode: string,
  table: Expr,
  index: Expr,
  counts: Expr,
  offsets: Expr,
  weights: Expr | undefined,
): Expr => {
  const bags = sizeAt(offsets, 0)
  const begun = toInt(le(unsqueeze(0)(offsets), unsqueeze(1)(iota(shapeOf(index)))))
  const bag = sub(sum(1)(begun), 1)
  const rows = gather(table, index)
  if (mode === 'max') {
    const inBag = and(eq(unsqueeze(1)(iota([bags])), unsqueeze(0)(bag)), unsqueeze(0)(counts))
    return largest(1, unsqueeze(-1)(inBag), unsqueeze(0)(rows))
  }
  const kept = select(unsqueeze(-1)(counts), weights === undefined ? rows : mul(unsqueeze(-1)(weights), rows), 0)
  const total = scatterRows(0, bags)(kept, bag)
  return mode === 'sum' ? total : over(total, unsqueeze(-1)(toReal(scatterRows(0, bags)(toInt(counts), bag))))
}
/**
 * One vector for each bag of indices: the sum, the mean or the largest of the table's rows there, as
 * torch.nn.functional.embedding_bag. A bag without indices has zeros.
 *
 * Shape:   [V, D], int [..., L] -> [..., D]: a bag for each list of L indices
 *          [V, D], int [L], { offsets: int [B] } -> [B, D]: bag b has the indices from offsets[b] on
 * Options: mode ('sum'), padding: an index that does not count. `weights`, in the shape of the indices, are for mode 'sum'
 * Cost:    one pass over the rows; mode 'max' with offsets compares each bag with every row
 * Errors:  ElementType, RankMismatch, ShapeMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(3, 1), int(2, 2)], ([w, i]) => embeddingBag({ mode: 'mean' })(w, i))
 * evaluate(f.closed, [Float64Array.of(1, 2, 4), Float64Array.of(0, 1, 2, 2)]) // => [[1.5, 4]]
 */
export const embeddingBag = operation(
  'embeddingBag(options?{mode padding})(table, index, arguments?{offsets weights})',
  ({ mode = 'sum', padding }: BagOptions = {}) =>
    (
      table: Expr<readonly [number, number], 'real'>,
      index: Expr<Gradual, 'int'>,
      { offsets, weights }: BagArguments = {},
    ): Expr<Gradual, 'real'> => {
      const [w, i]: readonly [Expr, Expr] = [table, index]
      const args = [w, i, ...(offsets ? [offsets] : []), ...(weights ? [weights] : [])]
      const problem: Problem | undefined =
        notAmong('mode', mode, modes) ??
        unless(weights === undefined || mode === 'sum', 'weights', "are for mode 'sum'") ??
        notReal(w, ...(weights ? [weights] : [])) ??
        (rankOf(w) === 2 ? undefined : { _tag: 'RankMismatch', expected: 2, shape: shapeOf(w) }) ??
        (rankOf(i) === 0 || (offsets && rankOf(i) !== 1)
          ? { _tag: 'RankMismatch', expected: 1, shape: shapeOf(i) }
          : undefined) ??
        (weights && differ(shapeOf(i), shapeOf(weights)))
      return derived('embeddingBag', args, problem, () => {
        const counts = padding === undefined ? filled('bool', shapeOf(i), 1) : ne(i, padding)
        return offsets ? ofList(mode, w, i, counts, offsets, weights) : ofRows(mode, w, i, counts, weights)
      })
    },
)
