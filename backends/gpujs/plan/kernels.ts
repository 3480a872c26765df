/**
 * The kernels of a plan for a mode, each printed once. Execution and `plan` both read this value, so `plan` shows the
 * sources that run.
 */
import { type Shape, sizeOf } from '../../../lang/syntax/shape.ts'
import { type KernelStep, type Plan, plansWithin, readsOf, type Step, typeOf, writesOf } from '../../schedule/plan.ts'
import { workOf } from '../../schedule/work.ts'
import type { KernelSource } from '../device/kernelTypes.ts'
import { type Mode, type Traits, traits } from '../device/modes.ts'
import { printThread } from '../source/print.ts'
import type { Shaped } from '../source/threads.ts'
import { type ChainStep, hasElements, oneChain, smallChains } from './chains.ts'

export interface PrintedKernel {
  readonly step: KernelStep
  readonly printed: KernelSource
  /** How many elements one thread computes. */
  readonly elements: number
  /** Elements of the arrays that it reads, at least 1: gpu.js has no empty array, and nothing is read from one. */
  readonly sizes: readonly number[]
}
/** A kernel that runs alone; one without elements is not printed. */
export interface KernelUnit {
  readonly _tag: 'Kernel'
  readonly step: KernelStep
  readonly kernel: PrintedKernel | undefined
}
/** Kernels that run as one pipeline. */
export interface Chain {
  readonly _tag: 'Chain'
  readonly kernels: readonly PrintedKernel[]
  /** The values from before the chain that it reads, and how many elements each has. */
  readonly reads: readonly number[]
  readonly sizes: readonly number[]
  /** Values of the chain that are read after it. */
  readonly writes: readonly number[]
}
/** What runs at one time: a kernel, a chain of kernels, or a form. */
export type Unit = KernelUnit | Chain | Exclude<Step, KernelStep>

export interface KernelPlan {
  readonly plan: Plan
  readonly mode: Mode
  /** The plan is one chain, which takes its inputs from host memory and leaves its outputs there. */
  readonly isWhole: boolean
  /** The units of the plan and of every plan within it, in the order in which they run. */
  readonly units: ReadonlyMap<Plan, readonly Unit[]>
}

/** `stays`: some outputs stay in the device's memory, where a chain cannot leave them. */
export const kernelPlan = (plan: Plan, mode: Mode, stays = false): KernelPlan => {
  const whole = !stays && traits[mode].chained?.which === 'all' ? oneChain(plan) : undefined
  const units = new Map<Plan, readonly Unit[]>()
  for (const p of new Set(plansWithin(plan))) units.set(p, unitsOf(p, mode, whole))
  return { plan, mode, isWhole: whole !== undefined, units }
}
/** All kernels of a plan, in the order in which they run. */
export const kernelsFor = (plan: Plan, mode: Mode): readonly PrintedKernel[] =>
  [...kernelPlan(plan, mode).units.values()].flat().flatMap(kernelsIn)
export const kernelsIn = (u: Unit): readonly PrintedKernel[] =>
  u._tag === 'Chain' ? u.kernels : u._tag === 'Kernel' && u.kernel ? [u.kernel] : []

export const readsOfUnit = (u: Unit): readonly number[] =>
  u._tag === 'Chain' ? u.reads : readsOf(u._tag === 'Kernel' ? u.step : u)
export const writesOfUnit = (u: Unit): readonly number[] =>
  u._tag === 'Chain' ? u.writes : writesOf(u._tag === 'Kernel' ? u.step : u)

const unitsOf = (p: Plan, mode: Mode, whole: ReturnType<typeof oneChain>): readonly Unit[] => {
  const { shape, chained } = traits[mode]
  const alone = new Map(
    p.steps.flatMap((s) => (!whole && s._tag === 'Kernel' && hasElements(p, s) ? [[s, shaped(p, s, shape)]] : [])),
  )
  const several = (s: KernelStep): boolean => (alone.get(s)?.thread.bodies.length ?? 1) > 1
  const steps = whole ?? (chained?.which === 'small' ? smallChains(p, several) : p.steps)
  return steps.map((s): Unit => {
    if (s._tag === 'Chain') return chainOf(p, s, mode)
    if (s._tag !== 'Kernel') return s
    const threads = alone.get(s)
    return { _tag: 'Kernel', step: s, kernel: threads && printed(p, s, mode, threads) }
  })
}
/** A kernel that feeds none of the chain may compute several elements per thread. */
const chainOf = (p: Plan, { kernels, reads, writes, fed }: ChainStep, mode: Mode): Chain => {
  const { chained, shape } = traits[mode]
  const feeding = chained?.shape ?? shape
  const last = chained?.last ?? feeding
  return {
    _tag: 'Chain',
    kernels: kernels.map((s) => printed(p, s, mode, shaped(p, s, fed.has(s.out) ? feeding : last))),
    reads,
    sizes: reads.map((v) => elementsOf(shapeOf(p, v))),
    writes,
  }
}
const shapeOf = (p: Plan, v: number): Shape => typeOf(p, v).shape
const elementsOf = (shape: Shape): number => Math.max(1, sizeOf(shape))
const shaped = (p: Plan, { indices, body, reads }: KernelStep, shape: Traits['shape']): Shaped =>
  shape(
    indices,
    body,
    reads.map((v) => shapeOf(p, v)),
    workOf(body).iterations,
  )
const printed = (p: Plan, step: KernelStep, mode: Mode, { thread, output, inner }: Shaped): PrintedKernel => {
  const { syntax, unroll } = traits[mode]
  const name = `%${step.out} = ${step.ops.join(' ')}`
  return {
    step,
    printed: { name, output, inner, ...printThread(thread, syntax, unroll) },
    elements: thread.bodies.length,
    sizes: step.reads.map((v) => elementsOf(shapeOf(p, v))),
  }
}
