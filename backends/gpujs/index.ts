/** gpu.js: every kernel a string of JavaScript, run in the mode that is asked for or the best that the machine has. */
import * as E from 'fp-ts/lib/Either.js'
import { simplifyClosed } from '../../src/simplify/index.ts'
import type { Backend } from '../backend.ts'
import { define } from '../define.ts'
import type { CompileError } from '../error.ts'
import type { Target } from '../executable.ts'
import type { Plan } from '../schedule/plan.ts'
import { schedule } from '../schedule/schedule.ts'
import { openDevice } from './device.ts'
import { execute } from './execute.ts'
import { tooLarge } from './limits.ts'
import { isMode, type Mode, modes, traits } from './modes.ts'

export interface Options {
  /** A mode of gpu.js; 'auto', the default, takes the first of webasm and cpu that the machine has, and says so. */
  readonly mode?: Mode | 'auto'
}
/** The integers that float32 holds exactly. */
const ints = [-16777216, 16777216] as const

export const gpujs = ({ mode = 'auto' }: Options = {}): Backend =>
  define(`gpujs:${mode}`, {
    open: (p) => async (): Promise<E.Either<CompileError, Target>> => {
      if (mode !== 'auto' && !isMode(mode)) return E.left({ _tag: 'UnknownMode', mode, known: [...modes, 'auto'] })
      const opened = await openDevice(mode)
      if (E.isLeft(opened)) return opened
      const device = opened.right
      const plan = schedule(simplifyClosed(p.closed), traits[device.mode].limits)
      const large = tooLarge(plan, ints[1])
      const made = large ? E.left(large) : execute(plan, device)
      if (E.isLeft(made)) {
        device.release()
        return made
      }
      const run = made.right
      const owned = ownedOutputs(plan)
      const atOnce = isAtOnce(plan, device.mode)
      return E.right({
        backend: `gpujs:${device.mode}`,
        reason: device.reason,
        ints,
        call: async (inputs) => {
          const found = await run(inputs.map((x) => (atOnce && x instanceof Float32Array ? x : new Float32Array(x))))
          return found.map((y, i) => (owned[i] ? y : y.slice()))
        },
        release: device.release,
      })
    },
  })

/** Outputs that a kernel has just written for nobody else; others may be inputs, constants or one another. */
const ownedOutputs = (p: Plan): readonly boolean[] => {
  const fresh = new Set(p.steps.flatMap((s) => (s._tag === 'Kernel' ? [s.out] : [])))
  return p.outputs.map((o, i) => fresh.has(o) && p.outputs.indexOf(o) === i)
}

/** All is done before the caller sees a promise, so inputs need no copy: nobody can write to them before they are read. */
const isAtOnce = (p: Plan, mode: Mode): boolean =>
  (mode === 'cpu' || mode === 'webasm') &&
  p.outputs.every((o) => o >= p.inputs.length) &&
  p.steps.every((s) => s._tag === 'Kernel' || s._tag === 'Data' || s._tag === 'Sort')
