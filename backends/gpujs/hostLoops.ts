/** Loops and repetitions, under the control of the host; what they carry stays on the device. */
import { sizeOf, type Type } from '../../lang/syntax/shape.ts'
import type { LoopStep, Plan, WhileStep } from '../schedule/plan.ts'
import type { Device } from './device/device.ts'
import { free, nonEmpty, read, type Stored, shared } from './device/memory.ts'

/** Outputs from inputs. Inputs are only lent; every output is its receiver's to free. */
export type Run = (inputs: readonly Stored[]) => Promise<readonly Stored[]>

const each = (xs: readonly Stored[]): void => {
  for (const x of xs) free(x)
}
/** One row after the other, in whatever order they come. */
interface Stack {
  readonly put: (t: number, row: Stored) => void
  readonly done: () => Stored | Promise<Stored>
}
const hostStack = (size: number): Stack => {
  const whole = new Float32Array(size)
  return {
    put: (t, row) => {
      const x = row as Float32Array
      if (size > 0) whole.set(x, t * x.length)
    },
    done: () => nonEmpty(whole),
  }
}
/** Neighbours are joined in pairs, so that every element moves a logarithmic number of times. */
const deviceStack = (device: Device, length: number): Stack => {
  let rows: Stored[] = new Array(length)
  return {
    put: (t, row) => {
      rows[t] = row
    },
    done: async () => {
      while (rows.length > 1) {
        const pairs: Stored[] = []
        for (let k = 0; k < rows.length; k += 2) {
          const [a, b] = [rows[k] as Stored, rows[k + 1]]
          pairs.push(b === undefined ? a : await device.join(a, b))
          if (b !== undefined) each([a, b])
        }
        rows = pairs
      }
      return rows[0] ?? device.upload(new Float32Array(0))
    },
  }
}

/** The outputs of a Loop step, as lang/kernel/meaning.ts orders them; undefined where nothing reads one. */
export const loop =
  (p: Plan, s: LoopStep, body: Run, device: Device) =>
  async (args: readonly Stored[]): Promise<readonly (Stored | undefined)[]> => {
    const rows = args.slice(s.carries, s.carries + s.rows)
    const rowSizes = s.body.inputs.slice(s.carries, s.carries + s.rows).map((t) => sizeOf(t.shape))
    const constants = args.slice(s.carries + s.rows)
    const onHost = device.isHost
    const stacks = s.outs.map((o, i) =>
      o === undefined || i < s.carries
        ? undefined
        : onHost
          ? hostStack(sizeOf((p.types[o] as Type).shape))
          : deviceStack(device, s.length),
    )
    let carries = args.slice(0, s.carries).map(shared)
    for (let n = 0; n < s.length; n++) {
      const t = s.reverse ? s.length - 1 - n : n
      const cut: Stored[] = []
      for (const [k, x] of rows.entries()) cut.push(await device.slice(x, t, rowSizes[k] as number))
      const outs = await body([...carries, ...cut, ...constants])
      each(cut)
      ;[...outs.slice(s.carries), ...carries].forEach((y, i) => {
        const stack = stacks[s.carries + i]
        if (stack === undefined) free(y)
        else stack.put(t, y)
      })
      carries = outs.slice(0, s.carries)
    }
    return Promise.all(s.outs.map((_, i) => (i < s.carries ? carries[i] : stacks[i]?.done())))
  }
export const repeat =
  (s: WhileStep, test: Run, body: Run) =>
  async (args: readonly Stored[]): Promise<readonly (Stored | undefined)[]> => {
    const constants = args.slice(s.carries)
    let state = args.slice(0, s.carries).map(shared)
    for (;;) {
      const [goOn] = await test([...state, ...constants])
      const found = await read(goOn as Stored)
      free(goOn as Stored)
      if (found[0] === 0) return state
      const next = await body([...state, ...constants])
      each(state)
      state = [...next]
    }
  }
