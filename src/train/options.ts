/** The options of `fit`, and its result. */
import type { IO } from 'fp-ts/lib/IO.js'
import { type Diagnostics, showDiagnostics } from '../../lang/syntax/error.ts'
import type { Arrays } from '../../lang/syntax/tree.ts'
import type { Columns, Examples } from '../data/dataset.ts'
import type { Layer } from '../nn/layer.ts'
import type { TypeRule } from '../nn/rule.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Key } from '../random/key.ts'
import type { Callback, FitReport } from './callback.ts'
import type { Identity } from './checkpoint.ts'
import type { Augment } from './examples.ts'
import { type Runner, type StepReport, showTrainError, type TrainError } from './fold.ts'
import type { Settings } from './record.ts'
import type { ExampleShapes, Loss, TrainState } from './step.ts'
import type { Log, Store } from './store.ts'

/** The options of `fit`. `B`: the type of the network's output. */
export interface FitOptions<P, S, K, F extends TypeRule, Slot extends string, T, U, B, CompileError, RunError> {
  readonly backend: Runner<CompileError, RunError>
  readonly network: Layer<P, S, K, F>
  /** The loss of one example. Training minimises its mean over a batch. */
  readonly loss: Loss<B, U>
  readonly optimizer: Optimizer<Slot>
  /** The types of one example and its target, and the number of examples in a batch. */
  readonly shapes: ExampleShapes<T, U, number>
  /** The examples to learn from. */
  readonly examples: Examples<Columns<NoInfer<T>>, Columns<NoInfer<U>>>
  /** The number of epochs, including those before `from` or a checkpoint. */
  readonly epochs: number
  /** The source of the first parameters, of every epoch's order, and of augmentation. */
  readonly key: Key
  /** `last` of an earlier result, to continue that run. Callbacks begin anew. Default: a fresh start. */
  readonly from?: Reached<P, S, K, Slot>
  /** Keeps the run, so that it can resume after a crash; not kept by default. */
  readonly checkpoint?: CheckpointOptions
  /** Writes lines of JSON about the run while it runs; none by default. */
  readonly record?: RecordOptions
  /** Changes every batch at random, from a key of its own; by default nothing is changed. */
  readonly augment?: Augment
  /** Receives the report of every epoch. It may stop the run and choose the epoch whose state is the result. */
  readonly callback?: Callback
  /** Means over `heldOut`, measured after every epoch; none by default. */
  readonly metrics?: { readonly [name: string]: Loss<B, U> }
  /** Examples for `metrics`, which are not trained on. */
  readonly heldOut?: Examples<Columns<NoInfer<T>>, Columns<NoInfer<U>>>
  /** Runs after every step. */
  readonly onStep?: (report: StepReport & Plan) => IO<void>
  /** Runs after every epoch; 'stop' ends the run. */
  readonly onEpoch?: (report: FitReport) => IO<'continue' | 'stop'>
  /**
   * Runs once when the epochs end, with the report of the epoch whose state is the result; undefined where there is none. A
   * run that is refused before its first epoch does not reach it.
   */
  readonly onEnd?: (report: FitReport | undefined) => IO<void>
}
/** How long a run will be. */
export interface Plan {
  readonly epochs: number
  readonly stepsPerEpoch: number
}
export interface CheckpointOptions {
  /** A file, by `fileStore` of `adjoint/disk`, or other storage for bytes. */
  readonly store: Store
  /** Writes it after every so many steps of an epoch, and after the epoch; by default after the epoch only. */
  readonly every?: number
  /** Whether to resume from the checkpoint in the store, if there is one; false, the default, overwrites it. */
  readonly resume?: boolean
  /** What identifies the run besides program, key and number of examples, such as the back end; nothing by default. */
  readonly identity?: Identity
}
export interface RecordOptions {
  /** A file, by `fileLog` of `adjoint/disk`, or other storage for text. */
  readonly log: Log
  /** What identifies the run for people: its name, its seed, its data; nothing by default. */
  readonly settings?: Settings
  /** Versions of software, beside those of the log's platform; none by default. */
  readonly versions?: Settings
}
/** Why `fit` has no result. */
export type FitError<BackendError> =
  | TrainError<BackendError>
  | { readonly _tag: 'IllTyped'; readonly diagnostics: Diagnostics }
/**
 * What is wrong, where, what to try. `showBackend` renders the back end's own errors.
 *
 * @example
 * const show = showFitError(showBackendError)
 * show({ _tag: 'NoBatches', epoch: 1 }).split('\n')[0] // => 'there is no batch'
 */
export const showFitError =
  <B>(showBackend: (error: B) => string) =>
  (e: FitError<B>): string =>
    e._tag === 'IllTyped' ? showDiagnostics(e.diagnostics) : showTrainError(showBackend)(e)
/** How far a run came, in epochs and steps from its beginning, and its state there. */
export interface Reached<P, S, K, Slot extends string> {
  readonly state: Arrays<TrainState<P, S, K, Slot>>
  readonly epochs: number
  readonly steps: number
}
/** The result of `fit`. Epochs and steps are counted from the beginning of the run. */
export interface Fitted<P, S, K, Slot extends string> {
  /** The chosen state: that after `epoch`. */
  readonly state: Arrays<TrainState<P, S, K, Slot>>
  /** The epoch that a callback keeps, such as the best one by `earlyStopping`; else the last. */
  readonly epoch: number
  /** How many epochs the run had. */
  readonly epochs: number
  readonly steps: number
  /** The report of every epoch. */
  readonly history: readonly FitReport[]
  /** Where the run ended: the `from` of a run that continues it. */
  readonly last: Reached<P, S, K, Slot>
}
