/**
 * State that is written where it was read. The next state may take the last one's place if nothing reads the last state
 * any more: no later step, and the step that writes it reads it at its own element only.
 */
import { childrenOf, type Scalar } from '../../../lang/kernel/index.ts'
import { type KernelStep, type Plan, readsOf } from '../../schedule/plan.ts'

const readsOnlyItself = (s: KernelStep, v: number): boolean => {
  const source = s.reads.indexOf(v)
  const seen = new Set<Scalar>()
  const go = (x: Scalar): boolean => {
    if (seen.has(x)) return true
    seen.add(x)
    const elsewhere = x._tag === 'Load' && x.source === source && x.at.some((i, d) => i !== s.indices[d])
    return !elsewhere && childrenOf(x).every(go)
  }
  return source < 0 || go(s.body)
}

/** The outputs among the first `carried` that may stand in the place of the input of the same number. */
export const inPlace = (p: Plan, carried: number): ReadonlyMap<number, number> => {
  const found = new Map<number, number>()
  for (let k = 0; k < carried; k++) {
    const out = p.outputs[k] as number
    const at = p.steps.findIndex((s) => s._tag === 'Kernel' && s.out === out)
    const step = p.steps[at]
    if (step?._tag !== 'Kernel' || p.outputs.includes(k) || found.has(out)) continue
    if (p.steps.slice(at + 1).some((s) => readsOf(s).includes(k))) continue
    if (readsOnlyItself(step, k)) found.set(out, k)
  }
  return found
}
