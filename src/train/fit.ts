/** Training in one call: shuffled batches from a key, a compiled step, metrics after every epoch. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import { together } from './callback.ts'
import type { CheckpointError } from './checkpointError.ts'
import {
  type AnyMeter,
  backendFailed,
  epochsOf,
  type Fit,
  keysOf,
  type Outcome,
  type Step,
  type Untyped,
} from './epochs.ts'
import { type WrongExamples, wrongIn } from './examples.ts'
import { measurement, meter } from './measure.ts'
import type { FitError, FitOptions, Fitted } from './options.ts'
import { atStart, type Begun, identityOf, resumed } from './resume.ts'
import { startTraining, trainStep } from './step.ts'

const illTyped = (diagnostics: Diagnostics): FitError<unknown> => ({ _tag: 'IllTyped', diagnostics })
const checkpointFailed = (error: CheckpointError): FitError<unknown> => ({ _tag: 'CheckpointFailed', error })

const wrongHeldOut = (step: Step, { heldOut, metrics }: Untyped): WrongExamples | undefined => {
  if (heldOut !== undefined) return wrongIn(step.in[1], heldOut, 'heldOut')
  const expected = 'examples to measure the metrics on, or no metrics'
  return metrics && { _tag: 'WrongExamples', path: 'heldOut', found: 'nothing', expected }
}
const meterOf = (o: Untyped): Outcome<AnyMeter | undefined> =>
  o.metrics === undefined || o.heldOut === undefined
    ? TE.right(undefined)
    : pipe(
        TE.fromEither(measurement(o.network, o.metrics as never, o.shapes as never)),
        TE.mapLeft(illTyped),
        TE.chain((p) => TE.mapLeft(backendFailed)(meter(o.backend)(p as never))),
      )
const run = (o: Untyped, held: AnyMeter | undefined): Outcome<Fit> =>
  pipe(
    TE.fromEither(trainStep(o.network, o.loss as never, o.optimizer, o.shapes as never)),
    TE.mapLeft(illTyped),
    TE.chain((typed) => {
      const step = typed as unknown as Step
      const wrong = wrongIn(step.in[1], o.examples) ?? wrongHeldOut(step, o)
      if (wrong !== undefined) return TE.left(wrong)
      // asked for by checkpoints alone: the step is printed for it
      const identity = o.checkpoint
        ? { ...identityOf(step, o.key, o.examples.count, o.augment !== undefined), ...o.checkpoint.identity }
        : {}
      const fresh = (): Begun<never> => ({
        state: (o.from?.state ?? startTraining(o.network, o.optimizer, keysOf(o)[0])) as never,
        position: { ...atStart, ...(o.from && { epochs: o.from.epochs, steps: o.from.steps }) },
        history: [],
      })
      const begun = o.checkpoint?.resume
        ? TE.mapLeft(checkpointFailed)(
            resumed(o.checkpoint.store, step.in[0], identity, o.callback ?? together(), fresh),
          )
        : TE.fromIO<Begun<never>, FitError<unknown>>(fresh)
      return TE.chain((b: Begun<never>) => epochsOf(o, step, held, identity, b))(begun)
    }),
  )

/**
 * A network fitted to examples: the step is compiled once, epochs are shuffled from the key, metrics are measured on
 * examples held out.
 *
 * Law:     the same options give the same bits; going on, from the `last` of an answer or from a checkpoint, gives the
 *          bits of never having stopped
 * Errors:  IllTyped, WrongExamples; NotFinite, with the first equation that was not; NoBatches, BackendFailed, CheckpointFailed,
 *          RecordFailed
 *
 * @example
 * const examples = { x: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), y: Int32Array.of(0, 1, 1, 0), count: 4 }
 * const fitted = await fit({
 *   backend: reference,
 *   network: sequential(dense(2, 8), relu, dense(8, 2)),
 *   loss: crossEntropy(),
 *   optimizer: adam({ rate: 0.01 }),
 *   key: key(1),
 *   epochs: 5,
 *   shapes: { x: real(2), y: int(), batch: 4 },
 *   examples,
 *   heldOut: examples,
 *   metrics: { accuracy },
 * })()
 * fitted._tag // => 'Right'
 */
export const fit: <P, S, K, F extends Rule, Slot extends string, const T, const U, CompileError, RunError>(
  options: FitOptions<P, S, K, F, Slot, T & FitsRule<F, T>, U, Out<F, NoInfer<T>>, CompileError, RunError>,
) => TE.TaskEither<FitError<CompileError | RunError>, Fitted<P, S, K, Slot>> = ((o: Untyped): Outcome<unknown> =>
  pipe(
    meterOf(o),
    TE.chain((held) => async () => {
      const result = await run(o, held)()
      held?.release()
      return result
    }),
  )) as never
