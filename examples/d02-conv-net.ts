/**
 * D2. The convolutional network of the lecture: 32 and 64 filters of 5 x 5, two poolings, 256 hidden units. It is trained twice
 * from one start: by plain gradient steps of 0.01, and by steps with momentum whose rate falls along a cosine.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves, pictures, sheet } from '../src/draw/index.ts'
import { crossEntropy, int, real, relu } from '../src/index.ts'
import { conv2d, dense, flatten, heUniform, maxPool, predictOrThrow, sequential, takes } from '../src/nn/index.ts'
import { cosine, type Optimizer, sgd } from '../src/optim/index.ts'
import { randomKey } from '../src/random/index.ts'
import { atMost, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { type Pictures, picturesFor } from './pictures.ts'

const image = real(1, 28, 28)
const he = { weights: heUniform } as const
const features = sequential(conv2d(1, 32, 5, he), relu, maxPool(3), conv2d(32, 64, 5, he), relu, maxPool(2))
const network = sequential(takes(image), features, flatten(), dense(256, 256, he), relu, dense(256, 10))
const narrow = sequential(conv2d(1, 2, 3), relu, maxPool(3), conv2d(2, 3, 3), relu, maxPool(2), flatten(), dense(3, 2))

/** The largest error, of plain steps and with momentum. On clothes, two convolutions are known to reach 7 to 12 %. */
const bars = { generated: [0.1, 0.02], mnist: [0.015, 0.01], 'fashion-mnist': [0.135, 0.1] } as const
const epochsOf = ({ epochs, small, data }: RunOptions): number => epochs ?? (small ? 1 : data === 'generated' ? 4 : 10)

const trained = (o: RunOptions, name: string, { training, test }: Pictures, optimizer: Optimizer) =>
  pipe(
    learn(o, name, {
      backend: o.backend,
      network,
      loss: crossEntropy(),
      optimizer,
      shapes: { x: image, y: int(), batch: 64 },
      examples: training,
      heldOut: test,
      metrics: { accuracy },
      epochs: epochsOf(o),
      key: randomKey(o.seed),
      shows: { classes: 10, rows: 28, columns: 28 },
    }),
    TE.map(({ state, history }) => ({
      filters: state.params[1][0].w as Float32Array,
      errors: history.map((h) => [h.epoch, 1 - (h.metrics.accuracy ?? 0)] as const),
    })),
  )

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow copy': predictOrThrow(narrow, real(1, 14, 14)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 1600 : 6400, test: o.small ? 200 : 2000 }),
    TE.bindTo('pictures'),
    TE.bind('plain', ({ pictures }) => trained(o, 'plain', pictures, sgd({ rate: 0.01 }))),
    TE.bind('scheduled', ({ pictures }) => {
      const steps = epochsOf(o) * Math.floor(pictures.training.count / 64)
      return trained(o, 'scheduled', pictures, sgd({ rate: cosine(0.02, steps), momentum: 0.9 }))
    }),
    TE.map(({ pictures: { test }, plain, scheduled }) => {
      const [slow, fast] = o.small ? [0.7, 0.5] : bars[o.data]
      const over = `after ${epochsOf(o)} epochs, on ${test.count} test images`
      return {
        findings: [
          atMost(`error of plain steps ${over}`, slow, plain.errors.at(-1)?.[1] ?? 1),
          atMost(`error with momentum and a schedule ${over}`, fast, scheduled.errors.at(-1)?.[1] ?? 1),
        ],
        pictures: [
          { name: 'filters.png', content: sheet(pictures(scheduled.filters, 5, 5), 8, 8) },
          {
            name: 'error.svg',
            content: curves({ x: 'epoch', y: 'share of wrong answers', logY: true }, [
              { name: 'plain steps', points: plain.errors },
              { name: 'momentum, schedule', points: scheduled.errors },
            ]),
          },
        ],
      }
    }),
  )
