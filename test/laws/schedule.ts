/** What a schedule must not change, and what its buffers must not do. */

import { traits } from '../../backends/gpujs/device/modes.ts'
import { planOf } from '../../backends/gpujs/plan/planOf.ts'
import type { UnrollLimits } from '../../backends/rewrite/unroll.ts'
import type { Limits } from '../../backends/schedule/fuse.ts'
import { memoryOf } from '../../backends/schedule/memory.ts'
import { kernelsOf, type Plan, plansWithin, readsOf, subplansOf, writesOf } from '../../backends/schedule/plan.ts'
import { scatterInto } from '../../backends/schedule/scatterInto.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { evaluate } from '../../lang/evaluate.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { evaluatePlan } from '../backends/evaluatePlan.ts'
import { byStatements } from '../backends/runBlock.ts'
import { closeAll, same, type Values } from './close.ts'

/** schedule(p)(x) = p(x), bit for bit: fusion moves arithmetic and changes none. */
export const keepsBits = (p: Closed, x: Values, limits?: Limits): boolean =>
  same(evaluatePlan(schedule(p, limits), x), evaluate(p, x))
/** Unrolled loops mean the same, except for the order of sums in a nest of loops; also with neighbours computed together. */
export const unrollsTo = (p: Closed, x: Values, limits: UnrollLimits): boolean =>
  [false, true].every((neighbours) =>
    closeAll(evaluatePlan(schedule(p), x, byStatements(limits, neighbours)), evaluate(p, x)),
  )
/** So do the split kernels of a device, each of which reads few arrays. */
export const splitsTo = (p: Closed, x: Values, limits: UnrollLimits): boolean => {
  const plan = planOf(p, 'webgpu')
  return (
    closeAll(evaluatePlan(plan, x, byStatements(limits, true)), evaluate(p, x)) &&
    kernelsOf(plan).every((k) => k.reads.length <= traits.webgpu.limits.arrays)
  )
}

/** No kernel reads more arrays than the limit, unless one operation alone does. */
export const withinArrays = (p: Closed, limits: Limits): boolean =>
  kernelsOf(schedule(p, limits)).every((k) => k.reads.length <= limits.arrays || k.ops.length === 1)

/** Every value is written before it is read, and written once. */
const ordered = (p: Plan): boolean => {
  const known = new Set(p.inputs.map((_, k) => k))
  for (const s of p.steps) {
    if (!readsOf(s).every((v) => known.has(v))) return false
    for (const v of writesOf(s)) {
      if (known.has(v)) return false
      known.add(v)
    }
  }
  return p.outputs.every((o) => known.has(o))
}
export const isOrdered = (p: Closed): boolean => plansWithin(schedule(p)).every(ordered)

/** A value fits its slot, and no other is written there between its writing and its last reading. */
const undisturbed = (p: Plan): boolean => {
  const { slotOf, slots } = memoryOf(p)
  const holder = new Map<number, number>()
  const holds = (v: number): boolean => v < p.inputs.length || holder.get(slotOf.get(v) as number) === v
  for (const s of p.steps) {
    if (!readsOf(s).every(holds)) return false
    for (const v of writesOf(s)) {
      const size = (p.types[v]?.shape ?? []).reduce((a, b) => a * b, 1)
      const slot = slotOf.get(v) as number
      if (size > (slots[slot] as number)) return false
      // rows may be joined into an array where it is
      const over = s._tag === 'Scatter' ? s.into?.value : undefined
      if (readsOf(s).some((r) => r !== over && slotOf.get(r) === slot)) return false
      holder.set(slot, v)
    }
    if (subplansOf(s).some((q) => !undisturbed(q))) return false
  }
  return p.outputs.every(holds)
}
export const slotsAreSafe = (p: Closed): boolean => [schedule(p), scatterInto(schedule(p))].every(undisturbed)
