/** Every kernel of a plan, printed for a mode and built once per source, before anything runs. */
import * as E from 'fp-ts/lib/Either.js'
import { childrenOf, type Scalar } from '../../lang/kernel/index.ts'
import { sizeOf, type Type } from '../../lang/shape.ts'
import type { CompileError } from '../error.ts'
import { type KernelStep, type Plan, plansWithin } from '../schedule/plan.ts'
import type { Built, Device, Printed } from './device.ts'
import { type Mode, traits } from './modes.ts'
import { printThread } from './print.ts'
import type { Shaped } from './shape.ts'

/** A kernel of a plan as it is built for a mode. */
export interface Kernel {
  readonly step: KernelStep
  readonly printed: Printed
  /** The result in row-major order, where it does not come so. */
  readonly arrange: Shaped['arrange']
  /** Elements of the arrays that it reads; gpu.js knows no empty array, and nothing is read from one. */
  readonly sizes: readonly number[]
}
export interface Kernels {
  /** Nothing where a step has no elements. */
  readonly of: (s: KernelStep) => Built | undefined
}

/** The kernels of a plan and of its forms; those without elements have none. */
export const kernelsFor = (plan: Plan, mode: Mode): readonly Kernel[] =>
  [...new Set(plansWithin(plan))].flatMap((p) =>
    p.steps.flatMap((s) =>
      s._tag === 'Kernel' && sizeOf((p.types[s.out] as Type).shape) > 0 ? [kernelFor(p, s, mode)] : [],
    ),
  )
const kernelFor = (p: Plan, step: KernelStep, mode: Mode): Kernel => {
  const { shape, dialect } = traits[mode]
  const shapes = step.reads.map((v) => (p.types[v] as Type).shape)
  const { thread, output, arrange } = shape(step.indices, step.body, shapes, hasLoops(step))
  const name = `%${step.out} = ${step.ops.join(' ')}`
  const sizes = shapes.map((s) => Math.max(1, sizeOf(s)))
  return { step, printed: { name, output, ...printThread(thread, dialect) }, arrange, sizes }
}
const hasLoops = (k: KernelStep): boolean => {
  const seen = new Set<Scalar>()
  const go = (s: Scalar): boolean => {
    if (seen.has(s)) return false
    seen.add(s)
    return s._tag === 'Reduce' || childrenOf(s).some(go)
  }
  return go(k.body)
}

/** Errors: KernelFailed, for the first kernel that the device refuses. */
export const buildKernels = async (plan: Plan, device: Device): Promise<E.Either<CompileError, Kernels>> => {
  const ready = new Map<KernelStep, Built>()
  for (const { step, printed, arrange, sizes } of kernelsFor(plan, device.mode)) {
    const made = await device.build(printed, sizes)
    if (E.isLeft(made)) return made
    const run = made.right
    ready.set(step, arrange === undefined ? run : (args) => arrange(run(args) as Float32Array))
  }
  return E.right({ of: (s) => ready.get(s) })
}
