/** Copies of values in memory. */
import * as RA from 'fp-ts/lib/ReadonlyArray.js'
import { all, type Code, i32, memory, none, seq } from '../assembler/index.ts'
import type { Arena } from '../kernel/arena.ts'
import type { Region } from '../kernel/region.ts'

/** Copies as many bytes as a region has. */
export const copy = (to: Code<'i32'>, from: Code<'i32'>, { size, width }: Region): Code =>
  size === 0 ? none : memory.copy(to, from, i32.const(width * size))
const copyRegion = (to: Region, from: Region): Code =>
  to.base === from.base ? none : copy(i32.const(to.base), i32.const(from.base), to)
/** Copies each region to the target of the same number, if there is one. */
export const copyEach = (to: readonly (Region | undefined)[], from: readonly Region[]): Code =>
  all(RA.zip(to, from).map(([t, f]) => (t === undefined ? none : copyRegion(t, f))))
/** Copies all regions simultaneously: a source that is also a target is read before it is overwritten. */
export const copyTogether = (arena: Arena, to: readonly Region[], from: readonly Region[]): Code => {
  const clashes = from.some((f, i) => to.some((t, j) => i !== j && t.base === f.base && f.size > 0))
  if (!clashes) return copyEach(to, from)
  const spare = from.map((f) => arena.take(f.size, f.width === 8 ? 'real' : 'int'))
  return seq(copyEach(spare, from), copyEach(to, spare))
}
