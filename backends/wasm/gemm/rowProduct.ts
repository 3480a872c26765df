/**
 * A product with one row: a vector times a matrix. Every number of the matrix is read once, so packing does not pay. The
 * matrix is read in its own order, four rows at a time, whichever axis is summed:
 *
 *   along   the sum runs along the rows: four dot products at a time
 *   down    the sum runs down the columns: four rows, each times a number, are added to the result
 *
 * Sums are in float32, as in the packed core, but in four parts, or four terms at a time: they are no less exact.
 */
import { load, type Scalar } from '../../../lang/kernel/index.ts'
import type { Contraction } from '../../rewrite/contraction.ts'
import type { Linear } from '../../rewrite/linear.ts'
import { replaced } from '../../rewrite/scalars.ts'
import { type Code, count, f32x4, i32, type Locals, type ModuleBuilder, seq, v128 } from '../assembler/index.ts'
import type { KernelFunction } from '../kernel/kernel.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { product, strideOf } from './blocks.ts'
import { plain } from './direct.ts'

type Int = Code<'i32'>
type Vector = Code<'v128'>
/** Fewer products are quicker as plain loops. */
const least = 4096

export interface RowProduct {
  readonly along: boolean
  /** Of the vector and of the matrix: the first element, and the distance from one term of the sum to the next. */
  readonly vector: Strided
  readonly matrix: Strided
  /** From one column of the result to the next, in the matrix. */
  readonly line: number
  readonly columns: number
  readonly depth: number
}
interface Strided {
  readonly base: number
  readonly step: number
}
const strided = ([region, address]: readonly [Region, Linear], step: number): Strided => ({
  base: region.base + 4 * address.constant,
  step: 4 * step,
})
export const rowProductOf = (c: Contraction, s: KernelSpec): RowProduct | undefined => {
  const [columns, depth] = [product(c.columns), product(c.summed)]
  const whole = columns % 4 === 0 && depth % 4 === 0 && columns * depth >= least
  if (c.rows.length + c.batch.length > 0 || c.finite.length > 0 || !whole) return undefined
  const [left, right] = [plain(c.left, s, c.summed), plain(c.right, s, [...c.columns, ...c.summed])]
  if (left === undefined || right === undefined) return undefined
  const [of, down, across] = [strideOf(left[1], c.summed), strideOf(right[1], c.summed), strideOf(right[1], c.columns)]
  if (of === undefined || down === undefined || across === undefined) return undefined
  const along = down === 1 && of === 1
  // the instructions that load take no negative distance
  if ((!along && across !== 1) || of < 0 || down < 0 || across < 0) return undefined
  const [vector, matrix] = [strided(left, of), strided(right, down)]
  return { along, vector, matrix, line: 4 * across, columns, depth }
}

/** The sums, as a function of a range of their vectors of four. */
export const writeRowProduct = (m: ModuleBuilder, p: RowProduct, out: Region, label: string): KernelFunction => {
  const write = p.along ? along : down
  const run = m.func(['i32', 'i32'], 'none', (locals, from, to) => write(p, out, locals, from.get, to.get), label)
  return { run, count: p.columns / 4, grain: 4 }
}
const at = (base: number, k: Int, by: number): Int => i32.add(i32.const(base), i32.mul(k, i32.const(by)))
const madd = (sum: Vector, x: Vector, y: Vector): Vector => f32x4.add(sum, f32x4.mul(x, y))

const along = ({ vector, matrix, line, depth }: RowProduct, out: Region, locals: Locals, from: Int, to: Int): Code => {
  const [column, k, x, row] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const four = locals('v128')
  const sums = [locals('v128'), locals('v128'), locals('v128'), locals('v128')] as const
  const step = seq(
    four.set(v128.load(x.get)),
    ...sums.map((s, r) => s.set(madd(s.get, four.get, v128.load(row.get, r * line)))),
    x.set(i32.add(x.get, i32.const(16))),
    row.set(i32.add(row.get, i32.const(16))),
  )
  // the lanes of two sums in turn, their halves added
  const pair = (a: Vector, b: Vector): Vector =>
    f32x4.add(v128.shuffle(a, b, [0, 4, 1, 5]), v128.shuffle(a, b, [2, 6, 3, 7]))
  const [low, high] = [locals('v128'), locals('v128')]
  const [a, b, c, d] = sums
  const tile = seq(
    x.set(i32.const(vector.base)),
    row.set(at(matrix.base, column.get, 4 * line)),
    ...sums.map((s) => s.set(f32x4.const(0))),
    count(k, i32.const(0), i32.const(depth), 4, step),
    low.set(pair(a.get, b.get)),
    high.set(pair(c.get, d.get)),
    v128.store(
      at(out.base, column.get, 16),
      f32x4.add(v128.shuffle(low.get, high.get, [0, 1, 4, 5]), v128.shuffle(low.get, high.get, [2, 3, 6, 7])),
      0,
    ),
  )
  return count(column, from, to, 1, tile)
}

const down = ({ vector, matrix, depth }: RowProduct, out: Region, locals: Locals, from: Int, to: Int): Code => {
  const [column, k, x, row, y] = [locals('i32'), locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const factors = [locals('v128'), locals('v128'), locals('v128'), locals('v128')] as const
  const terms = factors.map((f, r) => f32x4.mul(f.get, v128.load(row.get, r * matrix.step)))
  const [a, b, c, d] = terms as [Vector, Vector, Vector, Vector]
  const add = seq(
    v128.store(y.get, f32x4.add(v128.load(y.get), f32x4.add(f32x4.add(a, b), f32x4.add(c, d))), 0),
    y.set(i32.add(y.get, i32.const(16))),
    row.set(i32.add(row.get, i32.const(16))),
  )
  const start = (): Code => y.set(at(out.base, from, 16))
  const clear = seq(v128.store(y.get, f32x4.const(0), 0), y.set(i32.add(y.get, i32.const(16))))
  const rows = seq(
    x.set(at(vector.base, k.get, vector.step)),
    ...factors.map((f, r) => f.set(v128.loadSplat(x.get, r * vector.step))),
    row.set(i32.add(at(matrix.base, k.get, matrix.step), i32.mul(from, i32.const(16)))),
    start(),
    count(column, from, to, 1, add),
  )
  return seq(start(), count(column, from, to, 1, clear), count(k, i32.const(0), i32.const(depth), 4, rows))
}

/** What follows the sums, as a kernel that reads them from this region. */
export const afterSums = (c: Contraction, s: KernelSpec, sums: Region): KernelSpec => {
  const live = s.axes.filter((i) => i.size > 1)
  const shape = live.map((i) => i.size)
  const done = new Map<Scalar, Scalar>([[c.sum, load(s.reads.length, live, 'real')]])
  return {
    ...s,
    body: replaced(s.body, done),
    reads: [...s.reads, sums],
    shapes: [...s.shapes, shape],
    label: `${s.label}: finish`,
  }
}
