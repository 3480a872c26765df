/** Program -> plan: bodies of Inline forms in place, kernels fused, forms over sub-plans, dead values dropped. */

import type { Loop } from '../../lang/kernel/index.ts'
import type { Closed } from '../../lang/syntax/closed.ts'
import type { Tell } from '../../lang/tell.ts'
import { type Expanded, expand } from './expand.ts'
import { fuse, generous, type Limits } from './fuse.ts'
import type { Plan, Step } from './plan.ts'

/** One plan per body, however often it is used. */
export const schedule = (p: Closed, limits: Limits = generous, tell?: Tell): Plan => planner(limits)(p, tell)

const planner = (limits: Limits) => {
  const known = new Map<Closed, Plan>()
  const lean = leaner()
  /** Told of the outermost program alone. */
  const plan = (p: Closed, tell?: Tell): Plan => {
    const hit = known.get(p)
    if (hit !== undefined) return hit
    const flat = expand(p)
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
        case 'Loop': {
          const kept = readRows(m, outs)
          return [{ ...m, body: plan(lean(m.body, kept)), args: q.args, outs: outs.filter((_, i) => kept[i]) }]
        }
        case 'While':
          return [{ ...m, test: plan(m.test), body: plan(m.body), args: q.args, outs }]
        case 'Branch':
          return [{ _tag: 'Branch', bodies: [plan(m.bodies[0]), plan(m.bodies[1])], args: q.args, outs }]
      }
    }
    const made: Plan = {
      inputs: flat.inputs,
      types: flat.types,
      steps: flat.equations.flatMap(step),
      outputs: flat.outputs,
    }
    known.set(p, made)
    return made
  }
  return plan
}

/** The outputs of a loop's body that are computed: rows that nothing reads are not. */
const readRows = (m: Loop, outs: readonly (number | undefined)[]): readonly boolean[] => {
  const rows = m.body.outputs.length - m.carries
  return outs.map((o, i) => o !== undefined || i < m.carries || i >= m.carries + rows)
}
/** A body with the outputs that are kept: one program for one body and one choice, so that it has one plan. */
const leaner = () => {
  const known = new Map<Closed, Map<string, Closed>>()
  return (body: Closed, kept: readonly boolean[]): Closed => {
    if (kept.every(Boolean)) return body
    const ofBody = known.get(body) ?? new Map<string, Closed>()
    known.set(body, ofBody)
    const key = kept.map(Number).join('')
    const made = ofBody.get(key) ?? { ...body, outputs: body.outputs.filter((_, i) => kept[i]) }
    ofBody.set(key, made)
    return made
  }
}
