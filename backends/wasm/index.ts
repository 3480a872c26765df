/** WebAssembly: a program as one module over one memory, four float32 at a time; a run is one call. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Backend } from '../backend.ts'
import type { Elements } from '../boundary.ts'
import { define } from '../define.ts'
import { carriedBy } from '../resident.ts'
import { showPlan } from '../schedule/show.ts'
import { type Machine, start } from './host/instance.ts'
import type { Options } from './host/moduleCache.ts'
import { planOf } from './steps/planOf.ts'

export { isSupported } from './host/features.ts'
export type { Options } from './host/moduleCache.ts'

/** Inputs from the k-th on, in order. */
const writeFrom = (m: Machine, k: number, xs: readonly Elements[]): void => {
  for (const [i, x] of xs.entries()) m.write(k + i, x)
}
export const wasm = (options: Options = {}): Backend =>
  define('wasm', {
    plan: (p) => TE.right(showPlan(planOf(p.closed))),
    open: (p) =>
      TE.map((m: Machine) => ({
        backend: 'wasm',
        reason: m.reason,
        call: (inputs: readonly Elements[]) => {
          writeFrom(m, 0, inputs)
          m.run()
          return m.plan.outputs.map((_, k) => m.read(k))
        },
        release: m.release,
      }))(() => start(p.closed, 0, options)),
    hold: (step) => {
      const carried = carriedBy(step)
      return TE.map((m: Machine) => ({
        backend: 'wasm',
        reason: m.reason,
        load: (state: readonly Elements[]) => writeFrom(m, 0, state),
        step: (data: readonly Elements[]) => {
          writeFrom(m, carried, data)
          m.run()
          const results = m.plan.outputs.slice(carried).map((_, k) => m.read(carried + k))
          m.commit()
          return results
        },
        read: () => m.plan.inputs.slice(0, carried).map((_, k) => m.readInput(k)),
        release: m.release,
      }))(() => start(step.closed, carried, options))
    },
  })
