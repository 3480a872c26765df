/** A dense network on generated digits, written as a pure expression and trained through gpu.js. */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Backend, type BackendError, showBackendError } from '../../../backends/index.ts'
import { int, real } from '../../../lang/index.ts'
import { crossEntropy, relu } from '../../../lang/operations/index.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { type Dataset, digits, showDataError, take } from '../../data/index.ts'
import { loadMnist } from '../../disk/index.ts'
import { dense, sequential, summary } from '../../nn/index.ts'
import { adam } from '../../optim/index.ts'
import { foldIn, type Key, randomKey } from '../../random/key.ts'
import { accuracy, argmaxRows, fit, predictAll, showFitError } from '../../train/index.ts'

const network = sequential(dense(784, 128), relu, dense(128, 10))
const optimizer = adam({ rate: 2e-3 })
const batch = 64
const settings = { examples: 9600, heldOut: 2000, epochs: 5, seed: 1 } as const

export const describeNetwork = (): string => summary(network, real(784))

interface Progress {
  readonly step: number
  readonly steps: number
  readonly loss: number
  readonly accuracy: number | undefined
}
interface Prediction {
  readonly pixels: Float32Array
  readonly label: number
  readonly predicted: number
}
export interface TrainedDigits {
  readonly accuracy: number
  /** (step, loss) of every step. */
  readonly losses: readonly (readonly [number, number])[]
  readonly epochs: readonly (readonly [epoch: number, loss: number, accuracy: number])[]
  readonly predictions: readonly Prediction[]
  readonly seconds: number
}

const showFailure = showFitError<BackendError>(showBackendError)

/** The predictions of the trained network for the first pictures of a set. */
const predict = (
  backend: Backend,
  trained: Fitted['state'],
  d: Dataset,
): TE.TaskEither<string, readonly Prediction[]> => {
  const shown = take(d, 48)
  return pipe(
    predictAll(backend)(network, { x: real(784), batch: shown.count })(trained, shown),
    TE.bimap(showFailure, (logits) =>
      Array.from(
        argmaxRows(logits, 10),
        (predicted, i): Prediction => ({
          pixels: shown.x.slice(i * 784, (i + 1) * 784),
          label: nth(shown.y, i),
          predicted,
        }),
      ),
    ),
  )
}
/** The result of `fit` for this network and optimiser. */
type Fitted = ReturnType<typeof fitDigits> extends TE.TaskEither<infer _, infer F> ? F : never

interface Observer {
  readonly onStep: (step: number, loss: number) => void
  readonly onEpoch: (accuracy: number | undefined) => void
}
const fitDigits = (backend: Backend, training: Dataset, test: Dataset, from: Key, o: Observer) =>
  fit({
    backend,
    network,
    optimizer,
    loss: crossEntropy(),
    shapes: { x: real(784), y: int(), batch },
    examples: training,
    heldOut: test,
    metrics: { accuracy },
    epochs: settings.epochs,
    key: from,
    onStep:
      ({ step, loss }) =>
      () =>
        o.onStep(step, loss),
    onEpoch:
      ({ metrics }) =>
      () => {
        o.onEpoch(metrics.accuracy)
        return 'continue'
      },
  })

export interface Source {
  readonly name: string
  readonly training: Dataset
  readonly test: Dataset
}
const root = randomKey(settings.seed)
/** Digits drawn from one key to train on, and from another, never trained on, to test. */
export const generatedDigits = (): Source => ({
  name: `${settings.examples} generated digits`,
  training: digits(foldIn(0)(root), settings.examples),
  test: digits(foldIn(1)(root), settings.heldOut),
})
/** MNIST's four files in a folder, or those of Fashion-MNIST. Errors: DataError, as text */
export const digitsIn = (folder: string): TE.TaskEither<string, Source> =>
  pipe(
    TE.Do,
    TE.apS('training', loadMnist(folder, 'train')),
    TE.apS('test', loadMnist(folder, 'test')),
    TE.bimap(showDataError, ({ training, test }) => ({
      name: `${training.count} pictures of ${folder}`,
      training,
      test,
    })),
  )

/** Errors: those of the back end and of training, as text. */
export const trainDigits = (
  backend: Backend,
  { training, test }: Source,
  onProgress: (p: Progress) => void,
): TE.TaskEither<string, TrainedDigits> => {
  const began = performance.now()
  const losses: (readonly [number, number])[] = []
  const steps = settings.epochs * Math.floor(training.count / batch)
  let latest: number | undefined
  const observer: Observer = {
    onStep: (step, loss) => {
      losses.push([step, loss])
      onProgress({ step, steps, loss, accuracy: latest })
    },
    onEpoch: (found) => {
      latest = found
    },
  }
  return pipe(
    fitDigits(backend, training, test, foldIn(2)(root), observer),
    TE.mapLeft(showFailure),
    TE.chain(({ state, history }) =>
      pipe(
        predict(backend, state, test),
        TE.map(
          (predictions): TrainedDigits => ({
            accuracy: history.at(-1)?.metrics.accuracy ?? Number.NaN,
            losses,
            epochs: history.map((h) => [h.epoch, h.loss, h.metrics.accuracy ?? Number.NaN]),
            predictions,
            seconds: (performance.now() - began) / 1000,
          }),
        ),
      ),
    ),
  )
}
