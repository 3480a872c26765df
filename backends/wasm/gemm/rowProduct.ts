/**
 * A product with few rows: one or some vectors times a matrix. The matrix is read once, in its own order and where it
 * lies, for packing it would take longer than the product. Four of its rows are read at a time, whichever axis is summed:
 *
 *   along   the sum runs along the rows: four dot products at a time with each vector
 *   down    the sum runs down the columns: four rows, each times a number, are added to each result
 *
 * Two vectors share what is read; more of them find it in the second-level cache, for all is cut in blocks. Sums are in
 * float32, as in the packed core, but in parts, or four terms at a time: they are no less exact.
 */
import { type Index, load, type Scalar } from '../../../lang/kernel/index.ts'
import type { Contraction } from '../../rewrite/contraction.ts'
import type { Linear } from '../../rewrite/linear.ts'
import { replaced } from '../../rewrite/scalars.ts'
import {
  type Code,
  count,
  f32x4,
  i32,
  type Local,
  type Locals,
  type ModuleBuilder,
  none,
  select,
  seq,
  v128,
} from '../assembler/index.ts'
import type { KernelFunction } from '../kernel/kernel.ts'
import type { Region } from '../kernel/region.ts'
import type { KernelSpec } from '../kernel/writer.ts'
import { product, strideOf } from './blocks.ts'
import { plain } from './direct.ts'

type Int = Code<'i32'>
type Vector = Code<'v128'>
/** Fewer products are quicker as plain loops. */
const least = 4096
/** From this many vectors on, the packed core is quicker. */
const tooMany = 12
/** Longer sums down the columns, of four terms at a time, would lose digits. */
const longestDown = 8192
/** Elements of a row of the matrix that are treated at a time: four rows stay in the second-level cache. */
const block = 4096

export interface RowProduct {
  readonly along: boolean
  /** How many vectors, and the distance from one to the next. */
  readonly rows: number
  readonly apart: number
  /** Of the first vector and of the matrix: the first element, and the distance from one term of the sum to the next. */
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
/** A contraction whose rows are the vectors: its own rows, or its columns. */
export type FewRows = Pick<Contraction, 'rows' | 'columns' | 'summed' | 'left' | 'right' | 'sum'>
const isFew = (c: FewRows): boolean => {
  const [rows, columns, depth] = [product(c.rows), product(c.columns), product(c.summed)]
  const whole = columns % 4 === 0 && depth % 4 === 0 && columns * depth >= least
  return whole && rows < tooMany
}
/** The ways to see a contraction as some vectors times a matrix. */
export const fewRowsIn = (c: Contraction): readonly FewRows[] => {
  if (c.batch.length > 0 || c.finite.length > 0) return []
  const { rows, columns, left, right } = c
  return [c, { ...c, rows: columns, columns: rows, left: right, right: left }].filter(isFew)
}
/** Whether a side is one load at these indices, in this order. */
const isAt = (side: Scalar, indices: readonly Index[]): boolean => {
  if (side._tag !== 'Load' || side.dtype !== 'real') return false
  const live = side.at.filter((i) => i._tag !== 'Num')
  const wanted = indices.filter((i) => i.size > 1)
  return live.length === wanted.length && live.every((i, d) => i === wanted[d])
}
/** Whether a contraction certainly runs in this way: such a sum needs no parts. */
export const runsInRows = (c: Contraction): boolean =>
  fewRowsIn(c).some(({ rows, columns, summed, left, right }) => {
    const along = isAt(left, [...rows, ...summed]) && isAt(right, [...columns, ...summed])
    const [of, down] = [
      isAt(left, [...rows, ...summed]) || isAt(left, [...summed, ...rows]),
      isAt(right, [...summed, ...columns]),
    ]
    return along || (of && down && product(summed) <= longestDown)
  })
const strided = ([region, address]: readonly [Region, Linear], step: number): Strided => ({
  base: region.base + 4 * address.constant,
  step: 4 * step,
})
export const rowProductOf = (c: FewRows, s: KernelSpec): RowProduct | undefined => {
  const [rows, columns, depth] = [product(c.rows), product(c.columns), product(c.summed)]
  const [left, right] = [plain(c.left, s, [...c.rows, ...c.summed]), plain(c.right, s, [...c.columns, ...c.summed])]
  if (left === undefined || right === undefined) return undefined
  const [of, apart] = [strideOf(left[1], c.summed), strideOf(left[1], c.rows)]
  const [down, across] = [strideOf(right[1], c.summed), strideOf(right[1], c.columns)]
  if (of === undefined || apart === undefined || down === undefined || across === undefined) return undefined
  const along = down === 1 && of === 1
  // the instructions that load take no negative distance
  if ((!along && across !== 1) || of < 0 || apart < 0 || down < 0 || across < 0) return undefined
  // rows that overlap are windows, and long sums are split
  const overlap = along ? across < depth : down < columns
  if (rows > 1 && (overlap || (!along && depth > longestDown))) return undefined
  const [vector, matrix] = [strided(left, of), strided(right, down)]
  return { along, rows, apart: 4 * apart, vector, matrix, line: 4 * across, columns, depth }
}

/** The sums, as a function of a range of their vectors of four: the columns of the first vector, then of the next. */
export const writeRowProduct = (m: ModuleBuilder, p: RowProduct, out: Region, label: string): KernelFunction => {
  const write = p.along ? along : down
  const run = m.func(['i32', 'i32'], 'none', (locals, from, to) => write(p, out, locals, from.get, to.get), label)
  return { run, count: p.columns / 4, grain: 4 }
}
const at = (base: number, k: Int, by: number): Int => i32.add(i32.const(base), i32.mul(k, i32.const(by)))
const madd = (sum: Vector, x: Vector, y: Vector): Vector => f32x4.add(sum, f32x4.mul(x, y))
const on = (pointer: Local<'i32'>, by: number): Code => pointer.set(i32.add(pointer.get, i32.const(by)))
const min = (x: Int, y: Int): Int => select(i32.lt(x, y), x, y)
const four = (locals: Locals) => [locals('v128'), locals('v128'), locals('v128'), locals('v128')] as const

/** For two rows at a time, then for one that is left. */
const inPairs = (rows: number, row: Local<'i32'>, write: (rows: 1 | 2) => Code): Code => {
  const paired = rows - (rows % 2)
  const pairs = paired === 0 ? none : count(row, i32.const(0), i32.const(paired), 2, write(2))
  return rows === paired ? pairs : seq(pairs, row.set(i32.const(paired)), write(1))
}
/** Sets the result to 0 in a range of vectors of columns. */
const clear = ({ rows, columns }: RowProduct, out: Region, locals: Locals, from: Int, to: Int): Code => {
  const [row, column, y] = [locals('i32'), locals('i32'), locals('i32')]
  const line = seq(
    y.set(i32.add(at(out.base, row.get, 4 * columns), i32.mul(from, i32.const(16)))),
    count(column, from, to, 1, seq(v128.store(y.get, f32x4.const(0), 0), on(y, 16))),
  )
  return count(row, i32.const(0), i32.const(rows), 1, line)
}
/** The sums of the lanes of four vectors: the lanes of two in turn, their halves added. */
const addUp = ([a, b, c, d]: readonly [Vector, Vector, Vector, Vector], locals: Locals): readonly [Code, Vector] => {
  const pair = (x: Vector, y: Vector): Vector =>
    f32x4.add(v128.shuffle(x, y, [0, 4, 1, 5]), v128.shuffle(x, y, [2, 6, 3, 7]))
  const [low, high] = [locals('v128'), locals('v128')]
  return [
    seq(low.set(pair(a, b)), high.set(pair(c, d))),
    f32x4.add(v128.shuffle(low.get, high.get, [0, 1, 4, 5]), v128.shuffle(low.get, high.get, [2, 3, 6, 7])),
  ]
}

const along = (p: RowProduct, out: Region, locals: Locals, from: Int, to: Int): Code => {
  const { rows, apart, vector, matrix, line, columns, depth } = p
  const [start, stop, row, column] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const [k, x, m, y] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const [sums, xs, of] = [[four(locals), four(locals)], [locals('v128'), locals('v128')], locals('v128')]
  const tile = (some: 1 | 2): Code => {
    const used = sums.slice(0, some)
    const step = seq(
      ...used.map((_, r) => (xs[r] as Local<'v128'>).set(v128.load(x.get, r * apart))),
      ...[0, 1, 2, 3].flatMap((n) => [
        of.set(v128.load(m.get, n * line)),
        ...used.map((s, r) => {
          const sum = s[n] as Local<'v128'>
          return sum.set(madd(sum.get, (xs[r] as Local<'v128'>).get, of.get))
        }),
      ]),
      on(x, 16),
      on(m, 16),
    )
    const store = ([a, b, c, d]: readonly [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>], r: number) => {
      const [before, total] = addUp([a.get, b.get, c.get, d.get], locals)
      return seq(before, v128.store(y.get, f32x4.add(v128.load(y.get, r * 4 * columns), total), r * 4 * columns))
    }
    return seq(
      x.set(i32.add(at(vector.base, row.get, apart), i32.mul(start.get, i32.const(4)))),
      m.set(i32.add(at(matrix.base, column.get, 4 * line), i32.mul(start.get, i32.const(4)))),
      y.set(i32.add(at(out.base, row.get, 4 * columns), i32.mul(column.get, i32.const(16)))),
      ...used.flatMap((s) => s.map((v) => v.set(f32x4.const(0)))),
      count(k, start.get, stop.get, 4, step),
      ...used.map(store),
    )
  }
  const terms = seq(
    stop.set(min(i32.add(start.get, i32.const(block)), i32.const(depth))),
    count(column, from, to, 1, inPairs(rows, row, tile)),
  )
  return seq(clear(p, out, locals, from, to), count(start, i32.const(0), i32.const(depth), block, terms))
}

const down = (p: RowProduct, out: Region, locals: Locals, from: Int, to: Int): Code => {
  const { rows, apart, vector, matrix, columns, depth } = p
  const [start, stop, row, column] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const [k, x, m, y] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const [factors, read] = [[four(locals), four(locals)], four(locals)]
  const add = (some: 1 | 2): Code => {
    const used = factors.slice(0, some)
    const sum = (f: readonly Local<'v128'>[], r: number): Code => {
      const [a, b, c, d] = f.map((by, n) => f32x4.mul(by.get, (read[n] as Local<'v128'>).get)) as never as [
        Vector,
        Vector,
        Vector,
        Vector,
      ]
      const all = f32x4.add(f32x4.add(a, b), f32x4.add(c, d))
      return v128.store(y.get, f32x4.add(v128.load(y.get, r * 4 * columns), all), r * 4 * columns)
    }
    const step = seq(
      ...read.map((v, n) => v.set(v128.load(m.get, n * matrix.step))),
      ...used.map(sum),
      on(y, 16),
      on(m, 16),
    )
    return seq(
      x.set(i32.add(at(vector.base, k.get, vector.step), i32.mul(row.get, i32.const(apart)))),
      ...used.flatMap((f, r) => f.map((by, n) => by.set(v128.loadSplat(x.get, n * vector.step + r * apart)))),
      m.set(i32.add(at(matrix.base, k.get, matrix.step), i32.mul(start.get, i32.const(16)))),
      y.set(i32.add(at(out.base, row.get, 4 * columns), i32.mul(start.get, i32.const(16)))),
      count(column, start.get, stop.get, 1, step),
    )
  }
  const some = seq(
    stop.set(min(i32.add(start.get, i32.const(block / 4)), to)),
    count(k, i32.const(0), i32.const(depth), 4, inPairs(rows, row, add)),
  )
  return seq(clear(p, out, locals, from, to), count(start, from, to, block / 4, some))
}

/** The indices of the sums, in the order in which they are stored. */
export const orderOf = (c: FewRows): readonly Index[] => [...c.rows, ...c.columns]
/** What follows the sums, as a kernel that reads them from this region. */
export const afterSums = (c: FewRows, s: KernelSpec, sums: Region): KernelSpec => {
  const stored = orderOf(c)
  const shape = stored.map((i) => i.size)
  const done = new Map<Scalar, Scalar>([[c.sum, load(s.reads.length, stored, 'real')]])
  return {
    ...s,
    body: replaced(s.body, done),
    reads: [...s.reads, sums],
    shapes: [...s.shapes, shape],
    label: `${s.label}: finish`,
  }
}
