/**
 * D3. Training in one call, as in Keras: a network, a loss, an optimiser, examples, epochs and a batch size. First three
 * dense layers on a function of three numbers; then a dense network on digits.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import { crossEntropy, int, mseLoss, real, relu } from '../src/index.ts'
import { dense, dropout, flatten, heUniform, parameterCount, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { atLeast, atMost, close, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { type Pictures, picturesFor } from './pictures.ts'

const wide = { weights: heUniform } as const
const small = sequential(dense(3, 4, wide), relu, dense(4, 4, wide), relu, dense(4, 1))
const large = sequential(flatten(), dense(784, 512, wide), relu, dropout(0.25), dense(512, 10))

/** The least accuracy of the dense network. On clothes, such networks are known to reach 87 to 90 %. */
const bars = { generated: 0.97, mnist: 0.98, 'fashion-mnist': 0.88 } as const

/** y = x1 - 2 x2 + |x3|, where x is normally distributed. */
const function3 = (seed: number, count: number) => {
  const x = Float32Array.from(normal(3 * count)(randomKey(seed)))
  const y = Float32Array.from(
    { length: count },
    (_, i) => (x[3 * i] ?? 0) - 2 * (x[3 * i + 1] ?? 0) + Math.abs(x[3 * i + 2] ?? 0),
  )
  return { x, y, count }
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the small network': predictOrThrow(small, real(3)) }

const learnFunction = (o: RunOptions) =>
  learn(o, 'regression', {
    backend: o.backend,
    network: small,
    loss: mseLoss(),
    optimizer: adam({ rate: 1e-2 }),
    shapes: { x: real(3), y: real(1), batch: 128 },
    examples: function3(o.seed, 8192),
    epochs: 20,
    key: foldIn(1)(randomKey(o.seed)),
  })
const learnDigits = (o: RunOptions, { training, test }: Pictures) => {
  const epochs = o.epochs ?? (o.small ? 2 : o.data === 'generated' ? 5 : 10)
  return learn(o, 'digits', {
    backend: o.backend,
    network: large,
    loss: crossEntropy(),
    optimizer: adam({ rate: cosine(2e-3, epochs * Math.floor(training.count / 64)) }),
    shapes: { x: real(28, 28), y: int(), batch: 64 },
    examples: training,
    heldOut: test,
    metrics: { accuracy },
    epochs,
    key: foldIn(2)(randomKey(o.seed)),
    shows: { classes: 10, rows: 28, columns: 28 },
  })
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 1000 : 9600, test: o.small ? 300 : 2000 }),
    TE.bindTo('pictures'),
    TE.bind('regression', () => learnFunction(o)),
    TE.bind('digits', ({ pictures }) => learnDigits(o, pictures)),
    TE.map(({ regression, digits, pictures: { test } }) => ({
      findings: [
        close('parameters of 3-4-4-1', 41, parameterCount(small), 0),
        atMost(
          'mean squared error after 20 epochs, where y has variance 5.4',
          0.25,
          regression.history.at(-1)?.loss ?? 99,
        ),
        atLeast(
          `accuracy on ${test.count} test images`,
          o.small ? 0.7 : bars[o.data],
          digits.history.at(-1)?.metrics.accuracy ?? 0,
        ),
      ],
      pictures: [
        {
          name: 'loss.svg',
          content: curves({ x: 'epoch', y: 'mean squared error', logY: true }, [
            { name: '3-4-4-1', points: regression.history.map((h) => [h.epoch, h.loss] as const) },
          ]),
        },
      ],
    })),
  )
