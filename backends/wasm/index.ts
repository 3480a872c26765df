/**
 * WebAssembly: a program is one module with one memory, and runs in one call. It computes four float32 at a time, or two
 * float64: `wasm({ precision: 'float64' })`.
 */
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Backend } from '../backend.ts'
import type { Elements } from '../boundary.ts'
import { define } from '../define.ts'
import { carriedBy } from '../resident.ts'
import { showPlan } from '../schedule/show.ts'
import { elementOf, float32 } from './assembler/index.ts'
import { type Instance, instantiate } from './host/instance.ts'
import type { WasmOptions } from './host/moduleCache.ts'
import { planOf } from './steps/planOf.ts'
import { aboutThreads, threadsLine } from './steps/worth.ts'

export { isSupported } from './host/features.ts'
export type { WasmOptions } from './host/moduleCache.ts'

/** Writes the inputs from the k-th on, in order. */
const writeFrom = (m: Instance, k: number, xs: readonly Elements[]): void => {
  for (const [i, x] of xs.entries()) m.write(k + i, x)
}
export const wasm = (options: WasmOptions = {}): Backend => {
  const element = elementOf(options.precision ?? 'float32')
  const backend = element === float32 ? 'wasm' : `wasm:${element.precision}`
  const threads = Math.max(1, Math.floor(options.threads ?? 1))
  // costs are counted for elements of four bytes
  const note =
    element === float32 ? '' : '\nin float64: a real takes twice the bytes counted here, and two fill a vector'
  return define(backend, {
    plan: (p) => {
      const plan = planOf(p.closed, element)
      const said = threads > 1 ? [showPlan(plan, aboutThreads), threadsLine(plan, threads)] : [showPlan(plan)]
      return TE.right(said.join('\n') + note)
    },
    open: (p) =>
      TE.map((m: Instance) => ({
        backend,
        reason: m.reason,
        call: (inputs: readonly Elements[]) => {
          writeFrom(m, 0, inputs)
          m.run()
          return m.plan.outputs.map((_, k) => m.read(k))
        },
        release: m.release,
      }))(() => instantiate(p.closed, 0, options)),
    hold: (step) => {
      const carried = carriedBy(step)
      return TE.map((m: Instance) => ({
        backend,
        reason: m.reason,
        load: (state: readonly Elements[]) => {
          writeFrom(m, 0, state)
          m.loaded()
        },
        step: (data: readonly Elements[]) => {
          writeFrom(m, carried, data)
          m.run()
          const results = m.plan.outputs.slice(carried).map((_, k) => m.read(carried + k))
          m.commit()
          return results
        },
        read: () => m.plan.inputs.slice(0, carried).map((_, k) => m.readInput(k)),
        release: m.release,
      }))(() => instantiate(step.closed, carried, options))
    },
  })
}
