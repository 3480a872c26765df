/** Every kernel of a plan, printed for a mode and built once per source, before anything runs. */
import * as E from 'fp-ts/lib/Either.js'
import { bug } from '../../../lang/syntax/error.ts'
import { sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import type { CompileError } from '../../error.ts'
import { type KernelStep, type Plan, plansWithin } from '../../schedule/plan.ts'
import { workOf } from '../../schedule/work.ts'
import type { Device } from '../device/device.ts'
import type { CompiledChain, CompiledKernel, KernelSource } from '../device/kernelTypes.ts'
import { type Mode, type Traits, traits } from '../device/modes.ts'
import { printThread } from '../source/print.ts'
import { type Chain, oneChain, smallChains, type Unit } from './chains.ts'

/** A kernel of a plan as it is built for a mode. */
export interface PrintedKernel {
  readonly step: KernelStep
  readonly printed: KernelSource
  /** How many elements one thread computes. */
  readonly elements: number
  /** Elements of the arrays that it reads; gpu.js knows no empty array, and nothing is read from one. */
  readonly sizes: readonly number[]
}
export interface CompiledKernels {
  readonly units: (p: Plan) => readonly Unit[]
  /** Nothing where a step has no elements. */
  readonly of: (s: KernelStep) => CompiledKernel | undefined
  readonly chain: (c: Chain) => CompiledChain
}

/** The kernels of a plan and of its forms; those without elements have none. */
export const kernelsFor = (plan: Plan, mode: Mode): readonly PrintedKernel[] =>
  [...new Set(plansWithin(plan))].flatMap((p) =>
    p.steps.flatMap((s) => (s._tag === 'Kernel' && hasElements(p, s) ? [kernelFor(p, s, mode)] : [])),
  )
const hasElements = (p: Plan, s: KernelStep): boolean => sizeOf((p.types[s.out] as Type).shape) > 0
export const kernelFor = (
  p: Plan,
  step: KernelStep,
  mode: Mode,
  shape: Traits['shape'] = traits[mode].shape,
): PrintedKernel => {
  const shapes = step.reads.map((v) => (p.types[v] as Type).shape)
  const { thread, output, inner } = shape(step.indices, step.body, shapes, workOf(step.body).trips)
  const name = `%${step.out} = ${step.ops.join(' ')}`
  const sizes = shapes.map((s) => Math.max(1, sizeOf(s)))
  const printed = { name, output, inner, ...printThread(thread, traits[mode].dialect, traits[mode].unroll) }
  return { step, printed, elements: thread.bodies.length, sizes }
}
/** As one of a chain: a kernel that feeds none there may compute several elements per thread. */
export const kernelIn = (p: Plan, c: Chain, step: KernelStep, mode: Mode): PrintedKernel => {
  const { shape, last } = traits[mode].chained ?? {}
  return kernelFor(p, step, mode, c.fed.has(step.out) ? shape : (last ?? shape))
}
/** The units of a plan on a mode. Without chains a unit is a step. */
export const unitsFor = (p: Plan, mode: Mode): readonly Unit[] =>
  traits[mode].chained?.which === 'small'
    ? smallChains(p, (s) => hasElements(p, s) && kernelFor(p, s, mode).elements > 1)
    : p.steps
/** The whole plan as one, where that is best: inputs in, outputs out, nothing between. */
export const wholeFor = (p: Plan, mode: Mode): readonly Unit[] | undefined =>
  traits[mode].chained?.which === 'all' ? oneChain(p) : undefined
/** Errors: KernelFailed, for the first kernel that the device refuses. */
export const buildKernels = async (
  plan: Plan,
  device: Device,
  whole?: readonly Unit[],
): Promise<E.Either<CompileError, CompiledKernels>> => {
  const { mode } = device
  const units = new Map<Plan, readonly Unit[]>()
  const ready = new Map<KernelStep, CompiledKernel>()
  const chains = new Map<Chain, CompiledChain>()
  const single = async (p: Plan, s: KernelStep): Promise<CompileError | undefined> => {
    if (!hasElements(p, s)) return undefined
    const { printed, sizes } = kernelFor(p, s, mode)
    const made = await device.build(printed, sizes)
    if (E.isLeft(made)) return made.left
    ready.set(s, made.right)
    return undefined
  }
  const together = async (p: Plan, c: Chain): Promise<CompileError | undefined> => {
    const kernels = c.kernels.map((s) => kernelIn(p, c, s, mode))
    const places = new Map([
      ...c.reads.map((v, i) => [v, i] as const),
      ...c.kernels.map((s, i) => [s.out, -1 - i] as const),
    ])
    const place = (v: number): number => places.get(v) ?? bug('a chain reads what is not there')
    const links = kernels.map(({ step, printed }) => ({ printed, reads: step.reads.map(place) }))
    const sizes = c.reads.map((v) => Math.max(1, sizeOf((p.types[v] as Type).shape)))
    const made = await device.chain(
      links,
      sizes,
      c.writes.map((v) => -1 - place(v)),
    )
    if (E.isLeft(made)) return made.left
    chains.set(c, made.right)
    return undefined
  }
  for (const p of new Set(plansWithin(plan))) {
    const all = whole ?? unitsFor(p, mode)
    units.set(p, all)
    for (const u of all) {
      const failed = u._tag === 'Kernel' ? await single(p, u) : u._tag === 'Chain' ? await together(p, u) : undefined
      if (failed) return E.left(failed)
    }
  }
  return E.right({
    units: (p) => units.get(p) as readonly Unit[],
    of: (s) => ready.get(s),
    chain: (c) => chains.get(c) as CompiledChain,
  })
}
