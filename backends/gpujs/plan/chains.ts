/**
 * Which kernels of a plan run as one of gpu.js's pipelines: small ones that follow one another. A call of a pipeline
 * costs as much as a call of one kernel, whatever its length, and its kernels share one memory. But a kernel that
 * computes several elements per thread cannot feed another one there, so a large contraction is faster by itself.
 */
import { sizeOf } from '../../../lang/syntax/shape.ts'
import { flopsOf } from '../../schedule/cost.ts'
import { type KernelStep, type Plan, readsOf, type Step, typeOf } from '../../schedule/plan.ts'

/** Kernels that run as one pipeline. */
export interface ChainStep {
  readonly _tag: 'Chain'
  readonly kernels: readonly KernelStep[]
  /** Values from before the chain. */
  readonly reads: readonly number[]
  /** Values of the chain that a later step or an output reads. */
  readonly writes: readonly number[]
  /** Everything that its kernels read, the values of the chain included. */
  readonly fed: ReadonlySet<number>
}
type ChainedStep = Step | ChainStep

/**
 * A call costs some 10 us. With one element per thread instead of four, a contraction costs 0.4 ns more per operation;
 * measured on products of 128 to 512.
 */
const largest = 8_000
/** With fewer kernels, copying inputs and outputs costs more than a pipeline saves. */
const fewest = 5

/** Small kernels in chains. `several`: whether a kernel computes several elements per thread. */
export const smallChains = (p: Plan, several: (s: KernelStep) => boolean): readonly ChainedStep[] =>
  chained(p, (s) => !(several(s) && flopsOf(s, p.types) > largest), fewest)
/** The whole plan as one chain; undefined for a plan with a form or an empty array. */
export const oneChain = (p: Plan): readonly ChainedStep[] | undefined => {
  const steps = chained(p, () => true, 1)
  return steps.filter((s) => s._tag === 'Chain').length === 1 &&
    steps.every((s) => s._tag === 'Chain' || s._tag === 'Data')
    ? steps
    : undefined
}

/** Steps that follow one another, all of which can join a chain or none. */
type Run = { readonly joins: true; readonly steps: KernelStep[] } | { readonly joins: false; readonly steps: Step[] }

const runsOf = (p: Plan, joins: (s: KernelStep) => boolean): readonly Run[] => {
  // data come first, so that they do not split a run
  const steps = [...p.steps.filter((s) => s._tag === 'Data'), ...p.steps.filter((s) => s._tag !== 'Data')]
  const runs: Run[] = []
  for (const s of steps) {
    const last = runs.at(-1)
    if (s._tag === 'Kernel' && hasElements(p, s) && joins(s)) {
      if (last?.joins) last.steps.push(s)
      else runs.push({ joins: true, steps: [s] })
    } else if (last?.joins === false) last.steps.push(s)
    else runs.push({ joins: false, steps: [s] })
  }
  return runs
}
/** `later`: the values that are read after the kernels. */
const chainOf = (kernels: readonly KernelStep[], later: ReadonlySet<number>): ChainStep => {
  const own = new Set(kernels.map((s) => s.out))
  const fed = new Set(kernels.flatMap((s) => s.reads))
  return {
    _tag: 'Chain',
    kernels,
    reads: [...fed].filter((v) => !own.has(v)),
    writes: [...own].filter((v) => later.has(v)),
    fed,
  }
}
const chained = (p: Plan, joins: (s: KernelStep) => boolean, least: number): readonly ChainedStep[] => {
  const runs = runsOf(p, joins)
  return runs.flatMap((run, k): readonly ChainedStep[] => {
    if (!run.joins || run.steps.length < least) return run.steps
    const later = runs.slice(k + 1).flatMap((r) => r.steps.flatMap(readsOf))
    return [chainOf(run.steps, new Set([...p.outputs, ...later]))]
  })
}
export const hasElements = (p: Plan, s: KernelStep): boolean => sizeOf(typeOf(p, s.out).shape) > 0
