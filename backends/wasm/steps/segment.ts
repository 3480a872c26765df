/** The rows of one place, joined: four vectors at a time, then one, then one number. */
import { unitOf } from '../../../lang/kernel/functions.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import type { Into, ScatterStep } from '../../schedule/plan.ts'
import { type Code, count, doWhile, f32x4, f64x2, i32, i32x4, type Locals, seq, v128 } from '../assembler/index.ts'
import type { Region } from '../kernel/region.ts'

type Int = Code<'i32'>
type V = Code<'v128'>
/** Numbers while rows are joined: those of one vector, or of four float32 in two as float64. */
type Wide = readonly V[]
/** How rows are joined with one another, and with the array. */
export interface Joining {
  /** The monoid, where it is computed in float64. */
  readonly by: 'add' | 'mul' | undefined
  /** Units, as elements. */
  readonly unit: V
  readonly unitIsZero: boolean
  readonly start: Wide
  readonly join: (x: V, y: V) => V
  readonly widen: (x: V) => Wide
  readonly narrow: (x: Wide) => V
  readonly into: ((value: Wide, joined: Wide) => Wide) | undefined
}
type Functions = Readonly<Record<Into['by'], (x: V, y: V) => V>>

/** `width`: the bytes of an element. */
export const joiningOf = ({ by, into }: ScatterStep, dtype: DType, width: 4 | 8): Joining => {
  const doubles = dtype === 'real' && (by === 'add' || by === 'mul') ? by : undefined
  const isWide = width === 8
  const inDouble = doubles !== undefined && !isWide
  const on: Functions = inDouble || isWide ? f64x2 : dtype === 'real' ? f32x4 : i32x4
  const unit = (isWide ? f64x2 : dtype === 'real' ? f32x4 : i32x4).const(unitOf[by])
  const scale = (x: V): V => (into === undefined || into.factor === 1 ? x : f64x2.mul(x, f64x2.const(into.factor)))
  return {
    by: doubles,
    unit,
    unitIsZero: unitOf[by] === 0,
    start: inDouble ? [f64x2.const(unitOf[by]), f64x2.const(unitOf[by])] : [unit],
    join: on[by],
    widen: (x) => (inDouble ? [f64x2.ofF32(x), f64x2.ofF32(v128.shuffle(x, x, [2, 3, 2, 3]))] : [x]),
    narrow: ([x, y]) => (y === undefined ? (x as V) : v128.shuffle(f32x4.ofF64(x as V), f32x4.ofF64(y), [0, 1, 4, 5])),
    into: into && ((value, joined) => value.map((v, k) => on[into.by](v, scale(joined[k] as V)))),
  }
}

interface Segment {
  readonly locals: Locals
  readonly joining: Joining
  readonly rows: Region
  /** For every row the next one, or -1. */
  readonly next: Region
  /** The elements of a row. */
  readonly row: number
  /** The first row. */
  readonly first: Int
  readonly out: Region
  readonly place: Int
}
/** Blocks of columns: their vectors, the elements of a vector, and how often. `lanes`: the elements of a whole vector. */
const blocksOf = (
  row: number,
  lanes: number,
): readonly (readonly [vectors: number, lanes: number, times: number])[] => [
  [4, lanes, Math.floor(row / (4 * lanes))],
  [1, lanes, Math.floor((row % (4 * lanes)) / lanes)],
  [1, 1, row % lanes],
]
export const writeSegment = (s: Segment): Code => {
  const { locals, joining, rows, next, row, out } = s
  const [column, from, to, r] = [locals('i32'), locals('i32'), locals('i32'), locals('i32')]
  const { width } = out
  const bytes = i32.const(width * row)
  const [loadOne, storeOne] = width === 8 ? [v128.loadSplat64, v128.storeLane64] : [v128.loadSplat, v128.storeLane]
  const block = (vectors: number, lanes: number): Code => {
    const sums = Array.from({ length: vectors }, () => joining.start.map(() => locals('v128')))
    const [x, y] = [locals('v128'), locals('v128')]
    const load = (at: Int, k: number): V => (lanes > 1 ? v128.load(at, 16 * k) : loadOne(at))
    const add = sums.flatMap((sum, k) => [
      x.set(load(from.get, k)),
      ...joining.widen(x.get).map((v, i) => (sum[i] as typeof x).set(joining.join((sum[i] as typeof x).get, v))),
    ])
    const store = sums.flatMap((sum, k) => {
      const joined = sum.map((l) => l.get)
      const wide = joining.into
        ? [x.set(load(to.get, k)), y.set(joining.narrow(joining.into(joining.widen(x.get), joined)))]
        : [y.set(joining.narrow(joined))]
      return [...wide, lanes > 1 ? v128.store(to.get, y.get, 16 * k) : storeOne(to.get, y.get, 0)]
    })
    return seq(
      ...sums.flatMap((sum) => sum.map((l, i) => l.set(joining.start[i] as V))),
      r.set(s.first),
      doWhile(
        seq(
          from.set(i32.add(i32.add(i32.const(rows.base), i32.mul(r.get, bytes)), column.get)),
          ...add,
          r.set(i32.load(i32.add(i32.const(next.base), i32.shl(r.get, i32.const(2))))),
        ),
        i32.ge(r.get, i32.const(0)),
      ),
      to.set(i32.add(i32.add(i32.const(out.base), i32.mul(s.place, bytes)), column.get)),
      ...store,
    )
  }
  let done = 0
  return seq(
    ...blocksOf(row, 16 / width).flatMap(([vectors, lanes, times]) => {
      if (times === 0) return []
      const step = width * vectors * lanes
      const start = done
      done += step * times
      return [count(column, i32.const(start), i32.const(done), step, block(vectors, lanes))]
    }),
  )
}
