/**
 * Noise removed from pictures: a network of convolutions sees a digit under noise, and learns to give the digit. It never sees
 * the same noise twice: every batch draws its own.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pictures, sheet } from '../../src/draw/index.ts'
import { mseLoss, real, relu, vmap } from '../../src/index.ts'
import { conv2d, convTranspose2d, heUniform, predictOrThrow, sequential } from '../../src/nn/index.ts'
import { adam, cosine } from '../../src/optim/index.ts'
import { foldIn, type Key, normal, randomKey } from '../../src/random/index.ts'
import { atMost, compute, learn, type Report, type RunOptions } from '../../src/report/index.ts'
import { picturesFor } from '../pictures.ts'

const [side, size, sigma, shown] = [28, 784, 0.5, 10] as const
const image = real(1, side, side)
const he = { weights: heUniform, pad: 1 } as const
const half = { ...he, stride: 2 } as const
const network = sequential(
  conv2d(1, 16, 3, half),
  relu,
  conv2d(16, 32, 3, half),
  relu,
  conv2d(32, 32, 3, he),
  relu,
  convTranspose2d(32, 16, 4, { stride: 2, pad: 1 }),
  relu,
  convTranspose2d(16, 1, 4, { stride: 2, pad: 1 }),
)
const answers = vmap(shown, { over: { params: false, state: false, x: true } })(predictOrThrow(network, image))
const noisy = (x: Float32Array, key: Key): Float32Array => {
  const z = normal(x.length)(key)
  return x.map((v, i) => v + sigma * (z[i] ?? 0))
}
const narrow = sequential(conv2d(1, 2, 3, half), relu, convTranspose2d(2, 1, 4, { stride: 2, pad: 1 }))
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow network that removes noise': predictOrThrow(narrow, real(1, 4, 4)) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 200 : 4000, test: o.small ? 50 : 500 }),
    TE.bindTo('data'),
    TE.bind('fitted', ({ data: { training, test } }) => {
      const epochs = o.epochs ?? (o.small ? 1 : 8)
      const under = noisy(test.x, foldIn(1)(randomKey(o.seed)))
      return pipe(
        learn(o, 'denoiser', {
          backend: o.backend,
          network,
          loss: mseLoss(),
          optimizer: adam({ rate: cosine(3e-3, epochs * Math.floor(training.count / 25)) }),
          shapes: { x: image, y: image, batch: 25 },
          examples: { x: training.x, y: training.x, count: training.count },
          heldOut: { x: under, y: test.x, count: test.count },
          augment: (key, batch) => ({ ...batch, x: noisy(batch.x as Float32Array, key) }),
          metrics: { error: mseLoss() },
          epochs,
          key: randomKey(o.seed),
        }),
        TE.map(({ state, history }) => ({ state, under, error: history.at(-1)?.metrics.error ?? Number.NaN })),
      )
    }),
    TE.bind('cleaned', ({ fitted: { state, under } }) =>
      compute(o.backend)(answers, { params: state.params, state: state.state, x: under.subarray(0, shown * size) }),
    ),
    TE.map(({ data: { test }, fitted: { under, error }, cleaned }) => {
      const strip = [under, cleaned as Float32Array, test.x].flatMap((x) =>
        pictures(x.subarray(0, shown * size), side, side),
      )
      return {
        findings: [
          atMost('squared error in new pictures, over that of the noise', o.small ? 1 : 0.08, error / sigma ** 2),
        ],
        pictures: [{ name: 'noisy-cleaned-true.png', content: sheet(strip, shown, 3) }],
      }
    }),
  )
