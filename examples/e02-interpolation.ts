/**
 * E2. Between two pictures, in the latent space of an auto-encoder: g((1 - a) f(x) + a f(x')) for a from 0 to 1. Strokes
 * move, while mixed pixels only fade. Convolutions with strides encode; transposed ones decode.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Dataset, take } from '../src/data/index.ts'
import { pictures, sheet } from '../src/draw/index.ts'
import { add, apply, mseLoss, mul, programOrThrow, real, relu, sub, vmap } from '../src/index.ts'
import { conv2d, convTranspose2d, dense, flatten, predictOrThrow, sequential, unflatten } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { randomKey } from '../src/random/index.ts'
import { atMost, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { nearestDistance } from './nearest-distance.ts'
import { type Pictures, picturesFor } from './pictures.ts'

const [size, latent, pairs, shown, places, batch] = [784, 16, 40, 8, 9, 25] as const
/** The largest squared error on test pictures. */
const bars = { generated: 0.015, mnist: 0.015, 'fashion-mnist': 0.017 } as const
const image = real(1, 28, 28)
const half = { stride: 2, pad: 1 } as const
const twice = { ...half, outputPad: 1 } as const
const encoder = sequential(conv2d(1, 8, 3, half), relu, conv2d(8, 16, 3, half), relu, flatten(), dense(size, latent))
const grown = sequential(unflatten([16, 7, 7]), convTranspose2d(16, 8, 3, twice), relu, convTranspose2d(8, 1, 3, twice))
const decoder = sequential(dense(latent, size), relu, grown)
const network = sequential(encoder, decoder)
const [f, g] = [predictOrThrow(encoder, image), predictOrThrow(decoder, real(latent))]

/** One picture between one pair of pictures; then all of all pairs. */
const between = programOrThrow(
  { params: network.params, state: network.state, a: real(), x: image, y: image },
  ({ params: [p, q], state: [s, t], a, x, y }) => {
    const [u, v] = [apply(f)({ params: p, state: s, x }), apply(f)({ params: p, state: s, x: y })]
    const mix = add(mul(sub(1, a), u), mul(a, v))
    return apply(g)({ params: q, state: t, x: mix })
  },
)
const still = { params: false, state: false } as const
const along = vmap(places, { over: { ...still, a: true, x: false, y: false } })(between)
const strips = vmap(shown, { over: { ...still, a: false, x: true, y: true } })(along)
const middles = vmap(pairs, { over: { ...still, a: false, x: true, y: true } })(between)

const small = sequential(dense(2, 4), unflatten([1, 2, 2]), convTranspose2d(1, 2, 3, twice))
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a small decoder': predictOrThrow(small, real(2)) }

const learnCoder = (o: RunOptions, { training, test }: Pictures) => {
  const epochs = o.epochs ?? (o.small ? 2 : 10)
  return pipe(
    learn(o, 'coder', {
      backend: o.backend,
      network,
      loss: mseLoss(),
      optimizer: adam({ rate: cosine(3e-3, epochs * Math.floor(training.count / batch)) }),
      shapes: { x: image, y: image, batch },
      examples: { x: training.x, y: training.x, count: training.count },
      heldOut: { x: test.x, y: test.x, count: test.count },
      metrics: { error: mseLoss() },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.map(({ state: { params, state }, history }) => ({
      weights: { params, state },
      error: history.at(-1)?.metrics.error ?? 1,
    })),
  )
}
const slice = ({ x }: Dataset, from: number, count: number) => x.subarray(from * size, (from + count) * size)

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 300 : 5000, test: o.small ? 2 * pairs : 1000 }),
    TE.map(({ training, test }) => ({ training: take(training, 10_000), test })),
    TE.bindTo('data'),
    TE.bind('learned', ({ data }) => learnCoder(o, data)),
    TE.bind('strip', ({ data: { test }, learned: { weights } }) => {
      const a = Array.from({ length: places }, (_, i) => i / (places - 1))
      return compute(o.backend)(strips, { ...weights, a, x: slice(test, 0, shown), y: slice(test, pairs, shown) })
    }),
    TE.bind('middle', ({ data: { test }, learned: { weights } }) =>
      compute(o.backend)(middles, { ...weights, a: 0.5, x: slice(test, 0, pairs), y: slice(test, pairs, pairs) }),
    ),
    TE.bind('distances', ({ data: { training, test }, middle }) => {
      const faded = middle.map((_, i) => ((test.x[i] ?? 0) + (test.x[pairs * size + i] ?? 0)) / 2)
      return TE.traverseSeqArray((p: typeof middle) =>
        compute(o.backend)(nearestDistance(pairs, training.count, size), { p, q: training.x }),
      )([middle, faded])
    }),
    TE.map(({ learned: { error }, strip, distances: [between = [1], faded = [1]] }) => ({
      findings: [
        atMost('squared error on test pictures', o.small ? 0.2 : bars[o.data], error),
        atMost(
          'squared distance of middles to the nearest training picture, over that of mixed pixels',
          o.small ? 2 : 0.85,
          (between[0] ?? 1) / (faded[0] ?? 1),
        ),
      ],
      pictures: [{ name: 'strips.png', content: sheet(pictures(strip, 28, 28), places, 2) }],
    })),
  )
