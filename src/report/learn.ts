/**
 * Training that leaves its files behind:
 *
 *   OUT/NAME.safetensors   the checkpoint      OUT/NAME.jsonl   the record      OUT/NAME.html   the page
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fault } from '../../lang/syntax/error.ts'
import { type Examples, fashionNames } from '../data/index.ts'
import { fileLog, fileStore, inFolder, writeWhole } from '../disk/index.ts'
import { summary } from '../nn/index.ts'
import type { Layer } from '../nn/layer.ts'
import type { FitsRule, Out, TypeRule } from '../nn/rule.ts'
import {
  argmaxRows,
  confusion,
  type FitOptions,
  type FitReport,
  type Fitted,
  fit,
  predictAll,
  type StepReport,
  showFitError,
  worstMistakes,
} from '../train/index.ts'
import type { RunOptions } from './run.ts'
import { type Classified, trainingPage } from './training.ts'

/** What the page shows of a classifier: its confusion matrix, and its worst mistakes as pictures. */
export interface ShownClassifier {
  readonly classes: number
  /** The classes' names. Default: those of the data, or numbers. */
  readonly names?: readonly string[]
  /** The size of a picture, in pixels. Default: the examples are not pictures, and mistakes are not shown. */
  readonly rows?: number
  readonly columns?: number
}
/** The options of `fit`, and what the page shows. */
export type LearnOptions<P, S, K, F extends TypeRule, Slot extends string, T, U, B> = FitOptions<
  P,
  S,
  K,
  F,
  Slot,
  T,
  U,
  B,
  string,
  string
> & {
  /** What the page shows of the held-out examples. Default: the network is not a classifier. */
  readonly shows?: ShownClassifier
}
type AnyOptions = LearnOptions<unknown, unknown, unknown, TypeRule, string, unknown, unknown, unknown>
type AnyFitted = Fitted<unknown, unknown, unknown, string>
type Losses = readonly (readonly [step: number, loss: number])[]

const mistakesShown = 24
/** A checkpoint is written after so many steps, and after every epoch. */
const stepsBetweenCheckpoints = 200

/** A failed training as text, by a back end whose errors are text. */
const showFailure = showFitError((text: string) => text)

const settingsOf = (run: RunOptions, name: string) => ({
  system: name,
  seed: run.seed,
  data: run.data,
  backend: run.machine ?? 'given',
})
/** Where the checkpoint and the record are kept. */
const keptIn = (run: RunOptions, name: string): Pick<AnyOptions, 'checkpoint' | 'record'> => {
  const { out, resume = false, versions } = run
  if (out === undefined) return {}
  const settings = settingsOf(run, name)
  return {
    checkpoint: {
      store: fileStore(inFolder(out, `${name}.safetensors`)),
      every: stepsBetweenCheckpoints,
      resume,
      identity: { backend: settings.backend, data: settings.data },
    },
    record: { log: fileLog(inFolder(out, `${name}.jsonl`)), settings, ...(versions && { versions }) },
  }
}

/** Undefined where the options do not say that the network is a classifier. */
const classified = (
  run: RunOptions,
  o: AnyOptions,
  fitted: AnyFitted,
): TE.TaskEither<string, Classified | undefined> => {
  const { shows, heldOut } = o
  if (shows === undefined || heldOut === undefined) return TE.right(undefined)
  const { classes, rows, columns } = shows
  const names = shows.names ?? (run.data === 'fashion-mnist' ? fashionNames : undefined)
  // a classifier's examples are arrays of numbers, and their labels integers
  const { x: pixels, y: truth } = heldOut as Examples<Float32Array, Int32Array>
  const predicted = predictAll(o.backend)(o.network as Layer, { x: o.shapes.x, batch: o.shapes.batch } as never)
  return pipe(
    predicted(fitted.state as never, heldOut),
    TE.bimap(
      showFailure,
      (logits): Classified => ({
        confusion: confusion(classes, truth, argmaxRows(logits, classes)),
        mistakes: worstMistakes(logits, truth, classes, mistakesShown),
        ...(names && { names }),
        ...(rows !== undefined && columns !== undefined && { pictures: { pixels, rows, columns } }),
      }),
    ),
  )
}
const writePage = (run: RunOptions, name: string, o: AnyOptions, losses: Losses) => (fitted: AnyFitted) => {
  const { out } = run
  if (out === undefined) return TE.right(undefined)
  const path = inFolder(out, `${name}.html`)
  const settings = { epochs: fitted.epochs, batch: o.shapes.batch, examples: o.examples.count }
  const unwritable = ({ reason }: { readonly reason: string }): string =>
    fault(`the page cannot be written (${reason})`, path, 'free some space, or name another folder with --out')
  return pipe(
    classified(run, o, fitted),
    TE.chain((shown) =>
      pipe(
        trainingPage({
          title: `${name}: a training run`,
          settings: { ...settingsOf(run, name), ...settings },
          history: fitted.history,
          losses,
          summary: summary(o.network as Layer, o.shapes.x as never),
          ...(shown && { classified: shown }),
        }),
        (content) => writeWhole(path, content),
        TE.mapLeft(unwritable),
      ),
    ),
  )
}
const learnAny = (run: RunOptions, name: string, o: AnyOptions): TE.TaskEither<string, AnyFitted> => {
  run.onUse?.('epochs')
  const losses: (readonly [number, number])[] = []
  const listeners = run.follow?.(name)
  const onStep = (r: StepReport & { readonly epochs: number; readonly stepsPerEpoch: number }) => () => {
    losses.push([r.step, r.loss])
    listeners?.onStep?.(r)()
    o.onStep?.(r)()
  }
  const onEpoch = (r: FitReport) => () => {
    const followed = listeners?.onEpoch?.(r)() ?? 'continue'
    const own = o.onEpoch?.(r)() ?? 'continue'
    return own === 'stop' ? own : followed
  }
  const onEnd = (r: FitReport | undefined) => () => {
    listeners?.onEnd?.(r)()
    o.onEnd?.(r)()
  }
  return pipe(
    fit({ ...keptIn(run, name), ...o, onStep, onEpoch, onEnd }) as TE.TaskEither<never, AnyFitted>,
    TE.mapLeft(showFailure),
    TE.chainFirst(writePage(run, name, o, losses)),
  )
}

/**
 * `fit`, followed by the run's listeners. In the run's folder `out` it keeps a checkpoint, from which `resume`
 * continues, a record of the steps, and a page about the training. Errors are text.
 *
 * @example
 * const training = digits(randomKey(1), 64)
 * const run = { backend: withTextErrors(showBackendError)(wasm()), seed: 1, data: 'generated', small: true } as const
 * const fitted = await learn(run, 'digits', {
 *   backend: run.backend,
 *   network: sequential(dense(784, 10)),
 *   loss: crossEntropy(),
 *   optimizer: sgd({ rate: 0.1 }),
 *   key: randomKey(2),
 *   epochs: 1,
 *   shapes: { x: real(784), y: int(), batch: 32 },
 *   examples: training,
 *   shows: { classes: 10, rows: 28, columns: 28 },
 * })()
 * fitted._tag // => 'Right'
 */
export const learn: <P, S, K, F extends TypeRule, Slot extends string, const T, const U>(
  run: RunOptions,
  name: string,
  options: LearnOptions<P, S, K, F, Slot, T & FitsRule<F, T>, U, Out<F, NoInfer<T>>>,
  // inside, types are unknown: `fit` has checked them where the user calls
) => TE.TaskEither<string, Fitted<P, S, K, Slot>> = learnAny as never
