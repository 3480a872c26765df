/** Loops and branches, controlled by the host; their values stay on the device. */
import { limitReached } from '../../lang/kernel/limit.ts'
import { nth } from '../../lang/syntax/list.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { type LoopStep, type Plan, typeOf, type WhileStep } from '../schedule/plan.ts'
import type { Device } from './device/device.ts'
import { free, freeAll, nonEmpty, read, type Stored, shared } from './device/memory.ts'

/** Outputs from inputs. The caller keeps its inputs; every output is the caller's to free. */
export type Run = (inputs: readonly Stored[]) => Promise<readonly Stored[]>
/** The results of a form; undefined where no step reads one. */
export type Results = readonly (Stored | undefined)[]

/** The rows of an array, which may come in any order. */
interface Stack {
  readonly put: (t: number, row: Stored) => void
  readonly done: () => Stored | Promise<Stored>
}
const hostStack = (size: number): Stack => {
  const whole = new Float32Array(size)
  return {
    put: (t, row) => {
      const x = row as Float32Array // the device is the host
      if (size > 0) whole.set(x, t * x.length)
    },
    done: () => nonEmpty(whole),
  }
}
/** Neighbours are joined in pairs, so that every element is copied a logarithmic number of times. */
const deviceStack = (device: Device, length: number): Stack => {
  const rows: Stored[] = new Array(length)
  return {
    put: (t, row) => {
      rows[t] = row
    },
    done: async () => {
      let level: readonly Stored[] = rows
      while (level.length > 1) level = await joinPairs(device, level)
      return level[0] ?? device.upload(new Float32Array(0))
    },
  }
}
const joinPairs = async (device: Device, rows: readonly Stored[]): Promise<readonly Stored[]> => {
  const pairs: Stored[] = []
  for (let k = 0; k < rows.length; k += 2) {
    const [a, b] = [nth(rows, k), rows[k + 1]]
    pairs.push(b === undefined ? a : await device.join(a, b))
    if (b !== undefined) freeAll([a, b])
  }
  return pairs
}
/** For every output of a loop that is read and has a row per iteration, the stack of its rows. */
const stacksOf = (p: Plan, { outs, carries, length }: LoopStep, device: Device): readonly (Stack | undefined)[] =>
  outs.map((o, i) => {
    if (o === undefined || i < carries) return undefined
    return device.isHost ? hostStack(sizeOf(typeOf(p, o).shape)) : deviceStack(device, length)
  })

/** Row t of each array. */
const rowsAt = async (device: Device, arrays: readonly Stored[], sizes: readonly number[], t: number) => {
  const rows: Stored[] = []
  for (const [k, x] of arrays.entries()) rows.push(await device.slice(x, t, nth(sizes, k)))
  return rows
}
/** Outputs as in lang/kernel/meaning.ts: the last carries, the body's rows, the carries before every iteration. */
export const loop =
  (p: Plan, s: LoopStep, body: Run, device: Device) =>
  async (args: readonly Stored[]): Promise<Results> => {
    const [rows, constants] = [args.slice(s.carries, s.carries + s.rows), args.slice(s.carries + s.rows)]
    const rowSizes = s.body.inputs.slice(s.carries, s.carries + s.rows).map((t) => sizeOf(t.shape))
    const stacks = stacksOf(p, s, device)
    let carries = args.slice(0, s.carries).map(shared)
    for (let n = 0; n < s.length; n++) {
      const t = s.reverse ? s.length - 1 - n : n
      const cut = await rowsAt(device, rows, rowSizes, t)
      const outs = await body([...carries, ...cut, ...constants])
      freeAll(cut)
      ;[...outs.slice(s.carries), ...carries].forEach((y, i) => {
        const stack = stacks[s.carries + i]
        if (stack === undefined) free(y)
        else stack.put(t, y)
      })
      carries = outs.slice(0, s.carries)
    }
    return Promise.all(s.outs.map((_, i) => (i < s.carries ? carries[i] : stacks[i]?.done())))
  }

/** The first element of an array, as a condition. */
const isTrue = async (x: Stored): Promise<boolean> => (await read(x))[0] !== 0

export const repeat =
  (s: WhileStep, test: Run, body: Run) =>
  async (args: readonly Stored[]): Promise<Results> => {
    const constants = args.slice(s.carries)
    let state: readonly Stored[] = args.slice(0, s.carries).map(shared)
    for (let step = 0; ; step++) {
      const condition = nth(await test([...state, ...constants]), 0)
      const goesOn = await isTrue(condition)
      free(condition)
      if (!goesOn) return state
      if (step === s.limit) {
        freeAll(state)
        throw limitReached(s.limit, s.name)
      }
      const next = await body([...state, ...constants])
      freeAll(state)
      state = next
    }
  }
/** The condition is the first argument. */
export const branch =
  (yes: Run, no: Run): Run =>
  async (args) =>
    ((await isTrue(nth(args, 0))) ? yes : no)(args.slice(1))
