/** A module at work: numbers in, one call, numbers out. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Closed } from '../../../lang/syntax/closed.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import type { Elements, Floats } from '../../boundary.ts'
import type { CompileError } from '../../error.ts'
import type { Plan } from '../../schedule/plan.ts'
import type { Place } from '../kernel/place.ts'
import { check, words } from '../threads/protocol.ts'
import { engine, type Memory } from './engine.ts'
import { maySleep } from './features.ts'
import { type Made, made, messageOf, noDevice, type Options } from './moduleCache.ts'
import { type Pool, startPool } from './pool.ts'

export interface Machine {
  readonly plan: Plan
  readonly reason: string
  readonly write: (input: number, x: Elements) => void
  readonly run: () => void
  /** The next state from the last: the first outputs become the first inputs. */
  readonly commit: () => void
  readonly read: (output: number) => Floats
  readonly readInput: (input: number) => Floats
  readonly release: () => void
}
const elements = (memory: Memory, { base, size }: Place, dtype: Type['dtype']): Float32Array | Int32Array =>
  dtype === 'real' ? new Float32Array(memory.buffer, base, size) : new Int32Array(memory.buffer, base, size)
const copied = (x: Float32Array | Int32Array): Floats => (x instanceof Float32Array ? x.slice() : Float64Array.from(x))

const notHad =
  (what: string) =>
  (error: unknown): CompileError =>
    noDevice(
      `${what} cannot be had: ${messageOf(error)}`,
      'smaller arrays or batches; release executables that are done',
    )
/** All that a program will ever need, or nothing. */
const memoryFor = (pages: number, threads: number): E.Either<CompileError, Memory> =>
  E.tryCatch(
    () => new engine.Memory(threads > 1 ? { initial: pages, maximum: pages, shared: true } : { initial: pages }),
    notHad(`${pages * 65536} bytes of memory`),
  )

export const start = async (p: Closed, carried: number, options: Options): Promise<E.Either<CompileError, Machine>> => {
  const found = await made(p, carried, options)
  if (E.isLeft(found)) return found
  const { compiled, module } = found.right
  const had = memoryFor(compiled.pages, compiled.threads)
  if (E.isLeft(had)) return had
  const memory = had.right
  const started = compiled.threads > 1 ? await startPool(module, memory, compiled.threads) : E.right(undefined)
  if (E.isLeft(started)) {
    const alone = await start(p, carried, { ...options, threads: 1 })
    return E.map((m: Machine): Machine => ({ ...m, reason: `one thread: ${started.left}` }))(alone)
  }
  const pool = started.right
  const imports = { env: { memory, [check]: pool?.check } }
  const instance = await TE.tryCatch(() => engine.instantiate(module, imports), notHad('an instance'))()
  if (E.isLeft(instance)) {
    pool?.release()
    return instance
  }
  return E.right(machine(found.right, memory, instance.right.exports as Exports, pool))
}

type Exports = Readonly<Record<'run' | 'commit' | 'stop', () => void>>
const machine = ({ plan, compiled, reason }: Made, memory: Memory, act: Exports, pool: Pool | undefined): Machine => {
  if (pool && !maySleep()) new Int32Array(memory.buffer)[words.awake / 4] = 1
  for (const { place, dtype, values } of compiled.data) elements(memory, place, dtype).set(values)
  const inputs = compiled.inputs.map((place, k) => elements(memory, place, (plan.inputs[k] as Type).dtype))
  const outputs = compiled.outputs.map((place, k) =>
    elements(memory, place, (plan.types[plan.outputs[k] as number] as Type).dtype),
  )
  /** What a run left in the middle is neither read nor gone on with. */
  let failed: { readonly error: unknown } | undefined
  const intact = (): void => {
    if (failed) throw failed.error
  }
  return {
    plan,
    reason,
    write: (k, x) => inputs[k]?.set(x),
    run: () => {
      intact()
      try {
        pool?.check()
        act.run()
      } catch (error) {
        failed = { error }
        throw error
      }
    },
    commit: act.commit,
    read: (k) => copied(outputs[k] as Float32Array),
    readInput: (k) => {
      intact()
      return copied(inputs[k] as Float32Array)
    },
    release: () => {
      if (!pool) return
      act.stop()
      pool.release()
    },
  }
}
