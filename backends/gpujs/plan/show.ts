/** A plan as gpu.js will run it: every kernel's cost, threads and source, and what runs as one. */
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { bytesOf, flopsOf } from '../../schedule/cost.ts'
import { type KernelStep, type Plan, plansWithin } from '../../schedule/plan.ts'
import { showPlan } from '../../schedule/show.ts'
import type { Mode } from '../device/modes.ts'
import type { Chain } from './chains.ts'
import { kernelFor, kernelIn, unitsFor, wholeFor } from './kernels.ts'

export const showOn = (plan: Plan, mode: Mode): string => {
  const chains = [...new Set(plansWithin(plan))].flatMap((p) => {
    const units = (p === plan ? wholeFor(p, mode) : undefined) ?? unitsFor(p, mode)
    return units.filter((u): u is Chain => u._tag === 'Chain')
  })
  const about = (s: KernelStep, p: Plan): readonly string[] => {
    const bytes = [...s.reads, s.out].reduce((n, v) => n + bytesOf(p.types[v] as Type), 0)
    const cost = `${flopsOf(s, p.types)} flops, ${bytes} bytes`
    if (sizeOf((p.types[s.out] as Type).shape) === 0) return [cost]
    const chain = chains.findIndex((c) => c.kernels.includes(s))
    const { printed, elements } = chain < 0 ? kernelFor(p, s, mode) : kernelIn(p, chains[chain] as Chain, s, mode)
    const threads = `${printed.output.join(' x ')} threads${elements > 1 ? ` of ${elements} elements` : ''}`
    const source = printed.source.split('\n').filter((line) => line !== '')
    return [
      [cost, threads, ...(chain < 0 ? [] : [`pipeline ${chain + 1}`])].join(', '),
      ...source.map((line) => `| ${line}`),
    ]
  }
  const joined = chains.map((c, k) => `pipeline ${k + 1}: ${c.kernels.length} kernels`)
  return [`gpujs:${mode}`, showPlan(plan, about), ...joined].join('\n')
}
