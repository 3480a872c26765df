/** WebAssembly: a program as one module over one memory, four float32 at a time; a run is one call. */
import * as E from 'fp-ts/lib/Either.js'
import type { Type } from '../../lang/shape.ts'
import type { Backend, Executable } from '../backend.ts'
import type { Floats } from '../boundary.ts'
import type { CompileError } from '../error.ts'
import { executable } from '../executable.ts'
import { schedule } from '../schedule/schedule.ts'
import { type Compiled, compilePlan } from './compile.ts'
import { engine, type Memory } from './engine.ts'
import type { Place } from './kernel.ts'

/** Memory is addressed with 32 bits. */
const limit = 65536

const elements = (memory: Memory, { base, size }: Place, dtype: Type['dtype']): Float32Array | Int32Array =>
  dtype === 'real' ? new Float32Array(memory.buffer, base, size) : new Int32Array(memory.buffer, base, size)
/** A module at work. */
const instantiate = async (c: Compiled) => {
  const memory = new engine.Memory({ initial: c.pages })
  const instance = await engine.instantiate(await engine.compile(c.bytes), { env: { memory } })
  const run = instance.exports.run as () => void
  for (const { place, dtype, values } of c.data) elements(memory, place, dtype).set(values)
  return { memory, run }
}

export const wasm = (): Backend => ({
  name: 'wasm',
  compile:
    <In, Out>(p: Parameters<Backend['compile']>[0]) =>
    async (): Promise<E.Either<CompileError, Executable<In, Out>>> => {
      const plan = schedule(p.closed)
      const compiled = compilePlan(plan)
      if (compiled.pages > limit)
        return E.left({ _tag: 'TooLarge', what: 'memory in bytes', size: compiled.pages * 65536, limit: limit * 65536 })
      const { memory, run } = await instantiate(compiled)
      const types = plan.outputs.map((o) => plan.types[o] as Type)
      const read = (place: Place, t: Type): Floats => {
        const found = elements(memory, place, t.dtype)
        return found instanceof Float32Array ? found.slice() : Float64Array.from(found)
      }
      return E.right(
        executable(p, {
          backend: 'wasm',
          reason: 'asked for',
          call: (inputs) => {
            inputs.forEach((x, k) => {
              elements(memory, compiled.inputs[k] as Place, (plan.inputs[k] as Type).dtype).set(x)
            })
            run()
            return compiled.outputs.map((place, k) => read(place, types[k] as Type))
          },
          release: () => {},
        }) as never,
      )
    },
})
