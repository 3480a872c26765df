/**
 * Chooses a back end for a program. WebAssembly, with threads if the program is large; a GPU through gpu.js, if the machine
 * has one and the arithmetic is worth the transfer of inputs and results; the reference, if the engine has no WebAssembly
 * with vectors. The executable's `backend` and `reason` report the choice. All but the reference compute in
 * float32, unless float64 is asked for: then WebAssembly runs the program.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ModuleStore, RealPrecision } from '../../lang/backend.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import type { Backend } from '../backend.ts'
import { type CompileError, showBackendError } from '../error.ts'
import { findGpu, type Host } from '../gpujs/device/findGpu.ts'
import { gpujs } from '../gpujs/index.ts'
import { plan } from '../plan.ts'
import { reference } from '../reference/index.ts'
import { refusing } from '../refusing.ts'
import { bytesOf, costOf } from '../schedule/cost.ts'
import { typeOf } from '../schedule/plan.ts'
import { schedule } from '../schedule/schedule.ts'
import { isSupported, wasm } from '../wasm/index.ts'
import { choose, type Work } from './choose.ts'

export interface AutoOptions {
  /** Of reals. Default: float32. GPUs have no float64 through gpu.js. */
  readonly precision?: RealPrecision
  /** Threads of WebAssembly; by default as many as there are cores, 8 at most. */
  readonly threads?: number
  /** Where WebAssembly keeps compiled modules, as the option of `wasm`. */
  readonly cache?: ModuleStore
  /** Where to look for a GPU; by default this machine. */
  readonly host?: Host
}
interface Choice {
  readonly backend: Backend
  readonly why: string
  /** The back end to use when this one refuses the program. */
  readonly otherwise?: Backend
}

const workOf = (p: UntypedProgram): Work => {
  const plan = schedule(p.closed)
  const ends = [...plan.inputs, ...plan.outputs.map((v) => typeOf(plan, v))]
  return { ...costOf(plan), kernels: plan.steps.length, crossing: ends.reduce((n, t) => n + bytesOf(t), 0) }
}
const coresOf = (): number => {
  const { navigator, process } = globalThis as unknown as {
    readonly navigator?: { readonly hardwareConcurrency?: number }
    readonly process?: {
      readonly getBuiltinModule?: (name: 'node:os') => { readonly availableParallelism: () => number }
    }
  }
  return Math.min(
    8,
    process?.getBuiltinModule?.('node:os').availableParallelism() ?? navigator?.hardwareConcurrency ?? 1,
  )
}
const chosen = async (
  p: UntypedProgram,
  { precision = 'float32', threads = coresOf(), cache, host }: AutoOptions,
): Promise<Choice> => {
  if (!isSupported()) return { backend: reference, why: 'this engine has no WebAssembly with vectors' }
  const here = wasm({ precision, threads, ...(cache && { cache }) })
  if (precision === 'float64') return { backend: here, why: 'float64, which GPUs lack through gpu.js' }
  const found = await findGpu(host)
  if (!('mode' in found)) return { backend: here, why: `no GPU: ${found.missing}` }
  const { device, why } = choose(workOf(p), threads)
  return device === 'gpu'
    ? { backend: gpujs({ mode: found.mode }), why: `${found.name}: ${why}`, otherwise: here }
    : { backend: here, why: `${why} (${found.name})` }
}

interface Compiled {
  readonly reason: string
}
type Compiling<A> = TE.TaskEither<CompileError, A>
/** Compiles on the chosen back end, and adds the reason of the choice. */
const onChosen = <A extends Compiled>(
  p: UntypedProgram,
  options: AutoOptions,
  compile: (b: Backend) => Compiling<A>,
): Compiling<A> =>
  pipe(
    TE.fromTask(() => chosen(p, options)),
    TE.chain(({ backend, why, otherwise }) =>
      pipe(
        compile(backend),
        TE.map((a): A => ({ ...a, reason: [why, a.reason.replace(/^asked for(; )?/, '')].filter(Boolean).join('; ') })),
        TE.orElse((refusal) =>
          otherwise === undefined
            ? TE.left(refusal)
            : TE.map((a: A): A => ({ ...a, reason: `${backend.name} refused: ${firstLine(refusal)}` }))(
                compile(otherwise),
              ),
        ),
      ),
    ),
  )
const firstLine = (e: CompileError): string => showBackendError(e).split('\n')[0] as string

export const auto = (options: AutoOptions = {}): Backend => ({
  name: 'auto',
  compile: refusing('compile(f: program)', (p) => onChosen(p, options, (b) => b.compile(p))),
  resident: refusing('resident(step: program)', (step) => onChosen(step, options, (b) => b.resident(step))),
  plan: refusing('plan(f: program)', (p) =>
    TE.chain(({ backend }: Choice) => plan(p, backend))(TE.fromTask(() => chosen(p, options))),
  ),
})
