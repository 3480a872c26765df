/** What a schedule must not change, and what its buffers must not do. */

import { traits } from '../../backends/gpujs/device/modes.ts'
import { planOf } from '../../backends/gpujs/plan/planOf.ts'
import type { UnrollLimits } from '../../backends/rewrite/unroll.ts'
import type { Limits } from '../../backends/schedule/fuse.ts'
import { memoryOf } from '../../backends/schedule/memory.ts'
import { mayOverwrite } from '../../backends/schedule/overwrite.ts'
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

/**
 * No value is overwritten between its writing and its last reading, unless by the step that reads it last, element by
 * element, in the same place.
 */
const undisturbed = (p: Plan): boolean => {
  const { offsetOf, extent } = memoryOf(p)
  const sizeOf = (v: number): number => (p.types[v]?.shape ?? []).reduce((a, b) => a * b, 1)
  const place = (v: number): number => offsetOf.get(v) as number
  /** The values that are whole. */
  const whole = new Set<number>(p.inputs.keys())
  for (const s of p.steps) {
    if (!readsOf(s).every((v) => whole.has(v))) return false
    for (const v of writesOf(s)) {
      const [from, until] = [place(v), place(v) + sizeOf(v)]
      if (from < 0 || until > extent) return false
      for (const w of [...whole].filter((k) => offsetOf.has(k) && place(k) < until && from < place(k) + sizeOf(k))) {
        whole.delete(w)
        const inPlace = place(w) === from && mayOverwrite(p, s, w)
        if (readsOf(s).includes(w) && !inPlace) return false
      }
      whole.add(v)
    }
    if (subplansOf(s).some((q) => !undisturbed(q))) return false
  }
  return p.outputs.every((o) => whole.has(o))
}
export const placesAreSafe = (p: Closed): boolean => [schedule(p), scatterInto(schedule(p))].every(undisturbed)
