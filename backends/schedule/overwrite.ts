/**
 * Values that are overwritten by the kernel that reads them last: it reads only the element that it computes, so the
 * result can take their place.
 */

import { partsOf } from '../rewrite/scalars.ts'
import { type KernelStep, type Plan, readsOf, sizeAt } from './plan.ts'

/** Whether a kernel may write its result over a value: it reads no other element of it than the one that it computes. */
export const mayOverwrite = (p: Plan, s: KernelStep, v: number): boolean => {
  const source = s.reads.indexOf(v)
  const own = (at: readonly unknown[]): boolean =>
    at.length === s.indices.length && at.every((i, d) => i === s.indices[d])
  return (
    sizeAt(p, v) === sizeAt(p, s.out) &&
    [...partsOf(s.body)].every((x) => x._tag !== 'Load' || x.source !== source || own(x.at))
  )
}

/**
 * State that is updated in place: the values, among the first `carried` outputs, that may overwrite the input that they
 * replace, because nothing reads it afterwards; by value, the number of that input.
 */
export const updatesInPlace = (p: Plan, carried: number): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  for (let k = 0; k < carried; k++) {
    const out = p.outputs[k] as number
    const at = p.steps.findIndex((s) => s._tag === 'Kernel' && s.out === out)
    const step = p.steps[at]
    if (step?._tag !== 'Kernel' || p.outputs.includes(k) || found.has(out)) continue
    if (p.steps.slice(at + 1).some((s) => readsOf(s).includes(k))) continue
    if (mayOverwrite(p, step, k)) found.set(out, k)
  }
  return found
}
