/** Training in one call: shuffled batches from a key, a compiled step, metrics after every epoch. */
import { pipe } from 'fp-ts/lib/function.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Diagnostics } from '../../lang/error.ts'
import type { Arrays } from '../../lang/tree.ts'
import { child, type Key, split } from '../data/key.ts'
import type { Layer } from '../nn/layer.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import type { Optimizer } from '../optim/optimizer.ts'
import { type DataBatch, type Examples, shuffled } from './examples.ts'
import { type Runner, type StepReport, type TrainError, train } from './fold.ts'
import { type Meter, measurement, meter } from './measure.ts'
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
/** After an epoch: the mean training loss, and the metrics of the examples held out. */
export interface FitReport {
  readonly epoch: number
  readonly steps: number
  readonly loss: number
  readonly metrics: { readonly [name: string]: number }
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
const run = (o: Untyped, held: AnyMeter | undefined): Outcome<Fitted<unknown, unknown, unknown, string>> => {
  const history: FitReport[] = []
  const [forStart, forOrder] = split(o.key, 2) as readonly [Key, Key]
  const plan: Plan = { epochs: o.epochs, stepsPerEpoch: Math.floor(o.examples.count / o.shapes.batch) }
  const measured = (state: TaskEither<unknown, never>): TaskEither<unknown, FitReport['metrics']> => {
    const { heldOut } = o
    return held === undefined || heldOut === undefined
      ? TE.right({})
      : TE.chain((s: never) => held.read(s, heldOut) as TaskEither<unknown, never>)(state)
  }
  return pipe(
    TE.fromEither(trainStep(o.network, o.loss as never, o.optimizer, o.shapes as never)),
    TE.mapLeft(illTyped),
    TE.chainW((step) =>
      train({
        backend: o.backend,
        step: step as never,
        start: (o.from?.state ?? startTraining(o.network, o.optimizer, forStart)) as never,
        epochs: o.epochs,
        ...(o.from && { done: o.from }),
        batches: (epoch) => shuffled(child(forOrder, epoch), (step.in as readonly [unknown, DataBatch])[1], o.examples),
        ...(o.onStep && { onStep: (r: StepReport) => (o.onStep as NonNullable<typeof o.onStep>)({ ...r, ...plan }) }),
        onEpoch: ({ epoch, steps, loss, state }) =>
          pipe(
            measured(state as never),
            TE.map((metrics) => {
              const report: FitReport = { epoch, steps, loss, metrics }
              history.push(report)
              return o.onEpoch?.(report)() ?? 'continue'
            }),
          ),
      }),
    ),
    TE.map(
      ({ state, steps }) => ({ state, steps, epochs: history.at(-1)?.epoch ?? o.from?.epochs ?? 0, history }) as never,
    ),
  )
}

/**
 * A network fitted to examples: the step is compiled once, epochs are shuffled from the key, metrics are measured on
 * examples held out.
 *
 * Law:     the same options give the same bits; going on from an epoch gives the bits of never having stopped
 * Errors:  IllTyped; NotFinite, NoBatches, BackendFailed
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
