/**
 * A plan: the steps that run a program, as data. Values have numbers; inputs and the values that steps write are stored.
 * A load in a kernel names a stored value by its position in `reads`. Forms run sub-plans.
 */
import type { At, Index, Scalar, Scatter } from '../../lang/kernel/index.ts'
import { bug } from '../../lang/syntax/error.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'

export interface Plan {
  /** Values 0, 1, ...: the inputs. */
  readonly inputs: readonly Type[]
  /** The type of every value. */
  readonly types: readonly Type[]
  readonly steps: readonly Step[]
  readonly outputs: readonly number[]
}
export type Step = KernelStep | DataStep | LoopStep | WhileStep | BranchStep | SortStep | ScatterStep

/** out[indices] = body; a Load of source k reads the value reads[k]. */
export interface KernelStep {
  readonly _tag: 'Kernel'
  readonly out: number
  readonly indices: readonly Index[]
  readonly body: Scalar
  readonly reads: readonly number[]
  /** The operations fused here, for display only. */
  readonly ops: readonly string[]
}
export interface DataStep {
  readonly _tag: 'Data'
  readonly out: number
  readonly values: readonly number[]
}
/** Outputs as in lang/kernel/meaning.ts; undefined for an output that nothing reads, which is not stored. */
export interface LoopStep {
  readonly _tag: 'Loop'
  readonly length: number
  readonly reverse: boolean
  readonly carries: number
  readonly rows: number
  readonly body: Plan
  readonly args: readonly number[]
  readonly outs: readonly (number | undefined)[]
}
export interface WhileStep {
  readonly _tag: 'While'
  readonly test: Plan
  readonly body: Plan
  readonly carries: number
  readonly limit?: number
  readonly name: string
  readonly args: readonly number[]
  readonly outs: readonly (number | undefined)[]
}
export interface BranchStep {
  readonly _tag: 'Branch'
  readonly bodies: readonly [Plan, Plan]
  readonly args: readonly number[]
  readonly outs: readonly (number | undefined)[]
}
export interface SortStep {
  readonly _tag: 'Sort'
  readonly arg: number
  readonly out: number
  readonly descending: boolean
}
/** The Scatter form of lang/kernel/meaning.ts; with `into`, its result is joined into an array. */
export interface ScatterStep extends Scatter {
  readonly rows: number
  readonly places: number
  readonly into?: Into
  readonly out: number
}
/** out = value `by` (factor times the rows joined at their places). Where there are no rows, that is the value. */
export interface Into {
  readonly value: number
  readonly by: 'add' | 'sub' | 'mul' | 'max' | 'min'
  /** Finite; 1 unless rows are added, and added to the value or subtracted from it. */
  readonly factor: number
}

export const typeOf = (p: Pick<Plan, 'types'>, v: number): Type => p.types[v] ?? bug(`a value without a type: %${v}`)
/** The number of elements of a value. */
export const sizeAt = (p: Pick<Plan, 'types'>, v: number): number => sizeOf(typeOf(p, v).shape)

/** Whether these indices are those of the element that a kernel computes. An axis of one element has the index 0. */
export const isOwn = (at: At, indices: readonly Index[]): boolean =>
  at.length === indices.length &&
  at.every((i, d) => i === indices[d] || (indices[d]?.size === 1 && i._tag === 'Num' && i.value === 0))
/** The values that a step reads, each once. */
export const readsOf = (s: Step): readonly number[] => {
  switch (s._tag) {
    case 'Kernel':
      return s.reads
    case 'Data':
      return []
    case 'Sort':
      return [s.arg]
    case 'Scatter':
      return [...new Set([...(s.into ? [s.into.value] : []), s.rows, s.places])]
    case 'Loop':
    case 'While':
    case 'Branch':
      return [...new Set(s.args)]
  }
}
/** The values that a step writes. */
export const writesOf = (s: Step): readonly number[] => {
  switch (s._tag) {
    case 'Kernel':
    case 'Data':
    case 'Sort':
    case 'Scatter':
      return [s.out]
    case 'Loop':
    case 'While':
    case 'Branch':
      return s.outs.filter((o) => o !== undefined)
  }
}
/** By value: the number of the last step that reads it. Outputs are read after the last step. */
export const lastReads = (p: Plan): ReadonlyMap<number, number> => {
  const last = new Map<number, number>()
  p.steps.forEach((s, k) => {
    for (const v of readsOf(s)) last.set(v, k)
  })
  for (const o of p.outputs) last.set(o, p.steps.length)
  return last
}
/** The plans inside a step. */
export const subplansOf = (s: Step): readonly Plan[] => {
  switch (s._tag) {
    case 'Kernel':
    case 'Data':
    case 'Sort':
    case 'Scatter':
      return []
    case 'Loop':
      return [s.body]
    case 'While':
      return [s.test, s.body]
    case 'Branch':
      return s.bodies
  }
}
/** Every plan, the given one first. */
export const plansWithin = (p: Plan): readonly Plan[] => [p, ...p.steps.flatMap(subplansOf).flatMap(plansWithin)]
export const kernelsOf = (p: Plan): readonly KernelStep[] =>
  plansWithin(p).flatMap((q) => q.steps.filter((s) => s._tag === 'Kernel'))
