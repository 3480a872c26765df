/** Values moved in memory. */
import { type Code, i32, memory, none, seq } from '../assembler/index.ts'
import type { Arena } from '../kernel/arena.ts'
import type { Place } from '../kernel/place.ts'

export const copy = (to: Code<'i32'>, from: Code<'i32'>, elements: number): Code =>
  elements === 0 ? none : memory.copy(to, from, i32.const(4 * elements))
const move = (to: Place, from: Place): Code =>
  to.base === from.base ? none : copy(i32.const(to.base), i32.const(from.base), to.size)
/** Each to the place of the same number, where there is one. */
export const moves = (to: readonly (Place | undefined)[], from: readonly Place[]): Code =>
  seq(...from.map((f, k) => (to[k] === undefined ? none : move(to[k], f))))
/** All at once: a source that is also a target is read before anything is written. */
export const moveAll = (arena: Arena, to: readonly Place[], from: readonly Place[]): Code => {
  const clashes = from.some((f, i) => to.some((t, j) => i !== j && t.base === f.base && f.size > 0))
  if (!clashes) return seq(...to.map((t, i) => move(t, from[i] as Place)))
  const spare = from.map((f) => arena.take(f.size))
  return seq(...spare.map((s, i) => move(s, from[i] as Place)), ...to.map((t, i) => move(t, spare[i] as Place)))
}
