/** What training in one call is asked for, and what it answers. */
import type { IO } from 'fp-ts/lib/IO.js'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { Arrays } from '../../lang/syntax/tree.ts'
import type { Examples } from '../data/dataset.ts'
import type { Layer } from '../nn/layer.ts'
import type { TypeRule } from '../nn/rule.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import type { Key } from '../random/key.ts'
import type { Callback, FitReport } from './callback.ts'
import type { Identity } from './checkpoint.ts'
import type { Augment } from './examples.ts'
import type { Runner, StepReport, TrainError } from './fold.ts'
import type { Settings } from './record.ts'
import type { ExampleShapes, Loss, TrainState } from './step.ts'
import type { Log, Store } from './store.ts'

/** A network, how wrong it is, how it learns, and from what. `B`: the type of its output. */
export interface FitOptions<P, S, K, F extends TypeRule, Slot extends string, T, U, B, CompileError, RunError> {
  readonly backend: Runner<CompileError, RunError>
  readonly network: Layer<P, S, K, F>
  readonly loss: Loss<B, U>
  readonly optimizer: Optimizer<Slot>
  /** The types of one example and its target, and how many make a batch. */
  readonly shapes: ExampleShapes<T, U, number>
  readonly examples: Examples
  readonly epochs: number
  /** Where the parameters, and every epoch's order, come from. */
  readonly key: Key
  /** A run to go on with, in place of a fresh start: the `last` of an earlier answer. Callbacks begin anew. */
  readonly from?: Reached<P, S, K, Slot>
  /** Keeps the run, so that a killed one can go on. */
  readonly checkpoint?: CheckpointOptions
  /** Lines of JSON about the run, written as it runs. */
  readonly record?: RecordOptions
  /** Another form of every batch, from a key of its own: augmentation. */
  readonly augment?: Augment
  /** Told of every epoch; it may ask to stop, and say which epoch's state is the answer. */
  readonly callback?: Callback
  /** Measured after every epoch on examples held out. */
  readonly metrics?: { readonly [name: string]: Loss<B, U> }
  readonly heldOut?: Examples
  readonly onStep?: (report: StepReport & Plan) => IO<void>
  readonly onEpoch?: (report: FitReport) => IO<'continue' | 'stop'>
}
export interface Plan {
  readonly epochs: number
  readonly stepsPerEpoch: number
}
export interface CheckpointOptions {
  /** A file, by `fileStore` of `adjoint/disk`, or any place that keeps bytes. */
  readonly store: Store
  /** Steps of an epoch after which it is written, besides the epoch's end. */
  readonly every?: number
  /** Go on from what the store holds, if anything; else that is overwritten. */
  readonly resume?: boolean
  /** What else makes two runs the same, besides program, key and examples: the back end. */
  readonly identity?: Identity
}
export interface RecordOptions {
  /** A file, by `fileLog` of `adjoint/disk`, or any place that keeps text. */
  readonly log: Log
  /** What the run is told to be: its name, its seed, its data. */
  readonly settings?: Settings
  readonly versions?: Settings
}
export type FitError<BackendError> =
  | TrainError<BackendError>
  | { readonly _tag: 'IllTyped'; readonly diagnostics: Diagnostics }
/** How far a run came, in epochs and steps from its beginning, and its state there. */
export interface Reached<P, S, K, Slot extends string> {
  readonly state: Arrays<TrainState<P, S, K, Slot>>
  readonly epochs: number
  readonly steps: number
}
export interface Fitted<P, S, K, Slot extends string> {
  /** What was learned: the state after `epoch`. */
  readonly state: Arrays<TrainState<P, S, K, Slot>>
  /** The one that a callback keeps, as `earlyStopping` does of the best; else the last. */
  readonly epoch: number
  /** Taken in all, from the beginning of the run. */
  readonly epochs: number
  readonly steps: number
  readonly history: readonly FitReport[]
  /** Where the run ended: what another goes on `from`. */
  readonly last: Reached<P, S, K, Slot>
}
