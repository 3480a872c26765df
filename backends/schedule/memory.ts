/** The slots of stored values, planned before anything runs. A slot is reused when the last reader of its value has run. */
import { bug } from '../../lang/syntax/error.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { type Plan, readsOf, sizeAt, subplansOf, writesOf } from './plan.ts'

export interface BufferPlan {
  /** The slot of every value that a step writes. Inputs have none: the caller owns them. */
  readonly slotOf: ReadonlyMap<number, number>
  /** Elements of each slot. */
  readonly slots: readonly number[]
  /** The largest number of bytes alive at once, inputs and the values inside forms included. */
  readonly peak: number
}
const bytes = 4

/**
 * Outputs keep their slots. What a step reads is freed after the step, so nothing is overwritten while it is read. Best
 * fit: the smallest free slot that is large enough, else the largest, which grows.
 */
export const memoryOf = (p: Plan): BufferPlan => {
  const last = new Map<number, number>()
  p.steps.forEach((s, k) => {
    for (const v of readsOf(s)) last.set(v, k)
  })
  for (const o of p.outputs) last.set(o, p.steps.length)
  const slotOf = new Map<number, number>()
  const slots: number[] = []
  const given = new Set<number>()
  /** Free slots by their size. */
  const free = new Map<number, number[]>()
  const pop = (size: number): number => {
    const of = free.get(size) ?? []
    const slot = of.pop() ?? bug('no free slot')
    if (of.length === 0) free.delete(size)
    return slot
  }
  const give = (slot: number): void => {
    const size = slots[slot] as number
    const of = free.get(size) ?? []
    of.push(slot)
    free.set(size, of)
  }
  const inputs = p.inputs.reduce((n, t) => n + sizeOf(t.shape), 0)
  let alive = inputs
  let peak = inputs
  const take = (n: number): number => {
    let best: number | undefined
    for (const size of free.keys()) {
      const better = best === undefined || (size >= n ? best < n || size < best : best < n && size > best)
      if (better) best = size
    }
    const slot = best === undefined ? slots.push(n) - 1 : pop(best)
    slots[slot] = Math.max(slots[slot] as number, n)
    return slot
  }
  p.steps.forEach((s, k) => {
    for (const v of writesOf(s)) {
      slotOf.set(v, take(sizeAt(p, v)))
      alive += sizeAt(p, v)
    }
    const inner = Math.max(0, ...subplansOf(s).map((q) => memoryOf(q).peak / bytes))
    peak = Math.max(peak, alive + inner)
    for (const v of [...readsOf(s), ...writesOf(s)]) {
      const slot = slotOf.get(v)
      if (slot === undefined || given.has(v) || (last.get(v) ?? k) > k) continue
      given.add(v)
      give(slot)
      alive -= sizeAt(p, v)
    }
  })
  return { slotOf, slots, peak: peak * bytes }
}
