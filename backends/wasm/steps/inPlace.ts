/**
 * Values that overwrite an input. The next state may overwrite the present one if nothing reads that afterwards: no later
 * step reads it, and the step that overwrites it reads only the element that it computes. Rows may be joined into any
 * other input, which is written again before the next run.
 */

import { partsOf } from '../../rewrite/scalars.ts'
import { type KernelStep, type Plan, readsOf, type Step } from '../../schedule/plan.ts'

/** Whether a kernel reads a value only at the element that it computes. */
const readsOwnElement = (s: KernelStep, v: number): boolean => {
  const source = s.reads.indexOf(v)
  return [...partsOf(s.body)].every(
    (x) => x._tag !== 'Load' || x.source !== source || x.at.every((i, d) => i === s.indices[d]),
  )
}
/** Whether a step may write its result where it reads a value, which it need not read. */
const mayOverwrite = (s: Step | undefined, v: number): boolean =>
  (s?._tag === 'Kernel' && readsOwnElement(s, v)) ||
  (s?._tag === 'Scatter' && s.into !== undefined && s.rows !== v && s.places !== v)
const isReadAfter = (p: Plan, step: number, v: number): boolean =>
  p.outputs.includes(v) || p.steps.slice(step + 1).some((s) => readsOf(s).includes(v))

/**
 * The values that may overwrite an input; by value, the number of that input. The first `carried` outputs are a state.
 * `rewritten`: how many inputs are written before every run, the state included.
 */
export const inPlace = (p: Plan, carried: number, rewritten: number = p.inputs.length): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  for (let k = 0; k < carried; k++) {
    const out = p.outputs[k] as number
    const at = p.steps.findIndex((s) => (s._tag === 'Kernel' || s._tag === 'Scatter') && s.out === out)
    if (!found.has(out) && mayOverwrite(p.steps[at], k) && !isReadAfter(p, at, k)) found.set(out, k)
  }
  p.steps.forEach((s, at) => {
    const k = s._tag === 'Scatter' ? s.into?.value : undefined
    if (s._tag !== 'Scatter' || k === undefined || k < carried || k >= rewritten || found.has(s.out)) return
    if (mayOverwrite(s, k) && !isReadAfter(p, at, k)) found.set(s.out, k)
  })
  return found
}
