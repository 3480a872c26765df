/** Program -> plan: Inline forms replaced by their bodies, kernels fused, forms over sub-plans, unused values dropped. */
import type { Loop } from '../../lang/kernel/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import type { Tell } from '../../lang/tell.ts'
import { type Expanded, expand } from './expand.ts'
import { fuse, generous, type Limits } from './fuse.ts'
import type { NoisePlaces } from './noise.ts'
import type { Plan, Step } from './plan.ts'

/** A body that is used several times has one plan. `noise`: rounded numbers are changed by it. */
export const schedule = (p: Closed, limits: Limits = generous, tell?: Tell, noise?: NoisePlaces): Plan =>
  planner(limits, noise)(p, tell, true)

const planner = (limits: Limits, noise: NoisePlaces | undefined) => {
  const known = new Map<Closed, Plan>()
  const withOutputs = makeWithOutputs()
  /** `tell` reports the outermost program only. */
  const plan = (p: Closed, tell?: Tell, outermost = false): Plan => {
    const hit = known.get(p)
    if (hit !== undefined) return hit
    const flat = expand(p, { segments: limits.segments, noise, outermost })
    const { kernels, needed } = fuse(flat, limits, tell)
    const step = (q: Expanded): readonly Step[] => {
      const m = q.meaning
      const outs = q.outs.map((_, k) => (needed.has(q.first + k) ? q.first + k : undefined))
      const kernel = kernels.get(q.first)
      if (m._tag === 'Kernel') return kernel ? [kernel] : []
      if (outs.every((o) => o === undefined)) return []
      tell?.({ _tag: 'Scheduled', op: q.op, value: q.first, as: { _tag: 'Form', form: m._tag } })
      switch (m._tag) {
        case 'Data':
          return [{ _tag: 'Data', out: q.first, values: m.values }]
        case 'Sort':
          return [{ _tag: 'Sort', arg: q.args[0] as number, out: q.first, descending: m.descending }]
        case 'Scatter':
          return [{ ...m, rows: nth(q.args, 0), places: nth(q.args, 1), out: q.first }]
        case 'Loop': {
          const kept = keptOutputs(m, outs)
          return [{ ...m, body: plan(withOutputs(m.body, kept)), args: q.args, outs: outs.filter((_, i) => kept[i]) }]
        }
        case 'While':
          return [{ ...m, test: plan(m.test), body: plan(m.body), args: q.args, outs }]
        case 'Branch':
          return [{ _tag: 'Branch', bodies: [plan(m.bodies[0]), plan(m.bodies[1])], args: q.args, outs }]
      }
    }
    const found: Plan = {
      inputs: flat.inputs,
      types: flat.types,
      steps: flat.equations.flatMap(step),
      outputs: flat.outputs,
    }
    known.set(p, found)
    return found
  }
  return plan
}

/** The outputs of a loop's body that are computed: all but the rows that nothing reads. */
const keptOutputs = (m: Loop, outs: readonly (number | undefined)[]): readonly boolean[] => {
  const rows = m.body.outputs.length - m.carries
  return outs.map((o, i) => o !== undefined || i < m.carries || i >= m.carries + rows)
}
/** A body with some of its outputs: the same object for the same body and choice, so that it has one plan. */
const makeWithOutputs = () => {
  const known = new Map<Closed, Map<string, Closed>>()
  return (body: Closed, kept: readonly boolean[]): Closed => {
    if (kept.every(Boolean)) return body
    const ofBody = known.get(body) ?? new Map<string, Closed>()
    known.set(body, ofBody)
    const key = kept.map(Number).join('')
    const found = ofBody.get(key) ?? { ...body, outputs: body.outputs.filter((_, i) => kept[i]) }
    ofBody.set(key, found)
    return found
  }
}
