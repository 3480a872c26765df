/**
 * Which kernels of a plan run as one of gpu.js's pipelines: those that follow one another and are small. A call of a
 * pipeline costs as much as one of a kernel, however long it is, and its kernels share one memory; but a kernel of several
 * elements per thread cannot feed another there, so a large contraction is faster by itself.
 */
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { flopsOf } from '../../schedule/cost.ts'
import { type KernelStep, type Plan, readsOf, type Step, writesOf } from '../../schedule/plan.ts'

export interface Chain {
  readonly _tag: 'Chain'
  readonly kernels: readonly KernelStep[]
  /** Values from before it. */
  readonly reads: readonly number[]
  /** Those of its values that somebody after it reads. */
  readonly writes: readonly number[]
  /** What its kernels read, one another's values included. */
  readonly fed: ReadonlySet<number>
}
export type Unit = Step | Chain

/**
 * A call costs some 10 us; an element per thread costs a contraction 0.4 ns more per operation than four of them, measured
 * on products of 128 to 512.
 */
const largest = 8_000
/** Kernels that make up for what a pipeline does with inputs and outputs. */
const fewest = 5

/** The units in an order in which they can run. `several`: the kernel would compute several elements per thread. */
export const smallChains = (p: Plan, several: (s: KernelStep) => boolean): readonly Unit[] =>
  unitsOf(p, (s) => !(several(s) && flopsOf(s, p.types) > largest), fewest)
/** The whole plan as one chain; nothing, where a form or an empty array is in the way. */
export const oneChain = (p: Plan): readonly Unit[] | undefined => {
  const units = unitsOf(p, () => true, 1)
  return units.filter((u) => u._tag === 'Chain').length === 1 &&
    units.every((u) => u._tag === 'Chain' || u._tag === 'Data')
    ? units
    : undefined
}
const unitsOf = (p: Plan, joins: (s: KernelStep) => boolean, least: number): readonly Unit[] => {
  const isSmall = (s: Step): s is KernelStep =>
    s._tag === 'Kernel' && sizeOf((p.types[s.out] as Type).shape) > 0 && joins(s)
  // data come first, so that they part nothing
  const steps = [...p.steps.filter((s) => s._tag === 'Data'), ...p.steps.filter((s) => s._tag !== 'Data')]
  const groups: { readonly small: boolean; readonly steps: Step[] }[] = []
  for (const s of steps) {
    const [last, small] = [groups.at(-1), isSmall(s)]
    if (last?.small && small) last.steps.push(s)
    else groups.push({ small, steps: [s] })
  }
  return groups.flatMap((g, k): readonly Unit[] => {
    if (g.steps.length < least || !g.small) return g.steps
    const kernels = g.steps as KernelStep[]
    const made = new Set(kernels.map((s) => s.out))
    const fed = new Set(kernels.flatMap((s) => s.reads))
    const wanted = new Set([...p.outputs, ...groups.slice(k + 1).flatMap((later) => later.steps.flatMap(readsOf))])
    return [
      {
        _tag: 'Chain',
        kernels,
        reads: [...fed].filter((v) => !made.has(v)),
        fed,
        writes: [...made].filter((v) => wanted.has(v)),
      },
    ]
  })
}
export const readsOfUnit = (u: Unit): readonly number[] => (u._tag === 'Chain' ? u.reads : readsOf(u))
export const writesOfUnit = (u: Unit): readonly number[] => (u._tag === 'Chain' ? u.writes : writesOf(u))
