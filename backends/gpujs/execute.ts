/**
 * A plan on a device: every kernel built once, every step a function on stored values, freed after their last reader.
 * Loops, branches and sorting are the host's; what they run are plans again.
 */
import * as E from 'fp-ts/lib/Either.js'
import { sortedOrder } from '../../lang/kernel/order.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { CompileError } from '../error.ts'
import { type DataStep, type Plan, plansWithin } from '../schedule/plan.ts'
import type { Device } from './device/device.ts'
import { free, hostMemory, read, type Stored, shared } from './device/memory.ts'
import { loop, type Run, repeat } from './hostLoops.ts'
import { readsOfUnit, type Unit, writesOfUnit } from './plan/chains.ts'
import { buildKernels, type CompiledKernels } from './plan/kernels.ts'

/** Reads and writes values by their numbers. */
type Perform = (values: Stored[]) => undefined | Promise<void>
type Found = readonly (Stored | undefined)[]

const put = (values: Stored[], v: number, x: Stored): undefined => {
  values[v] = x
}
const at = (values: readonly Stored[], numbers: readonly number[]): readonly Stored[] =>
  numbers.map((v) => values[v] as Stored)
const store = (values: Stored[], outs: readonly (number | undefined)[], found: Found): void => {
  outs.forEach((o, i) => {
    const x = found[i]
    if (o !== undefined) values[o] = x as Stored
    else if (x !== undefined) free(x)
  })
}

export interface Executed {
  readonly run: Run
  readonly release: () => void
}
/**
 * `whole`: the plan as one chain, which takes from host memory and gives back there.
 * Errors: KernelFailed, for the first kernel that the device refuses.
 */
export const execute = async (
  plan: Plan,
  given: Device,
  whole?: readonly Unit[],
): Promise<E.Either<CompileError, Executed>> => {
  const device = whole ? { ...given, ...hostMemory } : given
  const made = await buildKernels(plan, device, whole)
  if (E.isLeft(made)) return made
  const data = new Map<DataStep, Stored>()
  for (const s of plansWithin(plan).flatMap((p) => p.steps))
    if (s._tag === 'Data' && !data.has(s)) data.set(s, await device.upload(Float32Array.from(s.values)))
  return E.right({
    run: runner(made.right, data, device)(plan),
    release: () => {
      for (const x of data.values()) free(x)
    },
  })
}

const runner = (kernels: CompiledKernels, data: ReadonlyMap<DataStep, Stored>, device: Device): ((p: Plan) => Run) => {
  const runs = new Map<Plan, Run>()
  const step = (p: Plan, s: Unit): Perform => {
    switch (s._tag) {
      case 'Kernel': {
        const run = kernels.of(s)
        return (values) => {
          const result = run === undefined ? device.upload(new Float32Array(0)) : run(at(values, s.reads))
          return result instanceof Promise ? result.then((x) => put(values, s.out, x)) : put(values, s.out, result)
        }
      }
      case 'Chain': {
        const run = kernels.chain(s)
        return async (values) => store(values, s.writes, await run(at(values, s.reads)))
      }
      case 'Data': {
        const x = data.get(s) as Stored
        return (values) => put(values, s.out, shared(x))
      }
      case 'Sort': {
        const { shape } = p.types[s.arg] as Type
        const n = shape.at(-1) as number
        return async (values) => {
          const x = (await read(values[s.arg] as Stored)).subarray(0, sizeOf(shape))
          put(values, s.out, await device.upload(Float32Array.from(sortedOrder(x, n, s.descending))))
        }
      }
      case 'Loop': {
        const turn = loop(p, s, run(s.body), device)
        return async (values) => store(values, s.outs, await turn(at(values, s.args)))
      }
      case 'While': {
        const turn = repeat(s, run(s.test), run(s.body))
        return async (values) => store(values, s.outs, await turn(at(values, s.args)))
      }
      case 'Branch': {
        const [yes, no] = s.bodies.map(run) as [Run, Run]
        return async (values) => {
          const [test, ...args] = at(values, s.args)
          const chosen = (await read(test as Stored))[0] !== 0 ? yes : no
          store(values, s.outs, await chosen(args))
        }
      }
    }
  }
  const run = (p: Plan): Run => {
    const known = runs.get(p)
    if (known !== undefined) return known
    const units = kernels.units(p)
    const steps = units.map((u) => step(p, u))
    const dying = lastReads(p, units)
    const made: Run = async (inputs) => {
      const values = [...inputs]
      for (const [k, perform] of steps.entries()) {
        const pending = perform(values)
        if (pending !== undefined) await pending
        for (const v of dying[k] as readonly number[]) {
          free(values[v] as Stored)
          delete values[v]
        }
      }
      return p.outputs.map((o, i) => {
        const x = values[o] as Stored
        return o < inputs.length || p.outputs.indexOf(o) !== i ? shared(x) : x
      })
    }
    runs.set(p, made)
    return made
  }
  return run
}

/** For every step, the values that nobody reads after it. Inputs are lent and outputs are given away: neither is here. */
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
