/** Compiled modules, found again by the content of their programs. */
import * as E from 'fp-ts/lib/Either.js'
import type { ModuleStore, RealPrecision } from '../../../lang/backend.ts'
import type { Closed } from '../../../lang/syntax/closed.ts'
import { keyOf } from '../../../lang/syntax/plain.ts'
import { isSize } from '../../../lang/syntax/shape.ts'
import type { CompileError } from '../../error.ts'
import { beyondMemory, megabytes } from '../../schedule/beyond.ts'
import type { Plan } from '../../schedule/plan.ts'
import { showPlan } from '../../schedule/show.ts'
import { type Element, elementOf, float32, widthOf } from '../assembler/index.ts'
import type { Region } from '../kernel/region.ts'
import { type Compiled, compilePlan } from '../steps/compile.ts'
import { planOf } from '../steps/planOf.ts'
import { aboutThreads, isLargeProgram, threadsLine } from '../steps/worth.ts'
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
   * Bytes of memory that a program may need; 4 GiB by default, which 32 bits address. A program that needs more is refused
   * when it is compiled.
   */
  readonly memory?: number
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
/** The back end's name. */
export const nameOf = (element: Element): string => (element === float32 ? 'wasm' : `wasm:${element.precision}`)
type Outcome = Promise<E.Either<CompileError, CompiledModule>>

const page = 65536
/** Bytes that 32 bits address. */
const addressed = 65536 * page
/** The memory that an instance of a module has. */
const bytesOf = ({ pages }: Compiled): number => pages * page

const reasonFor = (asked: number, threads: number): string =>
  asked === threads
    ? 'asked for'
    : hasSharedMemory()
      ? 'one thread: the program is small'
      : 'one thread: there is no shared memory here; a page has it when it is cross-origin isolated'

/** What is asked of every module. */
interface Asked {
  readonly threads: number
  readonly relaxed: boolean
  readonly element: Element
  /** Bytes of memory that a module may need. */
  readonly memory: number
}
const shown = (x: unknown): string => (typeof x === 'string' ? JSON.stringify(x) : String(x))
/** What is asked, or the first option whose value breaks its rule. */
const askedIn = (options: WasmOptions): E.Either<CompileError, Asked> => {
  const { threads = 1, relaxed = false, precision = 'float32', memory = addressed } = options
  const element = elementOf(precision)
  const rules: readonly (readonly [option: keyof WasmOptions, found: unknown, holds: boolean, rule: string])[] = [
    ['precision', precision, element.precision === precision, "'float32' or 'float64'"],
    ['threads', threads, isSize(threads) && threads > 0, 'a whole number of threads, 1 or more'],
    ['relaxed', relaxed, typeof relaxed === 'boolean', 'true or false'],
    ['memory', memory, typeof memory === 'number' && memory > 0, 'a number of bytes, more than 0'],
  ]
  const broken = rules.find(([, , holds]) => !holds)
  if (broken) {
    const [option, found, , rule] = broken
    return E.left({ _tag: 'InvalidOption', backend: nameOf(element), option, found: shown(found), rule })
  }
  return E.right({ threads, relaxed: relaxed && hasRelaxed(), element, memory: Math.min(memory, addressed) })
}
interface Written {
  readonly plan: Plan
  readonly compiled: Compiled
}
/** The code of a program; an error where it needs more memory than there may be. */
const written = (p: Closed, carried: number, asked: Asked): E.Either<CompileError, Written> => {
  const { threads, relaxed, element, memory } = asked
  const plan = planOf(p, element)
  const about = { backend: nameOf(element), limit: memory }
  const pays = threads > 1 && hasSharedMemory() && isLargeProgram(plan)
  const attempt = (once: boolean): E.Either<CompileError, Written> => {
    const shared = compilePlan(plan, carried, { element, threads: pays ? threads : 1, relaxed, once })
    const compiled = pays && shared.threads === 1 ? compilePlan(plan, carried, { element, relaxed, once }) : shared
    const beyond = beyondMemory(plan, { ...about, needed: bytesOf(compiled), width: widthOf(element, 'real') })
    return beyond ? E.left(beyond) : E.right({ plan, compiled })
  }
  // where there is no memory for what is computed once, it is computed in every run
  return E.alt(() => attempt(false))(attempt(true))
}
/** What a module depends on, beside the program. */
interface Conditions extends Asked {
  readonly carried: number
  readonly cache: ModuleStore | undefined
  /** All that the code depends on, as text. */
  readonly content: string
}
const compile = async (p: Closed, asked: Conditions): Outcome => {
  if (!isSupported()) return E.left(noDevice('this engine has no WebAssembly with vectors', 'Node 20 or later'))
  const { cache, threads } = asked
  const entry = cache && keyFor(`${asked.content} ${hasSharedMemory()}`)
  const kept = cache && entry !== undefined ? await readEntry(cache, entry) : undefined
  if (kept !== undefined && E.isRight(kept)) return E.right(withReason(kept.right, threads))
  const found = written(p, asked.carried, asked)
  if (E.isLeft(found)) return found
  const { compiled } = found.right
  const module = await moduleOf(compiled.bytes)
  if (E.isLeft(module)) return module
  const loaded = { compiled, module: module.right }
  if (cache === undefined || entry === undefined || kept === undefined)
    return E.right(withReason({ ...loaded, note: undefined }, threads))
  const note = await writeEntry(cache, entry, compiled, kept.left)
  return E.right(withReason({ ...loaded, note }, threads))
}
const withReason = ({ compiled, module, note }: Loaded, asked: number): CompiledModule => {
  const reason = reasonFor(asked, compiled.threads)
  return { compiled, module, reason: note === undefined ? reason : `${reason}; ${note}` }
}
/** The plan of a program and the memory that an instance asks for. Nothing runs, and no engine is needed. */
export const planned = (p: Closed, options: WasmOptions): E.Either<CompileError, string> => {
  const asked = askedIn(options)
  if (E.isLeft(asked)) return asked
  const { threads } = asked.right
  return E.map(({ plan, compiled }: Written) => {
    const said = threads > 1 ? [showPlan(plan, aboutThreads), threadsLine(plan, threads)] : [showPlan(plan)]
    return [...said, memoryText(compiled)].join('\n')
  })(written(p, 0, asked.right))
}

/** All that an instance asks for: inputs, constants, and what the steps write; and what the engine compiles. */
const memoryText = (c: Compiled): string => {
  const bytes = (regions: readonly Region[]): number => regions.reduce((n, r) => n + r.width * r.size, 0)
  const [inputs, constants] = [bytes(c.inputs), bytes(c.data.map((d) => d.region))]
  const parts = { inputs, constants, 'values and packed operands': bytesOf(c) - inputs - constants }
  const listed = Object.entries(parts).map(([what, n]) => `${what} ${megabytes(n)}`)
  return `${bytesOf(c)} bytes of memory (${listed.join(', ')}), ${c.bytes.length} bytes of code`
}

/** Numbers of the stores: two stores may have one name. */
const numbers = new WeakMap<ModuleStore, number>()
let stores = 0
const numberOf = (store: ModuleStore): number => {
  const number = numbers.get(store) ?? ++stores
  numbers.set(store, number)
  return number
}
/** The programs compiled last, by their content. The key is the given program, so a hit costs no simplification. */
const known = new Map<string, Outcome>()
const kept = 32
/** `carried`: how many of the first outputs are the first inputs of the next run. */
export const compileModule = (p: Closed, carried: number, options: WasmOptions): Outcome => {
  const asked = askedIn(options)
  if (E.isLeft(asked)) return Promise.resolve(asked)
  const { threads, relaxed, element, memory } = asked.right
  const { cache } = options
  const content = `${element.precision} ${carried} ${threads} ${relaxed} ${memory} ${keyOf(p)}`
  const key = cache === undefined ? content : `${numberOf(cache)} ${content}`
  const found = known.get(key) ?? compile(p, { ...asked.right, carried, cache, content })
  known.delete(key)
  known.set(key, found)
  for (const oldest of known.keys()) if (known.size > kept) known.delete(oldest)
  return found
}
