/** Assigns slots of memory to stored values, before anything runs. A slot is reused after the last reader of its value. */
import { bug } from '../../lang/syntax/error.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { type Plan, readsOf, type Step, sizeAt, subplansOf, writesOf } from './plan.ts'

interface BufferPlan {
  /** The slot of every value that a step writes. Inputs have none: the caller owns them. */
  readonly slotOf: ReadonlyMap<number, number>
  /** Elements of each slot. */
  readonly slots: readonly number[]
  /** The largest number of bytes alive at once, inputs and the values inside forms included. */
  readonly peak: number
}
const bytes = 4

/** By value: the number of the last step that reads it. Outputs are read after the last step. */
const lastReads = (p: Plan): ReadonlyMap<number, number> => {
  const last = new Map<number, number>()
  p.steps.forEach((s, k) => {
    for (const v of readsOf(s)) last.set(v, k)
  })
  for (const o of p.outputs) last.set(o, p.steps.length)
  return last
}
/** Best fit: the smallest free slot that is large enough, else the largest, which grows. */
const makeSlots = () => {
  const sizes: number[] = []
  const free = new Map<number, number[]>()
  const bestFor = (n: number): number | undefined => {
    let best: number | undefined
    for (const size of free.keys()) {
      const better = best === undefined || (size >= n ? best < n || size < best : best < n && size > best)
      if (better) best = size
    }
    return best
  }
  const reuse = (size: number): number => {
    const slots = free.get(size) ?? []
    const slot = slots.pop() ?? bug('no free slot')
    if (slots.length === 0) free.delete(size)
    return slot
  }
  return {
    sizes,
    take: (n: number): number => {
      const best = bestFor(n)
      if (best === undefined) return sizes.push(n) - 1
      const slot = reuse(best)
      sizes[slot] = Math.max(best, n)
      return slot
    },
    release: (slot: number): void => {
      const size = sizes[slot] ?? bug('a slot that was never taken')
      const slots = free.get(size) ?? []
      slots.push(slot)
      free.set(size, slots)
    },
  }
}

/** The value that step k overwrites with its result: rows are joined into an array where it is, if nothing reads it later. */
const overwrittenBy = (s: Step, k: number, last: ReadonlyMap<number, number>): number | undefined => {
  if (s._tag !== 'Scatter' || s.into === undefined) return undefined
  const { value } = s.into
  return last.get(value) === k && value !== s.rows && value !== s.places ? value : undefined
}

/** Outputs keep their slots. What a step reads is freed after the step, so nothing is overwritten while it is read. */
export const memoryOf = (p: Plan): BufferPlan => {
  const last = lastReads(p)
  const slots = makeSlots()
  const slotOf = new Map<number, number>()
  const released = new Set<number>()
  let alive = p.inputs.reduce((n, t) => n + sizeOf(t.shape), 0)
  let peak = alive
  p.steps.forEach((s, k) => {
    const over = overwrittenBy(s, k, last)
    const kept = over === undefined ? undefined : slotOf.get(over)
    for (const v of writesOf(s)) {
      slotOf.set(v, kept ?? slots.take(sizeAt(p, v)))
      alive += sizeAt(p, v)
    }
    if (over !== undefined && kept !== undefined) {
      released.add(over)
      alive -= sizeAt(p, over)
    }
    const inner = Math.max(0, ...subplansOf(s).map((q) => memoryOf(q).peak / bytes))
    peak = Math.max(peak, alive + inner)
    for (const v of [...readsOf(s), ...writesOf(s)]) {
      const slot = slotOf.get(v)
      if (slot === undefined || released.has(v) || (last.get(v) ?? k) > k) continue
      released.add(v)
      slots.release(slot)
      alive -= sizeAt(p, v)
    }
  })
  return { slotOf, slots: slots.sizes, peak: peak * bytes }
}
