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
  type ModuleBuilder,
  seq,
  v128,
} from '../assembler/index.ts'

type Int = Code<'i32'>
/** A loop, and how far one iteration moves the three addresses, in bytes. */
export interface Step {
  readonly size: number
  readonly fixed: number
  readonly moving: number
  readonly to: number
}
export interface WindowLoops {
  /** Loops over whole tiles. */
  readonly plain: readonly Step[]
  /** Rows of the fixed side, rows of the moving side, and neighbours in both the moving side and the result. */
  readonly m: Step
  readonly t: Step
  readonly lane: Step
  readonly summed: readonly Step[]
}
export interface Tile {
  readonly m: number
  readonly t: number
  readonly vectors: number
}
/** Registers for sums and operands, of the sixteen that processors have. */
const registers = 15
/** Addends from which on partial sums are added up apart, so that rounding errors stay small. */
const long = 2048
/** Iterations of the innermost sums that are written out. */
const unrolled = 10

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
const blocks = (n: number, by: number): number => Math.ceil(n / by)
/** The tile with the least instructions. */
export const tileOf = ({ m, t, lane }: WindowLoops): Tile => {
  const all = blocks(lane.size, 4)
  const tiles = range(Math.min(4, m.size)).flatMap((a) =>
    range(Math.min(6, t.size)).flatMap((b) =>
      range(Math.min(4, all)).map((c): Tile => ({ m: a + 1, t: b + 1, vectors: c + 1 })),
    ),
  )
  const cost = (x: Tile): number => {
    const read = x.t * x.vectors
    if (x.m * read + (x.m > 1 ? read : 1) + 1 > registers) return Number.POSITIVE_INFINITY
    const each = 2 * x.m * read + read + x.m + 1.5
    return blocks(m.size, x.m) * blocks(t.size, x.t) * blocks(all, x.vectors) * each
  }
  return tiles.reduce((best, x) => (cost(x) < cost(best) ? x : best), { m: 1, t: 1, vectors: 1 })
}
/** Bytes of memory that a tile needs for its partial sums. */
export const partialBytes = 16 * registers

type Run = Func<readonly ['i32', 'i32', 'i32', 'i32'], 'none'>
/** (fixed, moving, result, partial sums): addresses. */
export const writeWindowCore = (m: ModuleBuilder, o: WindowLoops, tile: Tile, relaxed: boolean, label: string): Run =>
  m.func(
    ['i32', 'i32', 'i32', 'i32'],
    'none',
    (local, fixed, moving, result, partial) => {
      const [a, b, c] = [local('i32'), local('i32'), local('i32')]
      const cells = range(tile.m).flatMap((r) =>
        range(tile.t).flatMap((t) => range(tile.vectors).map((v) => ({ r, t, v, sum: local('v128') }))),
      )
      const read = range(tile.t * tile.vectors).map(() => local('v128'))
      const x = local('v128')
      /** Vectors of a row that is shorter than the tile overlap. */
      const lane = (v: number): number => Math.max(0, Math.min(4 * v, o.lane.size - 4))
      const madd = (s: Local<'v128'>, y: Code<'v128'>): Code =>
        s.set(relaxed ? f32x4.relaxedMadd(x.get, y, s.get) : f32x4.add(s.get, f32x4.mul(x.get, y)))
      const term = (f: number, g: number): Code => {
        const at = (t: number, v: number): Code<'v128'> =>
          v128.load(b.get, g + t * o.t.moving + lane(v) * o.lane.moving)
        const held = tile.m > 1
        const reads = held
          ? range(tile.t).flatMap((t) => range(tile.vectors).map((v) => set(read, t, v, at(t, v))))
          : []
        const rows = range(tile.m).map((r) =>
          seq(
            x.set(v128.loadSplat(a.get, f + r * o.m.fixed)),
            ...cells.filter((s) => s.r === r).map((s) => madd(s.sum, held ? get(read, s.t, s.v) : at(s.t, s.v))),
          ),
        )
        return seq(...reads, ...rows)
      }
      const set = (all: readonly Local<'v128'>[], t: number, v: number, y: Code<'v128'>): Code =>
        (all[t * tile.vectors + v] as Local<'v128'>).set(y)
      const get = (all: readonly Local<'v128'>[], t: number, v: number): Code<'v128'> =>
        (all[t * tile.vectors + v] as Local<'v128'>).get
      const clear = seq(...cells.map((s) => s.sum.set(f32x4.const(0))))

      const { counted, written } = divided(o.summed)
      const [low, high] = [lowest(written, 0), lowest(written, 1)]
      const terms = seq(...written.map(([f, g]) => term(f - low, g - high)))
      const isLong = o.summed.reduce((n, s) => n * s.size, 1) > long && counted.length > 0
      const move = (s: Step, by: number): Code =>
        seq(a.set(i32.add(a.get, i32.const(by * s.fixed))), b.set(i32.add(b.get, i32.const(by * s.moving))))
      const at = (k: number): number => 16 * k
      const addUp = seq(
        ...cells.map((s, k) => v128.store(partial.get, f32x4.add(v128.load(partial.get, at(k)), s.sum.get), at(k))),
        clear,
      )
      const loops = counted.reduceRight<Code>((inside, s, depth) => {
        const k = local('i32')
        const after = depth === 0 && isLong ? addUp : seq()
        const body = seq(inside, after, move(s, 1))
        return seq(count(k, i32.const(0), i32.const(s.size), 1, body), depth === 0 ? seq() : move(s, -s.size))
      }, terms)
      const start = isLong ? seq(...cells.map((_, k) => v128.store(partial.get, f32x4.const(0), at(k)))) : seq()
      const finish = isLong ? seq(...cells.map((s, k) => s.sum.set(v128.load(partial.get, at(k))))) : seq()
      const stores = cells.map(({ r, t, v, sum }) => {
        const to = r * o.m.to + t * o.t.to + lane(v) * o.lane.to
        if (o.lane.size >= 4) return v128.store(c.get, sum.get, to)
        return seq(...range(o.lane.size).map((n) => v128.storeLane(c.get, sum.get, n, to + n * o.lane.to)))
      })
      const starts = [o.m, o.t, o.lane].map(() => local('i32')) as [Local<'i32'>, Local<'i32'>, Local<'i32'>]
      const plain = o.plain.map((s) => [local('i32'), s] as const)
      const moved: readonly (readonly [Local<'i32'>, Step])[] = [
        ...plain,
        [starts[0], o.m],
        [starts[1], o.t],
        [starts[2], o.lane],
      ]
      const address = (base: Int, side: 'fixed' | 'moving' | 'to', by: number): Int =>
        moved.reduce<Int>(
          (sum, [i, s]) => (s[side] === 0 || s.size === 1 ? sum : i32.add(sum, i32.mul(i.get, i32.const(s[side])))),
          by === 0 ? base : i32.add(base, i32.const(by)),
        )
      const one = seq(
        a.set(address(fixed.get, 'fixed', low)),
        b.set(address(moving.get, 'moving', high)),
        c.set(address(result.get, 'to', 0)),
        clear,
        start,
        loops,
        finish,
        ...stores,
      )
      /** The last tile of a row of tiles starts earlier, to end with the row. */
      const over = (start: Local<'i32'>, n: number, by: number, body: Code): Code => {
        const k = local('i32')
        const last = i32.const(Math.max(0, n - by))
        const clamp = n % by === 0 || n < by ? seq() : whenGreater(start, last)
        return count(k, i32.const(0), i32.const(n), by, seq(start.set(k.get), clamp, body))
      }
      const whenGreater = (start: Local<'i32'>, last: Int): Code =>
        start.set(i32.sub(start.get, i32.mul(i32.gt(start.get, last), i32.sub(start.get, last))))
      const tiles = over(
        starts[1],
        o.t.size,
        tile.t,
        over(starts[2], o.lane.size, 4 * tile.vectors, over(starts[0], o.m.size, tile.m, one)),
      )
      return plain.reduceRight<Code>((body, [i, s]) => count(i, i32.const(0), i32.const(s.size), 1, body), tiles)
    },
    label,
  )

type Offsets = readonly [fixed: number, moving: number]
/** Sums as loops, and the innermost ones written out, as offsets from the least address. */
const divided = (
  summed: readonly Step[],
): { readonly counted: readonly Step[]; readonly written: readonly Offsets[] } => {
  let [depth, copies] = [summed.length, 1]
  while (depth > 0 && copies * (summed[depth - 1] as Step).size <= unrolled) copies *= (summed[--depth] as Step).size
  const all = summed
    .slice(depth)
    .reduce<readonly Offsets[]>(
      (offsets, s) =>
        offsets.flatMap(([f, g]) => range(s.size).map((k): Offsets => [f + k * s.fixed, g + k * s.moving])),
      [[0, 0]],
    )
  return { counted: summed.slice(0, depth), written: all }
}
const lowest = (written: readonly Offsets[], side: 0 | 1): number => Math.min(...written.map((x) => x[side]))
