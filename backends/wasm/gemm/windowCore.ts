/**
 * Sums over windows: result[m, t, l] = sum_k fixed[m, k] moving[t, l, k]. A tile of rows m, rows t and vectors along l is in
 * registers. The moving side is read where it is, at shifted addresses: a window is never copied.
 */
import {
  type Code,
  count,
  type Func,
  f32x4,
  i32,
  type Local,
  type Locals,
  type ModuleBuilder,
  none,
  seq,
  v128,
} from '../assembler/index.ts'

type Int = Code<'i32'>
type Numbers = Local<'v128'>
/** A loop, and how far one iteration moves the three addresses, in bytes. */
export interface Stride {
  readonly size: number
  readonly fixed: number
  readonly moving: number
  readonly to: number
}
export interface WindowLoops {
  /** Loops over whole tiles. */
  readonly plain: readonly Stride[]
  /** Rows of the fixed side, rows of the moving side, and neighbours on the moving side and in the result. */
  readonly m: Stride
  readonly t: Stride
  readonly lane: Stride
  readonly summed: readonly Stride[]
}
interface Tile {
  readonly m: number
  readonly t: number
  readonly vectors: number
}
const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
/** Sums in a tile: with more, engines move some between registers and memory. */
const most = (x: Tile): number => (x.m > 1 ? 8 : 6)
/** The tile with the least instructions. */
const tileOf = ({ m, t, lane }: WindowLoops): Tile => {
  const vectors = Math.ceil(lane.size / 4)
  const tiles = range(Math.min(4, m.size)).flatMap((a) =>
    range(Math.min(6, t.size)).flatMap((b) =>
      range(Math.min(4, vectors)).map((c): Tile => ({ m: a + 1, t: b + 1, vectors: c + 1 })),
    ),
  )
  const cost = (x: Tile): number => {
    const reads = x.t * x.vectors
    if (x.m * reads > most(x)) return Number.POSITIVE_INFINITY
    const count = Math.ceil(m.size / x.m) * Math.ceil(t.size / x.t) * Math.ceil(vectors / x.vectors)
    return count * (2 * x.m * reads + reads + x.m + 1.5)
  }
  return tiles.reduce((best, x) => (cost(x) < cost(best) ? x : best), { m: 1, t: 1, vectors: 1 })
}
/** Bytes of memory that a tile needs for partial sums. */
export const partialBytes = 16 * 8
/** Sums of more terms are added up in parts, so that rounding errors stay small. */
export const longSum = 512

/** The sums of a tile in registers, and where they are. */
interface Cell {
  readonly row: number
  readonly read: number
  readonly sum: Numbers
}
/** The pointers into the fixed side, the moving side and the result. */
interface Pointers {
  readonly a: Local<'i32'>
  readonly b: Local<'i32'>
  readonly c: Local<'i32'>
}
/** The vectors of a tile's rows, by their distance in bytes; those of a short row overlap. */
const readsOf = ({ t, lane }: WindowLoops, tile: Tile, by: 'moving' | 'to'): readonly number[] =>
  range(tile.t).flatMap((row) =>
    range(tile.vectors).map((v) => row * t[by] + Math.max(0, Math.min(4 * v, lane.size - 4)) * lane[by]),
  )
/** Adds one term to every sum. */
const writeTerm = (
  o: WindowLoops,
  tile: Tile,
  cells: readonly Cell[],
  { a, b }: Pointers,
  local: Locals,
  relaxed: boolean,
) => {
  const x = local('v128')
  const loads = readsOf(o, tile, 'moving').map((by) => v128.load(b.get, by))
  // several rows share what is read
  const held = tile.m > 1 ? loads.map((load) => ({ load, in: local('v128') })) : []
  const read = (k: number): Code<'v128'> => held[k]?.in.get ?? (loads[k] as Code<'v128'>)
  const add = ({ sum, read: k }: Cell): Code =>
    sum.set(relaxed ? f32x4.relaxedMadd(x.get, read(k), sum.get) : f32x4.add(sum.get, f32x4.mul(x.get, read(k))))
  const rows = range(tile.m).map((row) =>
    seq(x.set(v128.loadSplat(a.get, row * o.m.fixed)), ...cells.filter((s) => s.row === row).map(add)),
  )
  return seq(...held.map((h) => h.in.set(h.load)), ...rows)
}
/** Runs a term for all summed indices. The loops are not unrolled: engines spill the sums of an unrolled loop. */
const writeSum = (
  o: WindowLoops,
  term: Code,
  cells: readonly Cell[],
  { a, b }: Pointers,
  partial: Int,
  local: Locals,
): Code => {
  const clear = seq(...cells.map((s) => s.sum.set(f32x4.const(0))))
  const move = (s: Stride, by: number): Code =>
    seq(a.set(i32.add(a.get, i32.const(by * s.fixed))), b.set(i32.add(b.get, i32.const(by * s.moving))))
  const isLong = o.summed.length > 1 && o.summed.reduce((n, s) => n * s.size, 1) > longSum
  const part = (k: number): Code<'v128'> => v128.load(partial, 16 * k)
  const addUp = seq(...cells.map((s, k) => v128.store(partial, f32x4.add(part(k), s.sum.get), 16 * k)), clear)
  const loops = o.summed.reduceRight<Code>((inside, s, depth) => {
    const after = depth === 0 && isLong ? addUp : none
    const loop = count(local('i32'), i32.const(0), i32.const(s.size), 1, seq(inside, after, move(s, 1)))
    return depth === 0 ? loop : seq(loop, move(s, -s.size))
  }, term)
  if (!isLong) return seq(clear, loops)
  const start = cells.map((_, k) => v128.store(partial, f32x4.const(0), 16 * k))
  return seq(...start, clear, loops, ...cells.map((s, k) => s.sum.set(part(k))))
}
const writeStores = (o: WindowLoops, tile: Tile, cells: readonly Cell[], c: Local<'i32'>): Code => {
  const places = readsOf(o, tile, 'to')
  return seq(
    ...cells.map(({ row, read, sum }) => {
      const to = row * o.m.to + (places[read] as number)
      if (o.lane.size >= 4) return v128.store(c.get, sum.get, to)
      return seq(...range(o.lane.size).map((n) => v128.storeLane(c.get, sum.get, n, to + n * o.lane.to)))
    }),
  )
}
/** A loop over tiles. The last starts earlier, to end with the row: it computes some elements again. */
const overTiles = (start: Local<'i32'>, n: number, by: number, local: Locals, body: Code): Code => {
  const k = local('i32')
  const last = i32.const(n - by)
  const over = i32.mul(i32.gt(k.get, last), i32.sub(k.get, last))
  return count(
    k,
    i32.const(0),
    i32.const(n),
    by,
    seq(start.set(n % by === 0 || n < by ? k.get : i32.sub(k.get, over)), body),
  )
}

type Run = Func<readonly ['i32', 'i32', 'i32', 'i32'], 'none'>
/** (fixed, moving, result, partial sums): addresses. */
export const writeWindowCore = (m: ModuleBuilder, o: WindowLoops, relaxed: boolean): Run =>
  m.func(['i32', 'i32', 'i32', 'i32'], 'none', (local, fixed, moving, result, partial) => {
    const tile = tileOf(o)
    const pointers: Pointers = { a: local('i32'), b: local('i32'), c: local('i32') }
    const { a, b, c } = pointers
    const cells = range(tile.m).flatMap((row) =>
      range(tile.t * tile.vectors).map((read): Cell => ({ row, read, sum: local('v128') })),
    )
    const [onM, onT, onLane] = [local('i32'), local('i32'), local('i32')]
    const plain = o.plain.map((s) => [local('i32'), s] as const)
    const at = (base: Int, side: 'fixed' | 'moving' | 'to'): Int =>
      [...plain, [onM, o.m] as const, [onT, o.t] as const, [onLane, o.lane] as const].reduce<Int>(
        (sum, [i, s]) => (s[side] === 0 || s.size === 1 ? sum : i32.add(sum, i32.mul(i.get, i32.const(s[side])))),
        base,
      )
    const one = seq(
      a.set(at(fixed.get, 'fixed')),
      b.set(at(moving.get, 'moving')),
      c.set(at(result.get, 'to')),
      writeSum(o, writeTerm(o, tile, cells, pointers, local, relaxed), cells, pointers, partial.get, local),
      writeStores(o, tile, cells, c),
    )
    const rows = overTiles(onM, o.m.size, tile.m, local, one)
    const lines = overTiles(onLane, o.lane.size, 4 * tile.vectors, local, rows)
    const tiles = overTiles(onT, o.t.size, tile.t, local, lines)
    return plain.reduceRight<Code>((body, [i, s]) => count(i, i32.const(0), i32.const(s.size), 1, body), tiles)
  })
