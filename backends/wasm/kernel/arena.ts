/** The memory map: buffers one after another. Values of a plan that are never alive together share a buffer. */
import { memoryOf } from '../../schedule/memory.ts'
import { type Plan, sizeAt } from '../../schedule/plan.ts'
import type { Region } from './region.ts'

/** Allocates memory from the bottom up. */
export interface Arena {
  readonly take: (elements: number) => Region
  /** Frees what `write` allocates when it returns. */
  readonly inside: <T>(write: () => T) => T
  /** The first byte that was never allocated. */
  readonly end: () => number
}
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64
export const makeArena = (start: number): Arena => {
  let next = start
  let highest = start
  return {
    take: (size) => {
      const base = next
      next += aligned(4 * size)
      highest = Math.max(highest, next)
      return { base, size }
    },
    inside: (write) => {
      const before = next
      const written = write()
      next = before
      return written
    },
    end: () => highest,
  }
}

/** Regions for the values that the steps write; constants have their own. */
export const regionsOf = (p: Plan, arena: Arena): ReadonlyMap<number, Region> => {
  const { slotOf, slots } = memoryOf({ ...p, steps: p.steps.filter((s) => s._tag !== 'Data') })
  const bases = slots.map((n) => arena.take(n).base)
  return new Map([...slotOf].map(([v, slot]) => [v, { base: bases[slot] as number, size: sizeAt(p, v) }]))
}
