/**
 * What a back end is: one function from a program to an executable, which is one function from inputs to outputs.
 * Nothing is computed before `run`. Back ends differ in precision, never in meaning.
 *
 * The contract is generic in the errors of compiling and of running, so that code which takes a back end need not know
 * one. A back end must not: name a primitive (it sees only kernels and the forms of lang/kernel/meaning.ts), fall back
 * to another mode than the one it reports, write to an input, or return memory that a later run writes to.
 */
import type { IO } from 'fp-ts/lib/IO.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Tensor } from './kernel/evaluate.ts'
import type { Closed } from './syntax/closed.ts'
import type { Program } from './syntax/program.ts'
import type { Data, Results } from './syntax/tree.ts'

/** The precision of a back end's reals, in memory and in arithmetic. */
export type RealPrecision = 'float32' | 'float64'
/** Random last places: relative changes are below `unit`; `next` is from -1 to 1, and the same sequence the same noise. */
export interface Noise {
  readonly unit: number
  readonly next: () => number
}
/**
 * What checks evaluate programs on, at many points: synchronously, in float64, as `evaluate` does up to rounding. It decides by
 * the program alone whether it takes it.
 */
export interface Evaluator {
  readonly name: string
  /**
   * The outputs, in arrays of the caller's; an array that was given before has not changed since. Undefined where the reference should evaluate: the program is small, or cannot be run here. `noise`:
   * the relative change of every rounded number, and of the real inputs, drawn anew for each.
   *
   * Errors:  thrown: LoopLimitReached, as `evaluate`
   */
  readonly evaluate: (p: Closed, x: readonly Tensor[], noise?: Noise) => readonly Tensor[] | undefined
}
/**
 * Where compiled modules are kept, under keys of 64 hexadecimal digits. An entry may be lost or damaged: then its program is
 * compiled again. Left: why it cannot be read or written.
 */
export interface ModuleStore {
  readonly name: string
  /** Undefined if there is no entry. */
  readonly get: (key: string) => TaskEither<string, Uint8Array | undefined>
  /** A reader finds the whole entry, or the one before. */
  readonly put: (key: string, entry: Uint8Array) => TaskEither<string, void>
}
export interface Backend<CompileError = unknown, RunError = unknown> {
  readonly name: string
  readonly compile: <In, Out>(p: Program<In, Out>) => TaskEither<CompileError, Executable<In, Out, RunError>>
  /** The kernels that will run, as text: see `plan`. Absent: the schedule that all back ends share. */
  readonly plan?: <In, Out>(p: Program<In, Out>) => TaskEither<CompileError, string>
  /** A step that is run many times, (state, data) -> (state', results); the state stays in the back end's memory. */
  readonly resident: <S, D, R>(
    step: Program<readonly [S, D], readonly [S, R]>,
  ) => TaskEither<CompileError, Resident<S, D, R, RunError>>
}
export interface Executable<In, Out, RunError = unknown> {
  /** The back end and its mode: 'gpujs:webasm'. */
  readonly backend: string
  /** Why this mode: 'asked for', or what was found on the machine. */
  readonly reason: string
  /**
   * Runs the program. The caller owns the results. If the back end may have rounded an integer, the run fails with the
   * error InexactInteger. A call during another one waits for it, with a copy of its inputs.
   *
   * Law: the same inputs give the same bits
   */
  readonly run: (inputs: Data<In>) => TaskEither<RunError, Results<Out>>
  /** Frees memory after the runs in progress. A later run fails with Released; a second release does nothing. */
  readonly release: IO<void>
}
/**
 * A state and the step that advances it. The state is 0 until one is loaded, and is read only on request.
 *
 * Law:     load s, step d1, ..., step dn, read = the fold of `run` over d1 ... dn from s, to the same bits
 *
 * Calls run one after another, in the order of the calls. After an error of the inputs the state is unchanged; after
 * InexactInteger, an error of the results, it has advanced.
 */
export interface Resident<S, D, R, RunError = unknown> {
  readonly backend: string
  readonly reason: string
  /** A copy of this becomes the state. */
  readonly load: (state: Data<S>) => TaskEither<RunError, void>
  /** Advances the state by one step. The caller owns the results. */
  readonly step: (data: Data<D>) => TaskEither<RunError, Results<R>>
  /** A copy of the state. */
  readonly read: TaskEither<RunError, Results<S>>
  /** Frees memory, as an executable's `release` does. */
  readonly release: IO<void>
}
