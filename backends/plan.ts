/** How a program will run, as text. Nothing runs, so it works for modes that this machine lacks. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Program } from '../lang/syntax/program.ts'
import type { Backend } from './backend.ts'
import type { CompileError } from './error.ts'
import { refusing } from './refusing.ts'
import { schedule } from './schedule/schedule.ts'
import { showPlan } from './schedule/show.ts'

/**
 * The kernels that will run: the operations fused in each, the arrays that it reads and writes, its arithmetic and, on
 * gpu.js, its source. Then the cost of the program: operations on reals, bytes moved, and the most bytes alive at once.
 *
 * Errors: Refused, UnknownMode
 *
 * @example
 * const f = programOrThrow({ x: real(1000) }, ({ x }) => sum()(exp(x)))
 * const text = await plan(f, gpujs({ mode: 'webgpu' }))()
 * text._tag // => 'Right'
 */
export const plan = refusing(
  'plan(f: program, backend)',
  <In, Out>(p: Program<In, Out>, backend: Backend): TaskEither<CompileError, string> =>
    backend.plan?.(p) ?? TE.right(showPlan(schedule(p.closed))),
)
