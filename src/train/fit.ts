/** Training in one call: shuffled batches from a key, a compiled step, metrics after every epoch. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { Task } from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Diagnostics, fault } from '../../lang/syntax/error.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { FitsRule, Out, TypeRule } from '../nn/rule.ts'
import { together } from './callback.ts'
import type { Identity } from './checkpoint.ts'
import type { CheckpointError } from './checkpointError.ts'
import { type AnyFitted, type AnyMeter, type AnyOptions, backendFailed, keysOf, runEpochs } from './epochs.ts'
import { type WrongExamples, wrongIn } from './examples.ts'
import { wrongLabel } from './labels.ts'
import { measurement, meter } from './measure.ts'
import { type FitError, type FitOptions, type Fitted, showFitError } from './options.ts'
import { identityOf, resumed } from './resume.ts'
import { atStart, type Begun, type StepProgram } from './run.ts'
import { startTraining, trainStep } from './step.ts'

const illTyped = (diagnostics: Diagnostics): FitError<unknown> => ({ _tag: 'IllTyped', diagnostics })
const checkpointFailed = (error: CheckpointError): FitError<unknown> => ({ _tag: 'CheckpointFailed', error })

type Fitting<A> = TE.TaskEither<FitError<unknown>, A>

const wrongHeldOut = (
  step: StepProgram,
  { heldOut, metrics, network, shapes }: AnyOptions,
): WrongExamples | undefined => {
  if (heldOut !== undefined)
    return (
      wrongIn(step.in[1], heldOut, 'heldOut') ??
      wrongLabel(network, Object.values(metrics ?? {}), shapes, heldOut, 'heldOut')
    )
  const expected = 'examples to measure the metrics on, or no metrics'
  return metrics && { _tag: 'WrongExamples', path: 'heldOut', found: 'nothing', expected }
}
const meterOf = (o: AnyOptions): Fitting<AnyMeter | undefined> =>
  o.metrics === undefined || o.heldOut === undefined
    ? TE.right(undefined)
    : pipe(
        TE.fromEither(measurement(o.network, o.metrics, o.shapes)),
        TE.mapLeft(illTyped),
        TE.chainW((p) => TE.mapLeft(backendFailed)(meter(o.backend)(p))),
      )
const begin = (o: AnyOptions, step: StepProgram, identity: Identity): Fitting<Begun> => {
  const fresh = (): Begun => ({
    state: o.from?.state ?? startTraining(o.network, o.optimizer, keysOf(o)[0]),
    position: { ...atStart, ...(o.from && { epochs: o.from.epochs, steps: o.from.steps }) },
    history: [],
  })
  return o.checkpoint?.resume
    ? pipe(
        resumed(o.checkpoint.store, step.in[0], identity, o.callback ?? together(), fresh),
        TE.mapLeft(checkpointFailed),
      )
    : TE.fromIO(fresh)
}
const run = (o: AnyOptions, compiled: AnyMeter | undefined): Fitting<AnyFitted> =>
  pipe(
    TE.fromEither(trainStep(o.network, o.loss, o.optimizer, o.shapes)),
    TE.mapLeft(illTyped),
    TE.chainW((step: StepProgram) => {
      const wrong =
        wrongIn(step.in[1], o.examples) ??
        wrongLabel(o.network, [o.loss], o.shapes, o.examples, 'examples') ??
        wrongHeldOut(step, o)
      if (wrong !== undefined) return TE.left<FitError<unknown>>(wrong)
      // only checkpoints need it, and it prints the step
      const identity = o.checkpoint
        ? { ...identityOf(step, o.key, o.examples.count, o.augment !== undefined), ...o.checkpoint.identity }
        : {}
      return pipe(
        begin(o, step, identity),
        TE.chainW((begun) => runEpochs(o, step, compiled, identity, begun)),
      )
    }),
  )

type Fit<Throws extends boolean> = <
  P,
  S,
  K,
  F extends TypeRule,
  Slot extends string,
  const T,
  const U,
  CompileError,
  RunError,
>(
  options: FitOptions<P, S, K, F, Slot, T & FitsRule<F, T>, U, Out<F, NoInfer<T>>, CompileError, RunError>,
) => Throws extends true
  ? Task<Fitted<P, S, K, Slot>>
  : TE.TaskEither<FitError<CompileError | RunError>, Fitted<P, S, K, Slot>>
/**
 * Fits a network to examples: the step is compiled once, epochs are shuffled from the key, metrics are measured on
 * examples held out.
 *
 * Law:     the same options give the same bits; a run that continues from `last` of an earlier result, or from a
 *          checkpoint, ends with the bits of an uninterrupted run
 * Errors:  IllTyped; WrongExamples, also where a label is no class of the loss; NotFinite, with the first equation that
 *          was not finite; NoBatches, BackendFailed, CheckpointFailed, RecordFailed
 *
 * @example
 * const examples = { x: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), y: Int32Array.of(0, 1, 1, 0), count: 4 }
 * const fitted = await fit({
 *   backend: reference,
 *   network: sequential(dense(2, 8), relu, dense(8, 2)),
 *   loss: crossEntropy(),
 *   optimizer: adam({ rate: 0.01 }),
 *   key: randomKey(1),
 *   epochs: 5,
 *   shapes: { x: real(2), y: int(), batch: 4 },
 *   examples,
 *   heldOut: examples,
 *   metrics: { accuracy },
 * })()
 * fitted._tag // => 'Right'
 */
export const fit = typed<Fit<false>>(
  (o: AnyOptions): Fitting<AnyFitted> =>
    pipe(
      meterOf(o),
      TE.chain((compiled) => async () => {
        const result = await run(o, compiled)()
        compiled?.release()
        return result
      }),
    ),
)

/** An error of a back end of which nothing is known. */
const showUnknown = (error: unknown): string =>
  typeof error === 'string'
    ? error
    : fault(
        `the back end failed: ${JSON.stringify(error)}`,
        'fit',
        'showBackendError of adjoint/backends, on the cause',
      )
/**
 * `fit` for scripts: its promise rejects with an Error, whose `message` is that of `showFitError` and whose `cause` is the
 * FitError.
 *
 * @example
 * const examples = { x: Float32Array.of(0, 1, 2, 3), y: Float32Array.of(1, 3, 5, 7), count: 4 }
 * const { state } = await fitOrThrow({
 *   backend: reference,
 *   network: sequential(dense(1, 1)),
 *   loss: mseLoss(),
 *   optimizer: adam({ rate: 0.3 }),
 *   key: randomKey(1),
 *   epochs: 100,
 *   shapes: { x: real(1), y: real(1), batch: 4 },
 *   examples,
 * })()
 * Math.round(state.params[0].w[0] ?? 0) // => 2
 */
export const fitOrThrow = typed<Fit<true>>(
  (o: AnyOptions): Task<AnyFitted> =>
    async () => {
      const result = await typed<(o: AnyOptions) => Fitting<AnyFitted>>(fit)(o)()
      if (E.isLeft(result)) throw new Error(showFitError(showUnknown)(result.left), { cause: result.left })
      return result.right
    },
)
