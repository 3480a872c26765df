/** Where everything stands: buffers one after the other, those of a plan's steps shared by values that never meet. */
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { memoryOf } from '../../schedule/memory.ts'
import type { Plan } from '../../schedule/plan.ts'
import type { Place } from './place.ts'

export const sizeAt = (p: Plan, v: number): number => sizeOf((p.types[v] as Type).shape)

/** Memory handed out from the bottom; what is taken inside `inside` is free again after it. */
export interface Arena {
  readonly take: (elements: number) => Place
  /** Never shared: for what must outlive the step it is made in. */
  readonly inside: <T>(write: () => T) => T
  /** The first byte that was never used. */
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
      const made = write()
      next = before
      return made
    },
    end: () => highest,
  }
}

/** Places for the values that the steps write, constants left out: they have their own. */
export const placesOf = (p: Plan, arena: Arena): ReadonlyMap<number, Place> => {
  const { slotOf, slots } = memoryOf({ ...p, steps: p.steps.filter((s) => s._tag !== 'Data') })
  const found = slots.map((n) => arena.take(n))
  return new Map([...slotOf].map(([v, slot]) => [v, { base: (found[slot] as Place).base, size: sizeAt(p, v) }]))
}
