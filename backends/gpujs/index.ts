/** gpu.js: kernels are JavaScript text, run in the mode that is asked for or in the best that the machine has. */

import * as E from 'fp-ts/lib/Either.js'
import type { Closed } from '../../lang/syntax/closed.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { Backend } from '../backend.ts'
import type { Elements } from '../boundary.ts'
import { define } from '../define.ts'
import type { CompileError } from '../error.ts'
import type { Target } from '../executable.ts'
import { carriedBy, type Held } from '../resident.ts'
import { type Plan, typeOf } from '../schedule/plan.ts'
import { type Device, openDevice } from './device/device.ts'
import { type DeviceMemory, freeAll, hostMemory, nonEmpty, read, type Stored } from './device/memory.ts'
import { isMode, type Mode, modes } from './device/modes.ts'
import { execute } from './execute.ts'
import type { Run } from './hostLoops.ts'
import { type KernelPlan, kernelPlan, readsOfUnit } from './plan/kernels.ts'
import { tooLarge } from './plan/limits.ts'
import { planOf } from './plan/planOf.ts'
import { showOn } from './plan/show.ts'

export interface GpujsOptions {
  /**
   * A mode of gpu.js. The default, 'auto', takes a real GPU if there is one, else webasm, else cpu; the executable's
   * `backend` and `reason` say which and why.
   */
  readonly mode?: Mode | 'auto'
}
export const gpujs = ({ mode = 'auto' }: GpujsOptions = {}): Backend =>
  define(`gpujs:${mode}`, {
    plan: (p) => async () => {
      const found = await modeOf(mode)
      return E.map((m: Mode) => showOn(kernelPlan(planOf(p.closed, m), m)))(found)
    },
    open: (p) => async () => E.map(target)(await open(p.closed, mode, false)),
    hold: (step) => async () => {
      const opened = await open(step.closed, mode, true)
      return E.isLeft(opened)
        ? opened
        : E.right(await releasing(opened.right, () => held(opened.right, carriedBy(step))))
    },
  })

/** The requested mode, whether this machine has it or not; for 'auto', the mode that it would choose. */
const modeOf = async (mode: Mode | 'auto'): Promise<E.Either<CompileError, Mode>> => {
  if (mode !== 'auto') return isMode(mode) ? E.right(mode) : unknown(mode)
  const opened = await openDevice(mode)
  if (E.isRight(opened)) opened.right.release()
  return E.map((d: Device) => d.mode)(opened)
}
const unknown = (mode: string): E.Either<CompileError, never> =>
  E.left({ _tag: 'UnknownMode', mode, known: [...modes, 'auto'] })

/** float32 represents these integers and all between them. */
const ints = [-16777216, 16777216] as const

/** A program that is compiled on a device. */
interface Opened extends Pick<Target, 'backend' | 'reason' | 'ints' | 'release'> {
  readonly kernels: KernelPlan
  /** Where its inputs and outputs are. */
  readonly memory: DeviceMemory
  readonly run: Run
}
/** `stays`: some outputs stay in the device's memory. */
const open = async (p: Closed, mode: Mode | 'auto', stays: boolean): Promise<E.Either<CompileError, Opened>> => {
  if (mode !== 'auto' && !isMode(mode)) return unknown(mode)
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) return opened
  const device = opened.right
  const compiled = await releasing(device, () => compileOn(p, device, stays))
  if (E.isLeft(compiled)) device.release()
  return compiled
}
const compileOn = async (p: Closed, device: Device, stays: boolean): Promise<E.Either<CompileError, Opened>> => {
  const { mode, reason } = device
  const plan = planOf(p, mode)
  const large = tooLarge(plan, ints[1], device.largest)
  if (large) return E.left(large)
  const kernels = kernelPlan(plan, mode, stays)
  const executed = await execute(kernels, device)
  if (E.isLeft(executed)) return executed
  const { run, release } = executed.right
  return E.right({
    backend: `gpujs:${mode}`,
    reason,
    ints,
    kernels,
    memory: kernels.isWhole ? hostMemory : device,
    run: (inputs) => run(inputs).catch((error: unknown) => explain(error, device)),
    release: () => {
      release()
      device.release()
    },
  })
}
/** An error of a run on a faulty device is the device's fault. */
const explain = (error: unknown, device: Device): never => {
  const fault = device.fault()
  throw fault === undefined ? error : new Error(fault, { cause: error })
}
/** Releases when the act throws. */
const releasing = async <A>({ release }: { readonly release: () => void }, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    release()
    throw error
  }
}

/** All results, or the first error once every promise is settled, so that no rejection is left unhandled. */
const allOf = async <A>(xs: readonly (A | Promise<A>)[]): Promise<readonly A[]> => {
  const settled = await Promise.allSettled(xs)
  return settled.map((s) => {
    if (s.status === 'fulfilled') return s.value
    throw s.reason
  })
}
/** Calls f at once if x is no promise: then host memory is read before the caller can write to it. */
const onceKnown = <A, B>(x: A | Promise<A>, f: (x: A) => Promise<B>): Promise<B> =>
  x instanceof Promise ? x.then(f) : f(x)

/** Numbers in and out of a program's memory. Host memory is copied only where the caller could write to it. */
const transfer = ({ kernels, memory }: Opened) => {
  const { plan } = kernels
  const atOnce = readsAtOnce(kernels)
  const owned = ownedOutputs(plan)
  const keep = (x: Elements): Float32Array => (atOnce && x instanceof Float32Array ? x : new Float32Array(x))
  const single = (x: Elements): Float32Array => (x instanceof Float32Array ? x : new Float32Array(x))
  return {
    /** A device copies before anything is awaited. */
    upload: (inputs: readonly Elements[]): readonly Stored[] | Promise<readonly Stored[]> =>
      memory.isHost ? inputs.map((x) => nonEmpty(keep(x))) : allOf(inputs.map((x) => memory.upload(single(x)))),
    /** `mine`: the arrays that nothing else refers to, which need no copy. */
    download: async (types: readonly Type[], xs: readonly Stored[], mine = owned): Promise<readonly Float32Array[]> => {
      const found = await allOf(xs.map(read))
      return found.map((y, i) => {
        const whole = y.subarray(0, sizeOf(nth(types, i).shape))
        return memory.isHost && !mine[i] ? whole.slice() : whole
      })
    },
    owned,
    outputs: plan.outputs.map((v) => typeOf(plan, v)),
  }
}

const target = (o: Opened): Target => {
  const { upload, download, outputs } = transfer(o)
  return {
    ...o,
    call: (inputs) =>
      onceKnown(upload(inputs), async (given) => {
        const found = await o.run(given)
        const ys = await download(outputs, found)
        freeAll([...given, ...found])
        return ys
      }),
  }
}
/** The first `carried` inputs and outputs are the state, which stays on the device from step to step. */
const held = async (o: Opened, carried: number): Promise<Held> => {
  const { upload, download, owned, outputs } = transfer(o)
  const [states, results] = [outputs.slice(0, carried), outputs.slice(carried)]
  let state = await upload(states.map((t) => new Float32Array(sizeOf(t.shape))))
  return {
    ...o,
    load: async (given) => {
      const next = await upload(given.map((x) => new Float32Array(x)))
      freeAll(state)
      state = next
    },
    step: (data) =>
      onceKnown(upload(data), async (given) => {
        const found = await o.run([...state, ...given])
        const [next, rest] = [found.slice(0, carried), found.slice(carried)]
        const ys = await download(results, rest, owned.slice(carried))
        freeAll([...state, ...given, ...rest])
        state = next
        return ys
      }),
    read: () => download(states, state, []),
    release: () => {
      freeAll(state)
      o.release()
    },
  }
}

/** Outputs that only their kernel has written; others may be inputs, constants or one another. */
const ownedOutputs = (p: Plan): readonly boolean[] => {
  const fresh = new Set(p.steps.flatMap((s) => (s._tag === 'Kernel' ? [s.out] : [])))
  return p.outputs.map((o, i) => fresh.has(o) && p.outputs.indexOf(o) === i)
}
/**
 * In host memory: whether a run has read its inputs before the caller gets the promise, so that the caller cannot
 * change them before. A chain copies its inputs when it is called; what follows it runs later.
 */
const readsAtOnce = ({ plan, units }: KernelPlan): boolean => {
  const all = units.get(plan) ?? []
  const first = all.findIndex((u) => u._tag !== 'Kernel' && u._tag !== 'Data')
  const later = all.slice(first + 1).flatMap(readsOfUnit)
  const isInput = (v: number): boolean => v < plan.inputs.length
  return !plan.outputs.some(isInput) && (first < 0 || (all[first]?._tag === 'Chain' && !later.some(isInput)))
}
