/** An instance of a module: inputs are written to its memory, one call runs it, outputs are read. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type LoopLimitReached, limitReached } from '../../../lang/kernel/limit.ts'
import type { Closed } from '../../../lang/syntax/closed.ts'
import { bug } from '../../../lang/syntax/error.ts'
import { nth } from '../../../lang/syntax/list.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import type { Elements, Floats } from '../../boundary.ts'
import type { CompileError } from '../../error.ts'
import { inKernel, trappedIn } from '../../lost.ts'
import type { Region } from '../kernel/region.ts'
import type { TypedRegion } from '../steps/compile.ts'
import { check, words } from '../threads/protocol.ts'
import { engine, type WasmMemory } from './engine.ts'
import { maySleep } from './features.ts'
import { messageOf, noDevice } from './module.ts'
import { type CompiledModule, compileModule, type WasmOptions } from './moduleCache.ts'
import { type Pool, startPool } from './pool.ts'

export interface Instance {
  readonly inputs: readonly TypedRegion[]
  readonly outputs: readonly TypedRegion[]
  readonly reason: string
  readonly write: (input: number, x: Elements) => void
  readonly run: () => void
  /** A state has been written. */
  readonly loaded: () => void
  /** Advances the state: the first outputs become the first inputs. */
  readonly commit: () => void
  readonly read: (output: number) => Floats
  readonly readInput: (input: number) => Floats
  readonly release: () => void
}
type Stored = Float32Array | Float64Array | Int32Array
export const elements = ({ buffer }: WasmMemory, { base, size, width }: Region, dtype: Type['dtype']): Stored => {
  if (dtype !== 'real') return new Int32Array(buffer, base, size)
  return width === 8 ? new Float64Array(buffer, base, size) : new Float32Array(buffer, base, size)
}
const copied = (x: Stored = bug('no such input or output')): Floats =>
  x instanceof Int32Array ? Float64Array.from(x) : x.slice()

const outOf =
  (what: string) =>
  (error: unknown): CompileError =>
    noDevice(
      `${what} cannot be allocated: ${messageOf(error)}`,
      'smaller arrays or batches; release executables that are done',
    )
/** All the memory that a program needs, at once. */
export const memoryFor = (pages: number, threads: number): E.Either<CompileError, WasmMemory> =>
  E.tryCatch(
    () => new engine.Memory(threads > 1 ? { initial: pages, maximum: pages, shared: true } : { initial: pages }),
    outOf(`${pages * 65536} bytes of memory`),
  )

export const instantiate = async (
  p: Closed,
  carried: number,
  options: WasmOptions,
): Promise<E.Either<CompileError, Instance>> => {
  const found = await compileModule(p, carried, options)
  if (E.isLeft(found)) return found
  const { compiled, module } = found.right
  const allocated = memoryFor(compiled.pages, compiled.threads)
  if (E.isLeft(allocated)) return allocated
  const memory = allocated.right
  const started = compiled.threads > 1 ? await startPool(module, memory, compiled.threads) : E.right(undefined)
  if (E.isLeft(started)) {
    const alone = await instantiate(p, carried, { ...options, threads: 1 })
    return E.map((m: Instance): Instance => ({ ...m, reason: `one thread: ${started.left}` }))(alone)
  }
  const pool = started.right
  const imports = { env: { memory, [check]: pool?.check } }
  const instance = await TE.tryCatch(() => engine.instantiate(module, imports), outOf('an instance'))()
  if (E.isLeft(instance)) {
    pool?.release()
    return instance
  }
  return E.right(instanceOf(found.right, memory, carried, instance.right.exports as Exports, pool))
}

/** What every module of ours exports; `stop` only with threads, `first` only where something is computed once for a state. */
export type Exports = Readonly<Record<'run' | 'commit' | 'stop', () => void>> & { readonly first?: () => void }
export const instanceOf = (
  { compiled, reason }: Omit<CompiledModule, 'module'>,
  memory: WasmMemory,
  carried: number,
  calls: Exports,
  pool: Pool | undefined,
): Instance => {
  if (pool && !maySleep()) new Int32Array(memory.buffer)[words.awake / 4] = 1
  for (const { region, dtype, values } of compiled.data) elements(memory, region, dtype).set(values)
  const inputs = compiled.inputs.map((p) => elements(memory, p, p.dtype))
  const outputs = compiled.outputs.map((p) => elements(memory, p, p.dtype))
  const ended = new Int32Array(memory.buffer, words.limit, 1)
  /** The error of the loop whose limit has ended a run; undefined where the run has failed otherwise. */
  const limitError = (): LoopLimitReached | undefined => {
    const loop = compiled.loops[nth(ended, 0) - 1]
    ended.fill(0)
    return loop?.limit === undefined ? undefined : limitReached(loop.limit, loop.name)
  }
  /**
   * After a failed run the memory is invalid: every later call throws the same error. Where a loop has reached its limit,
   * only the state is invalid, until one is loaded.
   */
  let failed: { readonly error: unknown; readonly untilLoaded: boolean } | undefined
  /** Whether no run has seen this state. */
  let isFresh = true
  const intact = (): void => {
    if (failed) throw failed.error
  }
  return {
    inputs: compiled.inputs,
    outputs: compiled.outputs,
    reason,
    write: (k, x) => inputs[k]?.set(x),
    run: () => {
      intact()
      try {
        pool?.check()
        if (isFresh) calls.first?.()
        isFresh = false
        calls.run()
      } catch (trapped) {
        const limit = limitError()
        const error = limit ?? inKernel(trapped, trappedIn(trapped))
        if (limit === undefined || carried > 0) failed = { error, untilLoaded: limit !== undefined }
        throw error
      }
    },
    loaded: () => {
      isFresh = true
      if (failed?.untilLoaded) failed = undefined
    },
    commit: calls.commit,
    read: (k) => copied(outputs[k]),
    readInput: (k) => {
      intact()
      return copied(inputs[k])
    },
    release: () => {
      if (!pool) return
      calls.stop()
      pool.release()
    },
  }
}
