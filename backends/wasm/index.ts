/** WebAssembly: a program as one module over one memory, four float32 at a time; a run is one call. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Closed } from '../../lang/closed.ts'
import { keyOf } from '../../lang/plain.ts'
import type { Type } from '../../lang/shape.ts'
import type { Backend } from '../backend.ts'
import type { Elements, Floats } from '../boundary.ts'
import { define } from '../define.ts'
import type { CompileError } from '../error.ts'
import { carriedBy } from '../resident.ts'
import { costOf } from '../schedule/cost.ts'
import type { Plan } from '../schedule/plan.ts'
import { schedule } from '../schedule/schedule.ts'
import { f32x4, makeModule } from './assembler/index.ts'
import { type Compiled, compilePlan } from './compile.ts'
import { engine, type Memory, type Module } from './engine.ts'
import type { Place } from './kernel/place.ts'
import { maySleep, startPool } from './pool.ts'
import { check, words } from './team.ts'

/** Memory is addressed with 32 bits. */
const limit = 65536

const elements = (memory: Memory, { base, size }: Place, dtype: Type['dtype']): Float32Array | Int32Array =>
  dtype === 'real' ? new Float32Array(memory.buffer, base, size) : new Int32Array(memory.buffer, base, size)
const copied = (x: Float32Array | Int32Array): Floats => (x instanceof Float32Array ? x.slice() : Float64Array.from(x))
/** Does the engine know fused multiplication and addition? */
const hasRelaxed = (): boolean => {
  const m = makeModule()
  m.func(['v128'], 'v128', (_, x) => f32x4.relaxedMadd(x.get, x.get, x.get))
  return engine.validate(m.finish({ pages: 1 }))
}
/** Does it know vectors, without which nothing here runs? */
export const isSupported = (): boolean => {
  if (engine === undefined) return false
  const m = makeModule()
  m.func(['v128'], 'v128', (_, x) => f32x4.add(x.get, x.get))
  return engine.validate(m.finish({ pages: 1 }))
}
/** A module at work: numbers in, one call, numbers out. */
interface Machine {
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
export interface Options {
  /** Threads that work on one program, the caller's included; 1 by default. Small programs stay on one. */
  readonly threads?: number
  /**
   * Fused multiplication and addition: faster, and rounded as the machine likes. Node 20 has it only behind
   * --experimental-wasm-relaxed-simd.
   */
  readonly relaxed?: boolean
}
/** Operations that pay for waking another thread. */
const largeProgram = 2e6
const hasSharedMemory = (): boolean => typeof SharedArrayBuffer !== 'undefined'

/** The last programs compiled, by their content: compiling one again costs an instance. */
const known = new Map<string, Promise<E.Either<CompileError, Made>>>()
const kept = 32
interface Made {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly module: Module
  readonly threads: number
}
const made = (p: Closed, carried: number, asked: number, relaxed: boolean): Promise<E.Either<CompileError, Made>> => {
  const key = `${carried} ${asked} ${relaxed} ${keyOf(p)}`
  const found = known.get(key) ?? make(p, carried, asked, relaxed)
  known.delete(key)
  known.set(key, found)
  for (const oldest of known.keys()) if (known.size > kept) known.delete(oldest)
  return found
}
const noDevice = (why: string, howTo: string): CompileError => ({ _tag: 'NoDevice', mode: 'wasm', why, howTo })
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
/** The module is valid, so the host refuses every module. */
const refused = (error: unknown): CompileError =>
  noDevice(messageOf(error), "allow 'wasm-unsafe-eval' in the script-src of the page's Content-Security-Policy")

const make = async (
  p: Closed,
  carried: number,
  asked: number,
  relaxed: boolean,
): Promise<E.Either<CompileError, Made>> => {
  if (!isSupported()) return E.left(noDevice('this engine has no WebAssembly with vectors', 'Node 20 or later'))
  const plan = schedule(p)
  const pays = asked > 1 && hasSharedMemory() && costOf(plan).flops >= largeProgram
  const shared = compilePlan(plan, carried, { threads: pays ? asked : 1, relaxed })
  const { threads } = shared
  const compiled = pays && threads === 1 ? compilePlan(plan, carried, { relaxed }) : shared
  const { pages, bytes } = compiled
  if (pages > limit)
    return E.left({ _tag: 'TooLarge', what: 'memory in bytes', size: pages * 65536, limit: limit * 65536 })
  const module = await TE.tryCatch(() => engine.compile(bytes), refused)()
  return E.map((m: Module): Made => ({ plan, compiled, threads, module: m }))(module)
}
/** All that a program will ever need, or nothing. */
const memoryFor = (pages: number, threads: number): E.Either<CompileError, Memory> =>
  E.tryCatch(
    () => new engine.Memory(threads > 1 ? { initial: pages, maximum: pages, shared: true } : { initial: pages }),
    (error) =>
      noDevice(
        `${pages * 65536} bytes of memory cannot be had: ${messageOf(error)}`,
        'smaller arrays or batches; release executables that are done',
      ),
  )
const start = async (p: Closed, carried: number, o: Options): Promise<E.Either<CompileError, Machine>> => {
  const asked = Math.max(1, Math.floor(o.threads ?? 1))
  const found = await made(p, carried, asked, o.relaxed === true && isSupported() && hasRelaxed())
  if (E.isLeft(found)) return found
  const { plan, compiled, module, threads } = found.right
  const had = memoryFor(compiled.pages, threads)
  if (E.isLeft(had)) return had
  const memory = had.right
  const started = threads > 1 ? await startPool(module, memory, threads) : undefined
  if (started && E.isLeft(started)) {
    const alone = await start(p, carried, { ...o, threads: 1 })
    return E.map((m: Machine): Machine => ({ ...m, reason: `one thread: ${started.left}` }))(alone)
  }
  const pool = started?.right
  const instance = await engine.instantiate(module, { env: { memory, [check]: pool?.check } })
  const act = instance.exports as Record<'run' | 'commit' | 'stop', () => void>
  if (pool && !maySleep()) new Int32Array(memory.buffer)[words.awake / 4] = 1
  for (const { place, dtype, values } of compiled.data) elements(memory, place, dtype).set(values)
  const inputs = plan.inputs.map((t, k) => elements(memory, compiled.inputs[k] as Place, t.dtype))
  const outputs = plan.outputs.map((v, k) =>
    elements(memory, compiled.outputs[k] as Place, (plan.types[v] as Type).dtype),
  )
  return E.right({
    plan,
    reason: reasonFor(asked, threads),
    write: (k, x) => (inputs[k] as Float32Array).set(x),
    run: () => {
      pool?.check()
      act.run()
    },
    commit: act.commit,
    read: (k) => copied(outputs[k] as Float32Array),
    readInput: (k) => {
      pool?.check()
      return copied(inputs[k] as Float32Array)
    },
    release: () => {
      if (!pool) return
      act.stop()
      pool.release()
    },
  })
}
const reasonFor = (asked: number, threads: number): string =>
  asked === threads
    ? 'asked for'
    : hasSharedMemory()
      ? 'one thread: the program is small'
      : 'one thread: there is no shared memory here; a page has it when it is cross-origin isolated'

/** Inputs from the k-th on, in order. */
const writeFrom = (m: Machine, k: number, xs: readonly Elements[]): void => {
  for (const [i, x] of xs.entries()) m.write(k + i, x)
}
export const wasm = (options: Options = {}): Backend =>
  define('wasm', {
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
