/** Functions of rows, or of blocks of rows, one after another: a scan without a carry. */

import { reshape } from '../primitives/reindex.ts'
import { shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { isSize } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import { operands, refused } from './body.ts'
import { join, mapLeaves, rowsAt, scanTrees, stepsIn } from './scan.ts'
import type { AnyTree, FitsResult, Lifted, Rows } from './types.ts'

const overRows = (op: string, f: (row: unknown) => unknown, rows: unknown): unknown =>
  scanTrees((_, row: unknown) => [null, f(row)], {}, { op, steps: 'length' })(null, rows)[1]

type MapRows = <R = AnyTree, Y = AnyTree>(
  f: (row: R) => Y & FitsResult<Y>,
) => <N extends number>(rows: Rows<N, R>) => Rows<N, Lifted<Y>>
/**
 * f of every row, one after another: a scan without a carry. It needs the memory of one row at a time, where `vmap` needs
 * that of all.
 *
 * Shape:   [n, R..] -> [n, Y..]
 * Law:     mapRows(f)(rows) = vmap(n)(f)(rows)
 * Errors:  as scan
 *
 * @example
 * type Row = Expr<readonly [2], 'real'>
 * const f = programOrThrow(real(2, 2), (rows) => mapRows((row: Row) => sum()(row))(rows))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[3, 7]]
 */
export const mapRows: MapRows = operation(
  'mapRows(body*)(rows)',
  typed((f: (row: unknown) => unknown) => (rows: unknown) => overRows('mapRows', f, rows)),
)

type MapBlocks = (size: number, f: (block: AnyTree, n: number) => AnyTree) => (rows: AnyTree) => AnyTree
/**
 * f(block, n) of n rows at once, one block after another, as jax.lax.map with a batch size: the last block may be shorter. With
 * `vmap` it needs the memory of one block, at the speed of whole arrays.
 *
 * Shape:   f: [n, R..] -> [n, Y..], for n = size and for the rest; rows [m, R..] -> [m, Y..]
 * Law:     mapBlocks(k, f)(rows) = f(rows), if f treats each row by itself
 * Errors:  as scan; InvalidAttribute where the size is not a whole number, 1 or more
 *
 * @example
 * const norm2 = programOrThrow(real(3), (x) => dot(x, x))
 * const f = programOrThrow(real(5, 3), (rows) => mapBlocks(2, (block, n) => apply(vmap(n)(norm2))(block))(rows))
 * evaluate(f.closed, [new Float64Array(15).fill(1)]) // => [[3, 3, 3, 3, 3]]
 */
export const mapBlocks: MapBlocks = operation(
  'mapBlocks(size, body*)(rows)',
  typed((size: number, f: (block: unknown, n: number) => unknown) => (rows: unknown): unknown => {
    const n = stepsIn(rows)
    if (!isSize(size) || size < 1)
      return refused(
        'mapBlocks',
        [0],
        { _tag: 'InvalidAttribute', attribute: 'size', rule: 'must be a whole number, 1 or more' },
        operands(rows, 'mapBlocks'),
      )
    if (n === undefined || n <= size) return f(rows, n ?? 0)
    const blocks = Math.floor(n / size)
    const covered = blocks * size
    const main = mapLeaves((x) => reshape([blocks, size, ...shapeOf(x).slice(1)])(rowsAt(0, covered)(x)), rows)
    const ys = overRows('mapBlocks', (block) => f(block, size), main)
    const whole = mapLeaves((y) => reshape([covered, ...shapeOf(y).slice(2)])(y), ys)
    return covered === n ? whole : join(whole, f(mapLeaves(rowsAt(covered, n - covered), rows), n - covered))
  }),
)
