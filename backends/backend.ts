/**
 * What a back end is: one function from a program to an executable, which is one function from inputs to outputs. Nothing
 * has been computed before `run`. Back ends differ in precision, never in meaning.
 *
 * A back end must not: name a primitive (kernels and the forms of lang/kernel/meaning.ts are all there is), fall back to
 * another mode than the one it reports, write to an input, or hand out memory that a later run writes to.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Program } from '../lang/syntax/program.ts'
import type { Arrays, Results } from '../lang/syntax/tree.ts'
import type { CompileError, RunError } from './error.ts'

export interface Backend {
  readonly name: string
  readonly compile: <In, Out>(p: Program<In, Out>) => TaskEither<CompileError, Executable<In, Out>>
  /** The schedule as text: see `plan`. Absent: what every back end does. */
  readonly plan?: <In, Out>(p: Program<In, Out>) => TaskEither<CompileError, string>
  /** A step to be run again and again: (state, data) -> (state', results), the state kept where the back end works. */
  readonly resident: <S, D, R>(
    step: Program<readonly [S, D], readonly [S, R]>,
  ) => TaskEither<CompileError, Resident<S, D, R>>
}
export interface Executable<In, Out> {
  /** The back end and its mode: 'gpujs:webasm'. */
  readonly backend: string
  /** Why this mode: 'asked for', or what was found on the machine. */
  readonly reason: string
  /**
   * Law: the same inputs give the same bits. The results are the caller's own. Integers that the back end may have
   * rounded are the error InexactInteger.
   */
  readonly run: (inputs: Arrays<In>) => TaskEither<RunError, Results<Out>>
  /** Gives memory back, once the runs that go on are done. A later run is the error Released; a second release does nothing. */
  readonly release: IO<void>
}
/**
 * A state, and the step that moves it on. The state is 0 until one is loaded, and is read only when that is asked for.
 *
 * Law:     load s, step d1, ..., step dn, read = the fold of `run` over d1 ... dn from s, to the same bits
 *
 * What is started while something else goes on waits for its turn. After an error of the inputs the state is as it was;
 * after InexactInteger, an error of the results, it has moved on.
 */
export interface Resident<S, D, R> {
  readonly backend: string
  readonly reason: string
  /** A copy of this becomes the state. */
  readonly load: (state: Arrays<S>) => TaskEither<RunError, void>
  /** The results of one step from the state, which moves on. They are the caller's own. */
  readonly step: (data: Arrays<D>) => TaskEither<RunError, Results<R>>
  /** A copy of the state. */
  readonly read: TaskEither<RunError, Results<S>>
  /** Gives memory back, as that of an executable. */
  readonly release: IO<void>
}
