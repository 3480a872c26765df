/** Compiled modules, found again by the content of their programs. */
import * as E from 'fp-ts/lib/Either.js'
import type { ModuleStore, RealPrecision } from '../../../lang/backend.ts'
import type { Closed } from '../../../lang/syntax/closed.ts'
import { keyOf } from '../../../lang/syntax/plain.ts'
import type { CompileError } from '../../error.ts'
import { costOf } from '../../schedule/cost.ts'
import { type Element, elementOf } from '../assembler/index.ts'
import { type Compiled, compilePlan } from '../steps/compile.ts'
import { planOf } from '../steps/planOf.ts'
import type { Module } from './engine.ts'
import { keyFor } from './entry.ts'
import { hasRelaxed, hasSharedMemory, isSupported } from './features.ts'
import { type Loaded, readEntry, writeEntry } from './kept.ts'
import { moduleOf, noDevice } from './module.ts'

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
  /**
   * Where compiled modules are kept, so that a program compiled once is only loaded the next time: `moduleFolder()` of
   * adjoint/disk in Node, `pageModules()` in a page. Whether that succeeded is in the `reason` of what is compiled. None
   * by default.
   */
  readonly cache?: ModuleStore
}
export interface CompiledModule {
  readonly compiled: Compiled
  readonly module: Module
  readonly reason: string
}
type Outcome = Promise<E.Either<CompileError, CompiledModule>>

/** Pages of 64 KiB that 32 bits address. */
const limit = 65536
/** A program with this many operations is worth waking other threads. */
const largeProgram = 2e6

const reasonFor = (asked: number, threads: number): string =>
  asked === threads
    ? 'asked for'
    : hasSharedMemory()
      ? 'one thread: the program is small'
      : 'one thread: there is no shared memory here; a page has it when it is cross-origin isolated'

/** What a module depends on, beside the program. */
interface Conditions {
  readonly carried: number
  readonly asked: number
  readonly relaxed: boolean
  readonly element: Element
}
const compiledFor = (p: Closed, { carried, asked, relaxed, element }: Conditions): Compiled => {
  const plan = planOf(p, element)
  const pays = asked > 1 && hasSharedMemory() && costOf(plan).flops >= largeProgram
  const shared = compilePlan(plan, carried, { element, threads: pays ? asked : 1, relaxed })
  return pays && shared.threads === 1 ? compilePlan(plan, carried, { element, relaxed }) : shared
}
const compile = async (p: Closed, conditions: Conditions, key: string, cache: ModuleStore | undefined): Outcome => {
  if (!isSupported()) return E.left(noDevice('this engine has no WebAssembly with vectors', 'Node 20 or later'))
  const entry = cache && keyFor(`${key} ${hasSharedMemory()}`)
  const kept = cache && entry !== undefined ? await readEntry(cache, entry) : undefined
  if (kept !== undefined && E.isRight(kept)) return E.right(withReason(kept.right, conditions.asked))
  const compiled = compiledFor(p, conditions)
  const { pages, bytes } = compiled
  if (pages > limit)
    return E.left({ _tag: 'TooLarge', what: 'memory in bytes', size: pages * 65536, limit: limit * 65536 })
  const module = await moduleOf(bytes)
  if (E.isLeft(module)) return module
  const found = { compiled, module: module.right }
  if (cache === undefined || entry === undefined || kept === undefined)
    return E.right(withReason({ ...found, note: undefined }, conditions.asked))
  const note = await writeEntry(cache, entry, compiled, kept.left)
  return E.right(withReason({ ...found, note }, conditions.asked))
}
const withReason = ({ compiled, module, note }: Loaded, asked: number): CompiledModule => {
  const reason = reasonFor(asked, compiled.threads)
  return { compiled, module, reason: note === undefined ? reason : `${reason}; ${note}` }
}

/** The programs compiled last, by their content. The key is the given program, so a hit costs no simplification. */
const known = new Map<string, Outcome>()
const kept = 32
/** `carried`: how many of the first outputs are the first inputs of the next run. */
export const compileModule = (p: Closed, carried: number, options: WasmOptions): Outcome => {
  const asked = Math.max(1, Math.floor(options.threads ?? 1))
  const relaxed = options.relaxed === true && hasRelaxed()
  const element = elementOf(options.precision ?? 'float32')
  const content = `${element.precision} ${carried} ${asked} ${relaxed} ${keyOf(p)}`
  const key = options.cache === undefined ? content : `${options.cache.name} ${content}`
  const found = known.get(key) ?? compile(p, { carried, asked, relaxed, element }, content, options.cache)
  known.delete(key)
  known.set(key, found)
  for (const oldest of known.keys()) if (known.size > kept) known.delete(oldest)
  return found
}
