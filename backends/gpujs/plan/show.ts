/** A plan as gpu.js runs it: every kernel's cost, threads and source, and which kernels run as one pipeline. */
import { bytesOf, flopsOf } from '../../schedule/cost.ts'
import { type KernelStep, type Plan, typeOf } from '../../schedule/plan.ts'
import { showPlan } from '../../schedule/show.ts'
import { type Chain, type KernelPlan, kernelsIn, type PrintedKernel } from './kernels.ts'

export const showOn = ({ plan, mode, units }: KernelPlan): string => {
  const all = [...units.values()].flat()
  const chains = all.filter((u): u is Chain => u._tag === 'Chain')
  const kernels = new Map(all.flatMap(kernelsIn).map((k) => [k.step, k]))
  const pipelines = new Map(chains.flatMap((c, k) => c.kernels.map(({ step }) => [step, `pipeline ${k + 1}`])))
  const about = (s: KernelStep, p: Plan): readonly string[] => {
    const kernel = kernels.get(s)
    const pipeline = pipelines.get(s)
    const facts = [costOf(s, p), ...(kernel ? [threadsOf(kernel)] : []), ...(pipeline ? [pipeline] : [])]
    return [facts.join(', '), ...(kernel ? sourceOf(kernel) : [])]
  }
  const joined = chains.map((c, k) => `pipeline ${k + 1}: ${c.kernels.length} kernels`)
  return [`gpujs:${mode}`, showPlan(plan, about), ...joined].join('\n')
}
const costOf = (s: KernelStep, p: Plan): string => {
  const bytes = [...s.reads, s.out].reduce((n, v) => n + bytesOf(typeOf(p, v)), 0)
  return `${flopsOf(s, p.types)} flops, ${bytes} bytes`
}
const threadsOf = ({ printed, elements }: PrintedKernel): string =>
  `${printed.output.join(' x ')} threads${elements > 1 ? ` of ${elements} elements` : ''}`
const sourceOf = ({ printed }: PrintedKernel): readonly string[] =>
  printed.source
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `| ${line}`)
