/** Builds a back end from functions that may assume a valid program. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { checkAxes } from '../lang/axes.ts'
import type { Diagnostics } from '../lang/syntax/error.ts'
import type { UntypedProgram } from '../lang/syntax/program.ts'
import type { Backend } from './backend.ts'
import type { CompileError } from './error.ts'
import { executable, type Target } from './executable.ts'
import { refusing } from './refusing.ts'
import { type Held, inVariable, resident, type StepProgram, unlikeState } from './resident.ts'
import { schedule } from './schedule/schedule.ts'
import { showPlan } from './schedule/show.ts'

type Opened<A> = TE.TaskEither<CompileError, A>
const scheduled = (p: UntypedProgram): Opened<string> => TE.right(showPlan(schedule(p.closed)))
interface Definition {
  readonly open: (p: UntypedProgram) => Opened<Target>
  /** The kernels that will run, as text. Absent: the schedule that all back ends share. */
  readonly plan?: (p: UntypedProgram) => Opened<string>
  /** Opens a step whose state stays in the back end's own memory. Absent: the state is kept in a variable. */
  readonly hold?: (step: StepProgram) => Opened<Held>
}
const runnable = <P extends UntypedProgram>(p: P): E.Either<CompileError, P> =>
  E.bimap(
    (diagnostics: Diagnostics): CompileError => ({ _tag: 'Refused', diagnostics }),
    () => p,
  )(checkAxes(p.closed))
const isStep =
  (name: string) =>
  (step: StepProgram): E.Either<CompileError, StepProgram> => {
    const wrong = unlikeState(name, step)
    return wrong === undefined ? E.right(step) : E.left(wrong)
  }

/** An exception while a back end compiles a program becomes the error CompileFailed. */
const caught =
  <A>(backend: string, opened: Opened<A>): Opened<A> =>
  () =>
    opened().catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error)
      return E.left({ _tag: 'CompileFailed', backend, message })
    })

/** Errors: Refused, if the program reads an axis that no vmap maps; Unsupported, if a step changes its state's types. */
export const define = (name: string, { open, hold, plan }: Definition): Backend => {
  const compile = refusing('compile(f: program)', (p: UntypedProgram) =>
    pipe(
      TE.fromEither(runnable(p)),
      TE.chain((q) => caught(name, open(q))),
      TE.map((target) => executable(p, target)),
    ),
  )
  const openStep = hold ?? ((step: StepProgram) => TE.map((t: Target) => inVariable(step, t))(open(step)))
  const compileStep = refusing('resident(step: program)', (step: StepProgram) =>
    pipe(
      TE.fromEither(E.chain(isStep(name))(runnable(step))),
      TE.chain((q) => caught(name, openStep(q))),
      TE.map((held) => resident(step, held)),
    ),
  )
  const shown = refusing('plan(f: program)', (p: UntypedProgram) =>
    pipe(TE.fromEither(runnable(p)), TE.chain(plan ?? scheduled)),
  )
  // programs are untyped from here on: their trees have been checked, and `executable` checks inputs again
  return { name, compile: compile as Backend['compile'], resident: compileStep as Backend['resident'], plan: shown }
}
