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

/** Regions for the values that the steps write, but for those that are elsewhere; constants have their own. */
export const regionsOf = (p: Plan, arena: Arena, elsewhere: ReadonlySet<number>): ReadonlyMap<number, Region> => {
  const data = p.steps.flatMap((s) => (s._tag === 'Data' ? [s.out] : []))
  const { placeOf, extent } = memoryOf(p, new Set([...elsewhere, ...data]))
  const { base } = arena.take(extent)
  return new Map([...placeOf].map(([v, place]) => [v, { base: base + 4 * place, size: sizeAt(p, v) }]))
}
