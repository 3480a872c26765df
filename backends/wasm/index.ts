/**
 * WebAssembly: a program is one module with one memory, and runs in one call. It computes four float32 at a time, or two
 * float64: `wasm({ precision: 'float64' })`.
 */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Backend } from '../backend.ts'
import type { Elements } from '../boundary.ts'
import { define } from '../define.ts'
import { carriedBy } from '../resident.ts'
import { elementOf, float32 } from './assembler/index.ts'
import { type Instance, instantiate } from './host/instance.ts'
import { nameOf, planned, type WasmOptions } from './host/moduleCache.ts'

export { isSupported } from './host/features.ts'
export type { WasmOptions } from './host/moduleCache.ts'
export { pageModules } from './host/pageModules.ts'

/** Writes the inputs from the k-th on, in order. */
const writeFrom = (m: Instance, k: number, xs: readonly Elements[]): void => {
  for (const [i, x] of xs.entries()) m.write(k + i, x)
}
export const wasm = (options: WasmOptions = {}): Backend => {
  const element = elementOf(options.precision ?? 'float32')
  const backend = nameOf(element)
  // costs are counted for elements of four bytes
  const note =
    element === float32 ? '' : '\nin float64: a real takes twice the bytes counted here, and two fill a vector'
  return define(backend, {
    plan: (p) => TE.fromEither(E.map((text: string) => text + note)(planned(p.closed, options))),
    open: (p) =>
      TE.map((m: Instance) => ({
        backend,
        reason: m.reason,
        call: (inputs: readonly Elements[]) => {
          writeFrom(m, 0, inputs)
          m.run()
          return m.outputs.map((_, k) => m.read(k))
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
          const results = m.outputs.slice(carried).map((_, k) => m.read(carried + k))
          m.commit()
          return results
        },
        read: () => m.inputs.slice(0, carried).map((_, k) => m.readInput(k)),
        release: m.release,
      }))(() => instantiate(step.closed, carried, options))
    },
  })
}
