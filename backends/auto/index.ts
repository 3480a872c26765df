/**
 * The back end that suits a program: WebAssembly, on all cores where they pay; a GPU through gpu.js for work that is worth
 * the way there, if the machine really has one; the reference where the engine has no WebAssembly with vectors. The choice
 * and its reason are the executable's `backend` and `reason`. All but the reference compute in float32.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import type { Backend } from '../backend.ts'
import { type CompileError, showBackendError } from '../error.ts'
import { findGpu, type Host } from '../gpujs/device/findGpu.ts'
import { gpujs } from '../gpujs/index.ts'
import { reference } from '../reference/index.ts'
import { bytesOf, costOf } from '../schedule/cost.ts'
import { schedule } from '../schedule/schedule.ts'
import { isSupported, wasm } from '../wasm/index.ts'
import { choose, type Work } from './choose.ts'

export interface Options {
  /** Threads of WebAssembly; by default as many as there are cores, 8 at most. */
  readonly threads?: number
  /** Where a GPU is looked for. */
  readonly host?: Host
}
interface Choice {
  readonly backend: Backend
  readonly why: string
  /** What to run on when this one refuses the program. */
  readonly otherwise?: Backend
}

const workOf = (p: UntypedProgram): Work => {
  const plan = schedule(p.closed)
  const ends = [...plan.inputs, ...plan.outputs.map((v) => plan.types[v] as Type)]
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
const chosen = async (p: UntypedProgram, { threads = coresOf(), host }: Options): Promise<Choice> => {
  if (!isSupported()) return { backend: reference, why: 'this engine has no WebAssembly with vectors' }
  const here = wasm({ threads })
  const found = await findGpu(host)
  if (!('mode' in found)) return { backend: here, why: `no GPU: ${found.missing}` }
  const { place, why } = choose(workOf(p), threads)
  return place === 'gpu'
    ? { backend: gpujs({ mode: found.mode }), why: `${found.name}: ${why}`, otherwise: here }
    : { backend: here, why: `${why} (${found.name})` }
}

interface Made {
  readonly reason: string
}
type Outcome<A> = TE.TaskEither<CompileError, A>
/** What is made on the chosen back end, and why there. */
const made = <A extends Made>(p: UntypedProgram, options: Options, make: (b: Backend) => Outcome<A>): Outcome<A> =>
  pipe(
    TE.fromTask(() => chosen(p, options)),
    TE.chain(({ backend, why, otherwise }) =>
      pipe(
        make(backend),
        TE.map((a): A => ({ ...a, reason: a.reason === 'asked for' ? why : `${why}; ${a.reason}` })),
        TE.orElse((refusal) =>
          otherwise === undefined
            ? TE.left(refusal)
            : TE.map((a: A): A => ({ ...a, reason: `${backend.name} refused: ${firstLine(refusal)}` }))(
                make(otherwise),
              ),
        ),
      ),
    ),
  )
const firstLine = (e: CompileError): string => showBackendError(e).split('\n')[0] as string

export const auto = (options: Options = {}): Backend => ({
  name: 'auto',
  compile: (p) => made(p, options, (b) => b.compile(p)),
  resident: (step) => made(step, options, (b) => b.resident(step)),
})
