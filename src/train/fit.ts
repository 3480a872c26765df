/** Training in one call: shuffled batches from a key, a compiled step, metrics after every epoch. */
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Diagnostics } from '../../lang/error.ts'
import type { Program } from '../../lang/program.ts'
import type { Arrays } from '../../lang/tree.ts'
import { child, type Key, split } from '../data/key.ts'
import type { Layer } from '../nn/layer.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import { blame } from './blame.ts'
import { type Callback, type FitReport, replay, together } from './callback.ts'
import { type CheckpointError, type Identity, type Position, writeCheckpoint } from './checkpoint.ts'
import { type Augment, augmented, type DataBatch, type Examples, shuffled, skipping } from './examples.ts'
import { type EpochReport, type NotFinite, type Runner, type StepReport, type TrainError, train } from './fold.ts'
import { type Meter, measurement, meter } from './measure.ts'
import { atStart, type Begun, identityOf, resumed } from './resume.ts'
import { type Loss, type Shapes, startTraining, type TrainState, trainStep } from './step.ts'

type TaskEither<Error, A> = TE.TaskEither<Error, A>

/** A network, how wrong it is, how it learns, and from what. `B`: the type of its output. */
export interface FitOptions<P, S, K, F extends Rule, Slot extends string, T, U, B, CompileError, RunError> {
  readonly backend: Runner<CompileError, RunError>
  readonly network: Layer<P, S, K, F>
  readonly loss: Loss<B, U>
  readonly optimizer: Optimizer<Slot>
  /** The types of one example and its target, and how many make a batch. */
  readonly shapes: Shapes<T, U, number>
  readonly examples: Examples
  readonly epochs: number
  /** Where the parameters, and every epoch's order, come from. */
  readonly key: Key
  /** A run to go on with, in place of a fresh start. */
  readonly from?: { readonly state: Arrays<TrainState<P, S, K, Slot>>; readonly epochs: number; readonly steps: number }
  /** Keeps the run in a file, so that a killed one can go on. */
  readonly checkpoint?: CheckpointOptions
  /** Another form of every batch, from a key of its own: augmentation. */
  readonly augment?: Augment
  /** Told of every epoch; it may ask to stop. */
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
  readonly path: string
  /** Steps of an epoch after which it is written, besides the epoch's end. */
  readonly every?: number
  /** Go on from the file, where it is there; else it is overwritten. */
  readonly resume?: boolean
}
export type FitError<BackendError> =
  | TrainError<BackendError>
  | { readonly _tag: 'IllTyped'; readonly diagnostics: Diagnostics }
export interface Fitted<P, S, K, Slot extends string> {
  readonly state: Arrays<TrainState<P, S, K, Slot>>
  readonly epochs: number
  readonly steps: number
  readonly history: readonly FitReport[]
}

type Verdict = 'continue' | 'stop'
type Step = Program<readonly [unknown, DataBatch], unknown>
type Untyped = FitOptions<unknown, unknown, unknown, Rule, string, unknown, unknown, unknown, unknown, unknown>
type Outcome<A> = TaskEither<FitError<unknown>, A>
const illTyped = (diagnostics: Diagnostics): FitError<unknown> => ({ _tag: 'IllTyped', diagnostics })
const backendFailed = (error: unknown): FitError<unknown> => ({ _tag: 'BackendFailed', error })

type AnyMeter = Meter<never, never, unknown, unknown>
const meterOf = (o: Untyped): Outcome<AnyMeter | undefined> =>
  o.metrics === undefined || o.heldOut === undefined
    ? TE.right(undefined)
    : pipe(
        TE.fromEither(measurement(o.network, o.metrics as never, o.shapes as never)),
        TE.mapLeft(illTyped),
        TE.chain((p) => TE.mapLeft(backendFailed)(meter(o.backend)(p as never))),
      )
type Fit = Fitted<unknown, unknown, unknown, string>
const checkpointFailed = (error: CheckpointError): FitError<unknown> => ({ _tag: 'CheckpointFailed', error })

/** All epochs of a compiled step, from where they begin. */
const epochsOf = (
  o: Untyped,
  step: Step,
  held: AnyMeter | undefined,
  identity: Identity,
  begun: Begun<never>,
): Outcome<Fit> => {
  const [types, data] = step.in as readonly [unknown, DataBatch]
  const [, forOrder, forAugment] = keysOf(o)
  const plan: Plan = { epochs: o.epochs, stepsPerEpoch: Math.floor(o.examples.count / o.shapes.batch) }
  const history = [...begun.history]
  let [verdict, callback] = replay(o.callback ?? together(), history)
  // the last state that is known: where a search for NaN begins
  let known: Pick<Begun<never>, 'state' | 'position'> = begun
  const batches = (epoch: number): Iterable<never> =>
    augmented(o.augment, child(forAugment, epoch), shuffled(child(forOrder, epoch), data, o.examples)) as never
  const write =
    (path: string) =>
    (position: Position, state: unknown): TaskEither<CheckpointError, void> => {
      known = { state: state as never, position }
      return writeCheckpoint(path, types, { identity, position, history, state: state as never })
    }
  const measured = (state: never): TaskEither<unknown, FitReport['metrics']> =>
    held === undefined || o.heldOut === undefined ? TE.right({}) : (held.read(state, o.heldOut) as never)
  const afterEpoch = ({ epoch, steps, loss, state }: EpochReport<never, unknown>): TaskEither<unknown, Verdict> =>
    pipe(
      state,
      TE.chain((now) => {
        known = { state: now, position: { ...atStart, epochs: epoch, steps } }
        return measured(now)
      }),
      TE.map((metrics) => {
        const report: FitReport = { epoch, steps, loss, metrics }
        history.push(report)
        ;[verdict, callback] = callback(report)
        const asked = o.onEpoch?.(report)() ?? 'continue'
        return verdict === 'stop' ? verdict : asked
      }),
    )
  const explained = (e: NotFinite): Outcome<never> => {
    const { epochs, steps, batches: done } = known.position
    const rest = skipping(done, batches(epochs + 1))
    return pipe(
      TE.fromTask(blame(o.backend, step as never, { state: known.state, steps }, rest)),
      TE.chain((origin) => TE.left(origin === undefined ? e : { ...e, origin })),
    )
  }
  return pipe(
    train({
      backend: o.backend,
      step: step as never,
      start: begun.state,
      epochs: verdict === 'stop' ? begun.position.epochs : o.epochs,
      done: begun.position,
      batches,
      ...(o.onStep && { onStep: (r: StepReport) => (o.onStep as NonNullable<typeof o.onStep>)({ ...r, ...plan }) }),
      ...(o.checkpoint && { save: { every: o.checkpoint.every ?? Infinity, write: write(o.checkpoint.path) } }),
      onEpoch: afterEpoch as never,
    }),
    TE.map(({ state, steps }): Fit => {
      const epochs = history.at(-1)?.epoch ?? begun.position.epochs
      return { state, steps, epochs, history } as never
    }),
    TE.orElse((e) => (e._tag === 'NotFinite' ? explained(e) : TE.left(e as FitError<unknown>))),
  )
}
const keysOf = (o: Untyped) => split(o.key, 3) as readonly [forStart: Key, forOrder: Key, forAugment: Key]

const run = (o: Untyped, held: AnyMeter | undefined): Outcome<Fit> =>
  pipe(
    TE.fromEither(trainStep(o.network, o.loss as never, o.optimizer, o.shapes as never)),
    TE.mapLeft(illTyped),
    TE.chain((typed) => {
      const step = typed as unknown as Step
      // asked for by checkpoints alone: its digest is Node's, and a page has none
      const identity = o.checkpoint ? identityOf(step, o.key, o.examples.count, o.augment !== undefined) : {}
      const fresh = (): Begun<never> => ({
        state: (o.from?.state ?? startTraining(o.network, o.optimizer, keysOf(o)[0])) as never,
        position: { ...atStart, ...(o.from && { epochs: o.from.epochs, steps: o.from.steps }) },
        history: [],
      })
      const begun = o.checkpoint?.resume
        ? TE.mapLeft(checkpointFailed)(resumed(o.checkpoint.path, step.in[0], identity, fresh))
        : TE.fromIO<Begun<never>, FitError<unknown>>(fresh)
      return TE.chain((b: Begun<never>) => epochsOf(o, step, held, identity, b))(begun)
    }),
  )

/**
 * A network fitted to examples: the step is compiled once, epochs are shuffled from the key, metrics are measured on
 * examples held out.
 *
 * Law:     the same options give the same bits; going on, from an epoch or from a checkpoint, gives the bits of never
 *          having stopped
 * Errors:  IllTyped; NotFinite, with the first equation that was not; NoBatches, BackendFailed, CheckpointFailed
 *
 * @example
 * fit({ backend: reference, network, loss: crossEntropy(), optimizer: adam({ rate: 1e-3 }), key: key(1), epochs: 5,
 *   shapes: { x: real(784), y: int(), batch: 64 }, examples, heldOut, metrics: { accuracy } })
 */
export const fit: <P, S, K, F extends Rule, Slot extends string, const T, const U, CompileError, RunError>(
  options: FitOptions<P, S, K, F, Slot, T & FitsRule<F, T>, U, Out<F, NoInfer<T>>, CompileError, RunError>,
) => TaskEither<FitError<CompileError | RunError>, Fitted<P, S, K, Slot>> = ((o: Untyped): Outcome<unknown> =>
  pipe(
    meterOf(o),
    TE.chain((held) => async () => {
      const result = await run(o, held)()
      held?.release()
      return result
    }),
  )) as never
