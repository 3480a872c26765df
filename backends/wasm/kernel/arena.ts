/** The memory map: buffers one after another. Values of a plan that are never alive together share a buffer. */
import type { DType } from '../../../lang/syntax/shape.ts'
import { memoryOf } from '../../schedule/memory.ts'
import { type Plan, sizeAt, typeOf } from '../../schedule/plan.ts'
import { type Element, widthOf } from '../assembler/index.ts'
import type { Region } from './region.ts'

/** Allocates memory from the bottom up. */
export interface Arena {
  readonly take: (elements: number, dtype: DType) => Region
  /** Frees what `write` allocates when it returns. */
  readonly inside: <T>(write: () => T) => T
  /** The first byte that was never allocated. */
  readonly end: () => number
}
const aligned = (bytes: number): number => Math.ceil(bytes / 64) * 64
export const makeArena = (start: number, element: Element): Arena => {
  let next = start
  let highest = start
  return {
    take: (size, dtype) => {
      const base = next
      const width = widthOf(element, dtype)
      next += aligned(width * size)
      highest = Math.max(highest, next)
      return { base, size, width }
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
export const regionsOf = (
  p: Plan,
  arena: Arena,
  element: Element,
  elsewhere: ReadonlySet<number>,
): ReadonlyMap<number, Region> => {
  const data = p.steps.flatMap((s) => (s._tag === 'Data' ? [s.out] : []))
  const { offsetOf, extent } = memoryOf(p, new Set([...elsewhere, ...data]))
  const { base } = arena.take(extent, 'real')
  // a place has room for reals
  const region = (v: number, place: number): Region => ({
    base: base + widthOf(element, 'real') * place,
    size: sizeAt(p, v),
    width: widthOf(element, typeOf(p, v).dtype),
  })
  return new Map([...offsetOf].map(([v, place]) => [v, region(v, place)]))
}
