/**
 * State that is updated in place. The next state may overwrite the present one if nothing reads that afterwards: no later
 * step reads it, and the step that overwrites it reads only the element that it computes.
 */

import { partsOf } from '../../rewrite/scalars.ts'
import { type KernelStep, type Plan, readsOf } from '../../schedule/plan.ts'

/** Whether a kernel reads a value only at the element that it computes. */
const readsOwnElement = (s: KernelStep, v: number): boolean => {
  const source = s.reads.indexOf(v)
  return [...partsOf(s.body)].every(
    (x) => x._tag !== 'Load' || x.source !== source || x.at.every((i, d) => i === s.indices[d]),
  )
}

/** The values, among the first `carried` outputs, that may overwrite an input; by value, the number of that input. */
export const inPlace = (p: Plan, carried: number): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  for (let k = 0; k < carried; k++) {
    const out = p.outputs[k] as number
    const at = p.steps.findIndex((s) => s._tag === 'Kernel' && s.out === out)
    const step = p.steps[at]
    if (step?._tag !== 'Kernel' || p.outputs.includes(k) || found.has(out)) continue
    if (p.steps.slice(at + 1).some((s) => readsOf(s).includes(k))) continue
    if (readsOwnElement(step, k)) found.set(out, k)
  }
  return found
}
