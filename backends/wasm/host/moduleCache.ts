/** Compiled modules, found again by the content of their programs. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RealPrecision } from '../../../lang/backend.ts'
import type { Closed } from '../../../lang/syntax/closed.ts'
import { keyOf } from '../../../lang/syntax/plain.ts'
import type { CompileError } from '../../error.ts'
import type { Plan } from '../../schedule/plan.ts'
import { type Element, elementOf } from '../assembler/index.ts'
import { type Compiled, compilePlan } from '../steps/compile.ts'
import { planOf } from '../steps/planOf.ts'
import { isLargeProgram } from '../steps/worth.ts'
import { engine, type Module } from './engine.ts'
import { hasRelaxed, hasSharedMemory, isSupported } from './features.ts'

export interface WasmOptions {
  /** Of reals, in memory and in arithmetic; arrays are Float32Array or Float64Array. Default: float32. */
  readonly precision?: RealPrecision
  /** Threads that work on one program, the caller's included; 1 by default. Small programs run on one. */
  readonly threads?: number
  /**
   * Fused multiplication and addition, if the engine has it: faster, with rounding that depends on the machine. Off by
   * default. Node 20 has it only behind --experimental-wasm-relaxed-simd.
   */
  readonly relaxed?: boolean
}
export interface CompiledModule {
  readonly plan: Plan
  readonly compiled: Compiled
  readonly module: Module
  readonly reason: string
}
type Outcome = Promise<E.Either<CompileError, CompiledModule>>

/** Pages of 64 KiB that 32 bits address. */
const limit = 65536

export const noDevice = (why: string, howTo: string): CompileError => ({ _tag: 'NoDevice', mode: 'wasm', why, howTo })
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
/** The module is valid, so a host that refuses it refuses every module. */
const refused = (error: unknown): CompileError =>
  noDevice(messageOf(error), "allow 'wasm-unsafe-eval' in the script-src of the page's Content-Security-Policy")

const reasonFor = (asked: number, threads: number): string =>
  asked === threads
    ? 'asked for'
    : hasSharedMemory()
      ? 'one thread: the program is small'
      : 'one thread: there is no shared memory here; a page has it when it is cross-origin isolated'

const compile = async (p: Closed, carried: number, asked: number, relaxed: boolean, element: Element): Outcome => {
  if (!isSupported()) return E.left(noDevice('this engine has no WebAssembly with vectors', 'Node 20 or later'))
  const plan = planOf(p, element)
  const pays = asked > 1 && hasSharedMemory() && isLargeProgram(plan)
  const shared = compilePlan(plan, carried, { element, threads: pays ? asked : 1, relaxed })
  const compiled = pays && shared.threads === 1 ? compilePlan(plan, carried, { element, relaxed }) : shared
  const { pages, bytes } = compiled
  if (pages > limit)
    return E.left({ _tag: 'TooLarge', what: 'memory in bytes', size: pages * 65536, limit: limit * 65536 })
  const module = await TE.tryCatch(() => engine.compile(bytes), refused)()
  return E.map(
    (m: Module): CompiledModule => ({ plan, compiled, module: m, reason: reasonFor(asked, compiled.threads) }),
  )(module)
}

/** The programs compiled last, by their content. The key is the given program, so a hit costs no simplification. */
const known = new Map<string, Outcome>()
const kept = 32
/** `carried`: how many of the first outputs are the first inputs of the next run. */
export const compileModule = (p: Closed, carried: number, options: WasmOptions): Outcome => {
  const asked = Math.max(1, Math.floor(options.threads ?? 1))
  const relaxed = options.relaxed === true && hasRelaxed()
  const element = elementOf(options.precision ?? 'float32')
  const key = `${element.precision} ${carried} ${asked} ${relaxed} ${keyOf(p)}`
  const found = known.get(key) ?? compile(p, carried, asked, relaxed, element)
  known.delete(key)
  known.set(key, found)
  for (const oldest of known.keys()) if (known.size > kept) known.delete(oldest)
  return found
}
