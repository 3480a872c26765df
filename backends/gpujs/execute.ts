/**
 * Runs a plan on a device. Every kernel is compiled once, every unit becomes a function on stored values, and a value is
 * freed after its last reader. The host controls loops, branches and sorting; the bodies of loops and branches are plans
 * too.
 */

import * as E from 'fp-ts/lib/Either.js'
import { sortedOrder } from '../../lang/kernel/order.ts'
import { bug } from '../../lang/syntax/error.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import type { CompileError } from '../error.ts'
import { inKernel } from '../lost.ts'
import { type DataStep, type Plan, plansWithin, type SortStep, typeOf } from '../schedule/plan.ts'
import type { Device } from './device/device.ts'
import { free, freeAll, hostMemory, read, type Stored, shared } from './device/memory.ts'
import { branch, loop, type Results, type Run, repeat } from './hostLoops.ts'
import { type CompiledKernels, compileKernels } from './plan/compileKernels.ts'
import { type KernelPlan, type KernelUnit, kernelsIn, readsOfUnit, type Unit, writesOfUnit } from './plan/kernels.ts'

/** A unit in a run: reads its arguments among the values and puts its results there. */
type Action = (values: Stored[]) => undefined | Promise<void>

/** What all runs of a plan share. */
interface Context {
  readonly units: KernelPlan['units']
  readonly compiled: CompiledKernels
  readonly data: ReadonlyMap<DataStep, Stored>
  readonly device: Device
}
interface Executed {
  readonly run: Run
  readonly release: () => void
}

/** Errors: KernelFailed, for the first kernel that the device refuses. */
export const execute = async (kernels: KernelPlan, given: Device): Promise<E.Either<CompileError, Executed>> => {
  const device = kernels.isWhole ? { ...given, ...hostMemory } : given
  const compiled = await compileKernels(kernels, device)
  if (E.isLeft(compiled)) return compiled
  const data = await uploadData(kernels.plan, device)
  const runOf = makeRuns({ units: kernels.units, compiled: compiled.right, data, device })
  return E.right({ run: runOf(kernels.plan), release: () => freeAll(data.values()) })
}
const uploadData = async (plan: Plan, device: Device): Promise<ReadonlyMap<DataStep, Stored>> => {
  const data = new Map<DataStep, Stored>()
  for (const s of plansWithin(plan).flatMap((p) => p.steps))
    if (s._tag === 'Data' && !data.has(s)) data.set(s, await device.upload(Float32Array.from(s.values)))
  return data
}

/** Runs a plan. The function for a plan within it is built once. */
const makeRuns = (context: Context): ((p: Plan) => Run) => {
  const runs = new Map<Plan, Run>()
  const runOf = (p: Plan): Run => {
    const run = runs.get(p) ?? planRun(p, context, runOf)
    runs.set(p, run)
    return run
  }
  return runOf
}
const planRun = (p: Plan, context: Context, runOf: (p: Plan) => Run): Run => {
  const units = context.units.get(p) ?? []
  const actions = units.map((u) => actionOf(p, u, context, runOf))
  const dying = lastReads(p, units)
  return async (inputs) => {
    const values = [...inputs]
    for (const [k, act] of actions.entries()) {
      try {
        const pending = act(values)
        if (pending !== undefined) await pending
      } catch (error) {
        throw inKernel(error, nameOfUnit(nth(units, k)))
      }
      for (const v of nth(dying, k)) {
        free(nth(values, v))
        delete values[v]
      }
    }
    return outputsOf(p, values)
  }
}
/** The kernels of a unit; a form has none of its own. */
const nameOfUnit = (u: Unit): string | undefined => {
  const kernels = kernelsIn(u)
  return kernels.length === 0 ? undefined : kernels.map((k) => k.printed.name).join(', or ')
}
/** The caller frees every output, so an output that is an input, or another output, is a clone. */
const outputsOf = (p: Plan, values: readonly Stored[]): readonly Stored[] =>
  p.outputs.map((o, i) => {
    const x = nth(values, o)
    return o < p.inputs.length || p.outputs.indexOf(o) !== i ? shared(x) : x
  })

const actionOf = (p: Plan, u: Unit, { compiled, data, device }: Context, runOf: (p: Plan) => Run): Action => {
  switch (u._tag) {
    case 'Kernel':
      return kernelAction(u, compiled, device)
    case 'Chain':
      return storing(u.reads, u.writes, compiled.chain(u))
    case 'Data': {
      const x = data.get(u) ?? bug('data that were not uploaded')
      return (values) => put(values, u.out, shared(x))
    }
    case 'Sort':
      return storing([u.arg], [u.out], sortedOn(p, u, device))
    case 'Scatter':
      return bug('the form Scatter in a plan for kernels that cannot have it')
    case 'Loop':
      return storing(u.args, u.outs, loop(p, u, runOf(u.body), device))
    case 'While':
      return storing(u.args, u.outs, repeat(u, runOf(u.test), runOf(u.body)))
    case 'Branch':
      return storing(u.args, u.outs, branch(runOf(u.bodies[0]), runOf(u.bodies[1])))
  }
}
/** Returns no promise where the device needs none, so that the next unit runs at once. */
const kernelAction = ({ step, kernel }: KernelUnit, compiled: CompiledKernels, device: Device): Action => {
  const run = kernel && compiled.kernel(kernel)
  return (values) => {
    const result = run ? run(at(values, step.reads)) : device.upload(new Float32Array(0))
    return result instanceof Promise ? result.then((x) => put(values, step.out, x)) : put(values, step.out, result)
  }
}
const sortedOn = (p: Plan, { arg, descending }: SortStep, device: Device): Run => {
  const { shape } = typeOf(p, arg)
  return async (args) => {
    const x = (await read(nth(args, 0))).subarray(0, sizeOf(shape))
    return [await device.upload(Float32Array.from(sortedOrder(x, nth(shape, -1), descending)))]
  }
}
const storing =
  (
    reads: readonly number[],
    outs: readonly (number | undefined)[],
    run: (args: readonly Stored[]) => Promise<Results>,
  ): Action =>
  async (values) =>
    store(values, outs, await run(at(values, reads)))

const put = (values: Stored[], v: number, x: Stored): undefined => {
  values[v] = x
}
const at = (values: readonly Stored[], numbers: readonly number[]): readonly Stored[] =>
  numbers.map((v) => nth(values, v))
/** A result that no step reads has no number, and is freed. */
const store = (values: Stored[], outs: readonly (number | undefined)[], results: Results): void => {
  outs.forEach((o, i) => {
    const x = results[i]
    if (x !== undefined && o !== undefined) values[o] = x
    else if (x !== undefined) free(x)
  })
}

/** For each unit, the values that nothing reads after it: neither inputs nor outputs, which the caller frees. */
const lastReads = (p: Plan, units: readonly Unit[]): readonly (readonly number[])[] => {
  const last = new Map<number, number>()
  units.forEach((u, k) => {
    for (const v of [...writesOfUnit(u), ...readsOfUnit(u)]) if (v >= p.inputs.length) last.set(v, k)
  })
  for (const o of p.outputs) last.delete(o)
  const dying: number[][] = units.map(() => [])
  for (const [v, k] of last) dying[k]?.push(v)
  return dying
}
