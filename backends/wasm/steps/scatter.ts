/**
 * The Scatter form. First every place that has rows gets a list of them, in their order. Then the rows of each list are
 * joined, and the result is written or joined to the array there. Real sums and products are accumulated in float64. The
 * time is that of the rows, and that of filling or copying the array where it is not in place.
 */
import { scatterSizes } from '../../../lang/kernel/scatter.ts'
import { type Plan, type ScatterStep, typeOf } from '../../schedule/plan.ts'
import { type Code, choose, count, i32, type Locals, memory, none, seq, v128, when } from '../assembler/index.ts'
import type { Region } from '../kernel/region.ts'
import { at, type Regions, type Writer } from '../kernel/writer.ts'
import { forEachPlace, large, type Places, word } from './places.ts'
import { suitsDoubles, writeInDoubles } from './scatterShort.ts'
import { type Joining, joiningOf, writeSegment } from './segment.ts'

type Int = Code<'i32'>
/** Elements that are filled or copied together. */
const grain = 1024

/** The lists: of every row the place and the next row of the same place, or -1; of every place the first row. */
interface Lists {
  readonly key: Region
  readonly next: Region
  readonly first: Region
}

export const writeScatter = (w: Writer, p: Plan, s: ScatterStep, regions: Regions): Code => {
  const { batches, places, row } = scatterSizes(s, typeOf(p, s.rows).shape, typeOf(p, s.places).shape)
  const [rows, index, out] = [at(regions, s.rows), at(regions, s.places), at(regions, s.out)]
  if (out.size === 0) return none
  const joining = joiningOf(s, typeOf(p, s.out).dtype, out.width)
  const value = s.into && at(regions, s.into.value)
  const n = batches * places
  const all: Places = { index, batches, each: places, size: s.size }
  if (joining.by !== undefined && out.width === 4 && suitsDoubles(row, n, out.size))
    return writeInDoubles(w, { ...s, by: joining.by }, all, row, [rows, value, out])
  const start = writeStart(w, out, value, joining)
  if (n === 0 || row === 0) return start
  const list = (size: number): Region => w.arena.take(size, 'int')
  const lists: Lists = { key: list(n), next: list(n), first: list(batches * s.size) }
  const join = (locals: Locals, from: Int, to: Int): Code => {
    const j = locals('i32')
    const key = (): Int => i32.load(word(lists.key.base, j.get))
    const segment = writeSegment({ locals, joining, rows, next: lists.next, row, first: j.get, out, place: key() })
    // the first row of a place joins all of them
    return count(j, from, to, 1, when(i32.eq(i32.load(word(lists.first.base, key())), j.get), segment))
  }
  const joined =
    n * row >= large && n > 1 ? w.team.shared(w.locals, n, 1, join) : join(w.locals, i32.const(0), i32.const(n))
  return seq(start, writeLists(w.locals, lists, all), joined)
}

/** The array before rows are joined: units, or a copy of `value` unless it is in place. */
const writeStart = (w: Writer, out: Region, value: Region | undefined, joining: Joining): Code => {
  if (value?.base === out.base) return none
  const write = (locals: Locals, from: Int, to: Int): Code => {
    const address = (base: number, i: Int): Int => word(base, i, out.width)
    const [target, bytes] = [address(out.base, from), i32.mul(i32.sub(to, from), i32.const(out.width))]
    if (value !== undefined) return memory.copy(target, address(value.base, from), bytes)
    if (joining.unitIsZero) return memory.fill(target, i32.const(0), bytes)
    const i = locals('i32')
    const store = out.width === 8 ? v128.storeLane64 : v128.storeLane
    return count(i, from, to, 1, store(address(out.base, i.get), joining.unit, 0))
  }
  return out.size >= large
    ? w.team.shared(w.locals, out.size, grain, write)
    : write(w.locals, i32.const(0), i32.const(out.size))
}

/**
 * Puts the rows before the lists of their places, the last row first. The memory of `first` is not cleared: a number there
 * is the first row of a list only if it is of a later row of the same place. Each such row has written its number there,
 * so no old number passes this test.
 *
 * Source: P. Briggs and L. Torczon, "An efficient representation for sparse sets" (1993).
 */
const writeLists = (locals: Locals, { key, next, first }: Lists, places: Places): Code => {
  const old = locals('i32')
  const set = (region: Region, i: Int, x: Int): Code => i32.store(word(region.base, i), x)
  const link = (j: Int, place: Int): Code => {
    const isLater = i32.and(i32.gt(old.get, j), i32.lt(old.get, i32.const(key.size)))
    const isSame = i32.eq(i32.load(word(key.base, choose(isLater, old.get, j))), place)
    return seq(
      set(key, j, place),
      old.set(i32.load(word(first.base, place))),
      set(next, j, choose(i32.and(isLater, isSame), old.get, i32.const(-1))),
      set(first, place, j),
    )
  }
  return forEachPlace(locals, places, link, true)
}
