/**
 * A vision transformer reads digits: the picture is cut into 16 patches, each of which is a token; a further token collects
 * what the answer needs.
 *
 * Source: Dosovitskiy et al., "An image is worth 16x16 words" (2020)
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { crossEntropy, int, real } from '../../src/index.ts'
import { vitB16 } from '../../src/models/index.ts'
import { parameterCount, predictOrThrow } from '../../src/nn/index.ts'
import { adamW, cosine, warmUp } from '../../src/optim/index.ts'
import { randomKey } from '../../src/random/index.ts'
import { atLeast, learn, lossFalls, type Report, type RunOptions } from '../../src/report/index.ts'
import { accuracy } from '../../src/train/index.ts'
import { picturesFor } from '../pictures.ts'

const network = vitB16({
  channels: 1,
  classes: 10,
  size: 28,
  patch: 7,
  width: 64,
  heads: 4,
  depth: 3,
  checkpoint: 'nothing',
})
const narrow = vitB16({
  channels: 1,
  classes: 2,
  size: 4,
  patch: 2,
  width: 4,
  heads: 2,
  depth: 1,
  checkpoint: 'nothing',
})
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow vision transformer': predictOrThrow(narrow, real(1, 4, 4)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 100 : 8000, test: o.small ? 100 : 2000 }),
    TE.chain(({ training, test }) => {
      const epochs = o.epochs ?? (o.small ? 2 : 10)
      const steps = epochs * Math.floor(training.count / 50)
      return pipe(
        learn(o, 'vit', {
          backend: o.backend,
          network,
          loss: crossEntropy(),
          optimizer: adamW({ rate: warmUp(Math.ceil(steps / 20))(cosine(2e-3, steps)), weightDecay: 0.02 }),
          shapes: { x: real(1, 28, 28), y: int(), batch: 50 },
          examples: training,
          heldOut: test,
          metrics: { accuracy },
          epochs,
          key: randomKey(o.seed),
        }),
        TE.map(({ history }) => ({
          text: `${parameterCount(network)} parameters`,
          findings: [
            o.small
              ? lossFalls(history)
              : atLeast(`accuracy on ${test.count} new digits`, 0.97, history.at(-1)?.metrics.accuracy ?? 0),
          ],
        })),
      )
    }),
  )
