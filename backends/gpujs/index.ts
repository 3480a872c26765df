/** gpu.js: every kernel a string of JavaScript, run in the mode that is asked for or the best that the machine has. */
import * as E from 'fp-ts/lib/Either.js'
import type { Closed } from '../../lang/syntax/closed.ts'
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { Backend } from '../backend.ts'
import type { Elements } from '../boundary.ts'
import { define } from '../define.ts'
import type { CompileError } from '../error.ts'
import type { Target } from '../executable.ts'
import { carriedBy, type Held } from '../resident.ts'
import type { Plan } from '../schedule/plan.ts'
import { openDevice } from './device/device.ts'
import { type DeviceMemory, free, hostMemory, nonEmpty, read, type Stored } from './device/memory.ts'
import { isMode, type Mode, modes } from './device/modes.ts'
import { execute } from './execute.ts'
import type { Run } from './hostLoops.ts'
import { readsOfUnit, type Unit } from './plan/chains.ts'
import { unitsFor, wholeFor } from './plan/kernels.ts'
import { tooLarge } from './plan/limits.ts'
import { planOf } from './plan/planOf.ts'
import { showOn } from './plan/show.ts'

export interface GpujsOptions {
  /** A mode of gpu.js; 'auto', the default, takes a real GPU if there is one, else webasm, else cpu, and says so. */
  readonly mode?: Mode | 'auto'
}
/** The integers that float32 holds exactly. */
const ints = [-16777216, 16777216] as const

/** A plan ready to run on a device, or through it. */
interface Opened extends Pick<Target, 'backend' | 'reason' | 'ints' | 'release'> {
  readonly plan: Plan
  readonly units: readonly Unit[]
  /** Where its arrays are. */
  readonly memory: DeviceMemory
  readonly run: Run
}
/** The mode that is asked for, on this machine or not; for 'auto', the one that this machine has. */
const modeOf = async (mode: Mode | 'auto'): Promise<E.Either<CompileError, Mode>> => {
  if (mode !== 'auto') return isMode(mode) ? E.right(mode) : unknown(mode)
  const opened = await openDevice(mode)
  if (E.isRight(opened)) opened.right.release()
  return E.map((d: { readonly mode: Mode }) => d.mode)(opened)
}
const unknown = (mode: string): E.Either<CompileError, never> =>
  E.left({ _tag: 'UnknownMode', mode, known: [...modes, 'auto'] })
/** What throws gives back what it had. */
const releasing = async <A>({ release }: { readonly release: () => void }, act: () => Promise<A>): Promise<A> => {
  try {
    return await act()
  } catch (error) {
    release()
    throw error
  }
}
/** `stays`: some outputs are to stay where they are. */
const open = async (p: Closed, mode: Mode | 'auto', stays: boolean): Promise<E.Either<CompileError, Opened>> => {
  if (mode !== 'auto' && !isMode(mode)) return unknown(mode)
  const opened = await openDevice(mode)
  if (E.isLeft(opened)) return opened
  const device = opened.right
  const plan = planOf(p, device.mode)
  const large = tooLarge(plan, ints[1], device.largest)
  const whole = stays ? undefined : wholeFor(plan, device.mode)
  const made = large ? E.left(large) : await releasing(device, () => execute(plan, device, whole))
  if (E.isLeft(made)) {
    device.release()
    return made
  }
  const { run, release } = made.right
  return E.right({
    backend: `gpujs:${device.mode}`,
    reason: device.reason,
    ints,
    plan,
    units: whole ?? unitsFor(plan, device.mode),
    memory: whole ? hostMemory : device,
    run: async (inputs) => {
      try {
        return await run(inputs)
      } catch (error) {
        const fault = device.fault()
        throw fault === undefined ? error : new Error(fault, { cause: error })
      }
    },
    release: () => {
      release()
      device.release()
    },
  })
}
/** Whatever is on its way when one fails is waited for, so that no promise is left that nobody holds. */
const allOf = async <A>(xs: readonly (A | Promise<A>)[]): Promise<readonly A[]> => {
  const settled = await Promise.allSettled(xs)
  return settled.map((s) => {
    if (s.status === 'fulfilled') return s.value
    throw s.reason
  })
}
const each = (xs: readonly Stored[]): void => {
  for (const x of xs) free(x)
}
/** Numbers in and out of a plan's memory. In host memory nothing is copied that nobody else can write to. */
const gate = ({ plan, units, memory }: Opened) => {
  const atOnce = isAtOnce(plan, units)
  const owned = ownedOutputs(plan)
  const keep = (x: Elements): Float32Array => (atOnce && x instanceof Float32Array ? x : new Float32Array(x))
  const single = (x: Elements): Float32Array => (x instanceof Float32Array ? x : new Float32Array(x))
  return {
    /** A device takes its copies at once, before anything is awaited. */
    take: (inputs: readonly Elements[]): readonly Stored[] | Promise<readonly Stored[]> =>
      memory.isHost ? inputs.map((x) => nonEmpty(keep(x))) : allOf(inputs.map((x) => memory.upload(single(x)))),
    /** The values of these types; `mine`: those that nobody else holds. */
    give: async (types: readonly Type[], xs: readonly Stored[], mine = owned): Promise<readonly Float32Array[]> => {
      const found = await allOf(xs.map(read))
      return found.map((y, i) => {
        const whole = y.subarray(0, sizeOf((types[i] as Type).shape))
        return memory.isHost && !mine[i] ? whole.slice() : whole
      })
    },
    owned,
    outputs: plan.outputs.map((v) => plan.types[v] as Type),
  }
}

const target = (o: Opened): Target => {
  const { take, give, outputs } = gate(o)
  return {
    ...o,
    call: async (inputs) => {
      const taken = take(inputs)
      const given = taken instanceof Promise ? await taken : taken
      const found = await o.run(given)
      const ys = await give(outputs, found)
      each([...given, ...found])
      return ys
    },
  }
}
/** The first `carried` inputs and outputs stay on the device from step to step. */
const held = async (o: Opened, carried: number): Promise<Held> => {
  const { take, give, owned, outputs } = gate(o)
  const states = outputs.slice(0, carried)
  let state = await take(states.map((t) => new Float32Array(sizeOf(t.shape))))
  return {
    ...o,
    load: async (given) => {
      const next = await take(given.map((x) => new Float32Array(x)))
      each(state)
      state = next
    },
    step: async (data) => {
      const taken = take(data)
      const given = taken instanceof Promise ? await taken : taken
      const found = await o.run([...state, ...given])
      const results = found.slice(carried)
      const ys = await give(outputs.slice(carried), results, owned.slice(carried))
      each([...state, ...given, ...results])
      state = found.slice(0, carried)
      return ys
    },
    read: () => give(states, state, []),
    release: () => {
      each(state)
      o.release()
    },
  }
}

export const gpujs = ({ mode = 'auto' }: GpujsOptions = {}): Backend =>
  define(`gpujs:${mode}`, {
    plan: (p) => async () => {
      const found = await modeOf(mode)
      return E.map((m: Mode) => showOn(planOf(p.closed, m), m))(found)
    },
    open: (p) => async () => E.map(target)(await open(p.closed, mode, false)),
    hold: (step) => async () => {
      const opened = await open(step.closed, mode, true)
      return E.isLeft(opened)
        ? opened
        : E.right(await releasing(opened.right, () => held(opened.right, carriedBy(step))))
    },
  })

/** Outputs that a kernel has just written for nobody else; others may be inputs, constants or one another. */
const ownedOutputs = (p: Plan): readonly boolean[] => {
  const fresh = new Set(p.steps.flatMap((s) => (s._tag === 'Kernel' ? [s.out] : [])))
  return p.outputs.map((o, i) => fresh.has(o) && p.outputs.indexOf(o) === i)
}

/**
 * In host memory: the inputs have been read before the caller sees a promise, so nobody can write to them before. A chain
 * copies what it reads when it is called.
 */
const isAtOnce = (p: Plan, units: readonly Unit[]): boolean => {
  const first = units.findIndex((u) => u._tag !== 'Kernel' && u._tag !== 'Data')
  const later = units.slice(first + 1).flatMap(readsOfUnit)
  const isRead = (v: number): boolean => v < p.inputs.length
  return !p.outputs.some(isRead) && (first < 0 || (units[first]?._tag === 'Chain' && !later.some(isRead)))
}
