/** WebAssembly: a program as one module over one memory, four float32 at a time; a run is one call. */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { checkAxes } from '../../lang/axes.ts'
import type { Closed } from '../../lang/closed.ts'
import { keyOf } from '../../lang/plain.ts'
import type { Program } from '../../lang/program.ts'
import type { Type } from '../../lang/shape.ts'
import { type Arrays, type Results, typeLeaves } from '../../lang/tree.ts'
import type { Backend, Executable } from '../backend.ts'
import { checkInputs, type Elements, type Floats, toResults } from '../boundary.ts'
import type { CompileError, RunError } from '../error.ts'
import { executable } from '../executable.ts'
import { costOf } from '../schedule/cost.ts'
import type { Plan } from '../schedule/plan.ts'
import { schedule } from '../schedule/schedule.ts'
import { f32x4, makeModule } from './assembler.ts'
import { type Compiled, compilePlan } from './compile.ts'
import { engine, type Memory, type Module } from './engine.ts'
import type { Place } from './kernel.ts'
import { startPool } from './pool.ts'

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
const known = new Map<string, Promise<Made>>()
const kept = 32
interface Made {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly module: Module
  readonly threads: number
}
const made = (p: Closed, carried: number, asked: number, relaxed: boolean): Promise<Made> => {
  const key = `${carried} ${asked} ${relaxed} ${keyOf(p)}`
  const found = known.get(key) ?? make(p, carried, asked, relaxed)
  known.delete(key)
  known.set(key, found)
  for (const oldest of known.keys()) if (known.size > kept) known.delete(oldest)
  return found
}
const make = async (p: Closed, carried: number, asked: number, relaxed: boolean): Promise<Made> => {
  const plan = schedule(p)
  const pays = asked > 1 && hasSharedMemory() && costOf(plan).flops >= largeProgram
  const threads = pays ? asked : 1
  const compiled = compilePlan(plan, carried, { threads, relaxed })
  const fits = compiled.pages <= limit
  return { plan, compiled, threads, module: fits ? await engine.compile(compiled.bytes) : {} }
}
const start = async (p: Closed, carried: number, o: Options): Promise<E.Either<CompileError, Machine>> => {
  const checked = checkAxes(p)
  if (E.isLeft(checked)) return E.left({ _tag: 'Refused', diagnostics: checked.left })
  const asked = Math.max(1, Math.floor(o.threads ?? 1))
  const { plan, compiled, module, threads } = await made(p, carried, asked, o.relaxed === true && hasRelaxed())
  const { pages } = compiled
  if (pages > limit)
    return E.left({ _tag: 'TooLarge', what: 'memory in bytes', size: pages * 65536, limit: limit * 65536 })
  const memory = new engine.Memory(threads > 1 ? { initial: pages, maximum: pages, shared: true } : { initial: pages })
  const instance = await engine.instantiate(module, { env: { memory } })
  const act = instance.exports as Record<'run' | 'commit' | 'start' | 'stop', () => void>
  const pool = threads > 1 ? await startPool(module, memory, threads) : undefined
  if (threads > 1 && pool === undefined) {
    const alone = await start(p, carried, { ...o, threads: 1 })
    return E.map((m: Machine): Machine => ({ ...m, reason: 'one thread: there are no workers here' }))(alone)
  }
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
      if (pool) act.start()
      act.run()
    },
    commit: act.commit,
    read: (k) => copied(outputs[k] as Float32Array),
    readInput: (k) => copied(inputs[k] as Float32Array),
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
      : 'one thread: there is no shared memory here'

export const wasm = (options: Options = {}): Backend => ({
  name: 'wasm',
  compile:
    <In, Out>(p: Parameters<Backend['compile']>[0]) =>
    async (): Promise<E.Either<CompileError, Executable<In, Out>>> => {
      const started = await start(p.closed, 0, options)
      if (E.isLeft(started)) return started
      const { plan, reason, write, run, read, release } = started.right
      return E.right(
        executable(p, {
          backend: 'wasm',
          reason,
          call: (inputs) => {
            inputs.forEach((x, k) => {
              write(k, x)
            })
            run()
            return plan.outputs.map((_, k) => read(k))
          },
          release,
        }) as never,
      )
    },
})

/** A step that is run again and again: (state, data) -> (state, results). The state stays in the module's memory. */
export interface Resident<S, D, R> {
  readonly backend: string
  readonly reason: string
  readonly load: (state: Arrays<S>) => E.Either<RunError, void>
  /** The results of one step; the state moves on. */
  readonly step: (data: Arrays<D>) => E.Either<RunError, Results<R>>
  readonly state: IO<Results<S>>
  readonly release: IO<void>
}
export const resident =
  <S, D, R>(
    p: Program<readonly [S, D], readonly [S, R]>,
    options: Options = {},
  ): TaskEither<CompileError, Resident<S, D, R>> =>
  async () => {
    const [state, data] = p.in
    const [, results] = p.out
    const carried = typeLeaves(state).length
    const started = await start(p.closed, carried, options)
    if (E.isLeft(started)) return started
    const { plan, write, run, commit, read } = started.right
    const put = (types: unknown, from: number) => {
      const check = checkInputs(types)
      return (x: unknown): E.Either<RunError, void> => {
        const found = check(x)
        if (E.isLeft(found)) return found
        for (const [k, a] of found.right.entries()) write(from + k, a)
        return E.right(undefined)
      }
    }
    const [putState, putData] = [put(state, 0), put(data, carried)]
    const get = (types: unknown, from: number, count: number): unknown =>
      toResults(
        types,
        Array.from({ length: count }, (_, k) => read(from + k)),
      )
    return E.right({
      backend: 'wasm',
      reason: started.right.reason,
      load: putState,
      step: (x) => {
        const found = putData(x)
        if (E.isLeft(found)) return found
        run()
        const made = get(results, carried, plan.outputs.length - carried)
        commit()
        return E.right(made) as never
      },
      state: () =>
        toResults(
          state,
          plan.inputs.slice(0, carried).map((_, k) => started.right.readInput(k)),
        ) as never,
      release: started.right.release,
    })
  }
