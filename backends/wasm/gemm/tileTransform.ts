/** Short convolutions' linear maps: a tile becomes M tile M', for every tile, and for four channels at a time. */
import {
  type Code,
  count,
  type Func,
  i32,
  type Local,
  type Locals,
  type ModuleBuilder,
  seq,
  v128,
} from '../assembler/index.ts'
import { functionOnce, type Writer } from '../kernel/writer.ts'
import { writeProduct } from './linearMap.ts'
import type { Matrix } from './winogradMatrices.ts'

type Int = Code<'i32'>
type Vector = Code<'v128'>
type Numbers = Local<'v128'>
/** Distances in bytes: of neighbours in a tile, vertical and horizontal, and of channels. */
export interface Access {
  readonly y: number
  readonly x: number
  readonly channel: number
}
/** A loop over tiles or vectors of channels, and how far an iteration moves. */
export interface TileStep {
  readonly size: number
  readonly from: number
  readonly to: number
}
export interface TileTransform {
  readonly matrix: Matrix
  readonly from: Access
  readonly to: Access
  /** A range of the iterations of the outer loops is run at a time. */
  readonly outer: readonly TileStep[]
  readonly inner: readonly TileStep[]
}
const range = (n: number): readonly number[] => Array.from({ length: n }, (_, k) => k)
/** Where the first byte of a tile of n by n is, from its element 0, 0 of channel 0. */
const lowest = ({ y, x, channel }: Access, n: number): number =>
  Math.min(0, (n - 1) * y) + Math.min(0, (n - 1) * x) + Math.min(0, 3 * channel)

/** Four channels of neighbours in a row become vectors of neighbours, or the reverse: a transpose. */
const turned = (rows: readonly Numbers[], to: readonly Numbers[], local: Locals): Code => {
  const [a, b, c, d] = rows.map((r) => r.get) as [Vector, Vector, Vector, Vector]
  const halves = range(to.length > 2 ? 2 : 1).map((h) => {
    const [ab, cd] = [local('v128'), local('v128')]
    const lanes = h === 0 ? [0, 4, 1, 5] : [2, 6, 3, 7]
    const vectors = to.slice(2 * h, 2 * h + 2)
    return seq(
      ab.set(v128.shuffle(a, b, lanes)),
      cd.set(v128.shuffle(c, d, lanes)),
      ...vectors.map((v, k) => v.set(v128.shuffle(ab.get, cd.get, k === 0 ? [0, 1, 4, 5] : [2, 3, 6, 7]))),
    )
  })
  return seq(...halves)
}
/** Reads a row of a tile. May read up to three numbers behind it. */
const writeRead = (at: Int, { x, channel }: Access, first: number, row: readonly Numbers[], local: Locals): Code => {
  if (channel === 4) return seq(...row.map((v, k) => v.set(v128.load(at, first + k * x))))
  if (Math.abs(x) !== 4)
    return seq(
      ...row.flatMap((v, k) => [
        v.set(v128.loadSplat(at, first + k * x)),
        ...[1, 2, 3].map((lane) => v.set(v128.loadLane(v.get, lane, at, first + k * x + lane * channel))),
      ]),
    )
  const inOrder = x > 0 ? row : [...row].reverse()
  const start = x > 0 ? first : first + (row.length - 1) * x
  const channels = range(4).map(() => local('v128'))
  return seq(
    ...range(Math.ceil(row.length / 4)).flatMap((k) => [
      ...channels.map((v, c) => v.set(v128.load(at, start + 16 * k + c * channel))),
      turned(channels, inOrder.slice(4 * k, 4 * k + 4), local),
    ]),
  )
}
const writeWrite = (at: Int, { x, channel }: Access, first: number, row: readonly Numbers[], local: Locals): Code => {
  if (channel === 4) return seq(...row.map((v, k) => v128.store(at, v.get, first + k * x)))
  if (x === 4 && row.length === 4) {
    const channels = range(4).map(() => local('v128'))
    const store = channels.map((v, c) => v128.store(at, v.get, first + c * channel))
    return seq(turned(row, channels, local), ...store)
  }
  const single = (v: Numbers, k: number): readonly Code[] =>
    range(4).map((lane) => v128.storeLane(at, v.get, lane, first + k * x + lane * channel))
  const [a, b, ...rest] = row
  if (x !== 4 || a === undefined || b === undefined) return seq(...row.flatMap(single))
  const pairs = [local('v128'), local('v128')] as const
  return seq(
    pairs[0].set(v128.shuffle(a.get, b.get, [0, 4, 1, 5])),
    pairs[1].set(v128.shuffle(a.get, b.get, [2, 6, 3, 7])),
    ...range(4).map((c) => v128.storeLane64(at, (c < 2 ? pairs[0] : pairs[1]).get, c & 1, first + c * channel)),
    ...rest.flatMap((v, k) => single(v, k + 2)),
  )
}
const across = ({ y, x, channel }: Access): Access => ({ y: x, x: y, channel })
/** One tile: first along the lines that are read, then along those that are written. Rows are read and written in order. */
const writeTile = ({ matrix, ...t }: TileTransform, a: Int, b: Int, local: Locals): Code => {
  const [outs, ins] = [matrix.length, matrix[0]?.length ?? 0]
  const [from, to] = t.from.channel === 4 ? [across(t.from), t.to] : [t.from, across(t.to)]
  const vectors = (n: number): readonly Numbers[] => range(n).map(() => local('v128'))
  const [read, written] = [vectors(ins), vectors(outs)]
  const between = range(ins).map(() => vectors(outs))
  const first = between.map((line, k) =>
    seq(writeRead(a, from, k * from.y - lowest(from, ins), read, local), writeProduct(matrix, read, line, local)),
  )
  const second = range(outs).map((k) => {
    const line = between.map((l) => l[k] as Numbers)
    return seq(
      writeProduct(matrix, line, written, local),
      writeWrite(b, to, k * to.y - lowest(to, outs), written, local),
    )
  })
  return seq(...first, ...second)
}
/** (from, to, first, last + 1): the addresses of element 0, 0 of the first tile, and a range of the outer iterations. */
type Transforming = Func<readonly ['i32', 'i32', 'i32', 'i32'], 'none'>
export const writeTransform = (w: Writer, t: TileTransform, label: string): Transforming =>
  functionOnce(w, `transform ${JSON.stringify(t)}`, label, () => transformOf(w.m, t))
const transformOf = (m: ModuleBuilder, t: TileTransform): Transforming =>
  m.func(['i32', 'i32', 'i32', 'i32'], 'none', (local, from, to, first, last) => {
    const [a, b, k] = [local('i32'), local('i32'), local('i32')]
    const [low, lowTo] = [lowest(t.from, t.matrix[0]?.length ?? 0), lowest(t.to, t.matrix.length)]
    const start = (base: Int, side: 'from' | 'to'): Int =>
      t.outer.reduce<Int>((at, s, d) => {
        const by = t.outer.slice(d + 1).reduce((n, o) => n * o.size, 1)
        const value = i32.rem(i32.div(k.get, i32.const(by)), i32.const(s.size))
        return s[side] === 0 ? at : i32.add(at, i32.mul(value, i32.const(s[side])))
      }, base)
    const move = (s: TileStep, by: number): Code =>
      seq(a.set(i32.add(a.get, i32.const(by * s.from))), b.set(i32.add(b.get, i32.const(by * s.to))))
    const loops = t.inner.reduceRight<Code>(
      (inside, s) =>
        seq(count(local('i32'), i32.const(0), i32.const(s.size), 1, seq(inside, move(s, 1))), move(s, -s.size)),
      writeTile(t, a.get, b.get, local),
    )
    const one = seq(
      a.set(i32.add(start(from.get, 'from'), i32.const(low))),
      b.set(i32.add(start(to.get, 'to'), i32.const(lowTo))),
      loops,
    )
    return count(k, first.get, last.get, 1, one)
  })
