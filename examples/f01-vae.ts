/**
 * F1. A variational auto-encoder: a picture is encoded as a distribution over codes, a sample of it is decoded, and the
 * evidence bound is maximised. Gradients pass through the sample, mean + deviation * noise, to the encoder.
 *
 *   -log p(x) <= E[-log p(x | z)] + KL(q(z | x), N(0, 1))
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { take } from '../src/data/index.ts'
import { pictures, sheet } from '../src/draw/index.ts'
import { real, vmap } from '../src/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, normal, randomKey, uniform } from '../src/random/index.ts'
import { atMost, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { lossProgramOrThrow } from '../src/train/index.ts'
import { picturesFor } from './pictures.ts'
import { bound, coder, drawingOf } from './variational.ts'

const [size, hidden, codes, shown] = [784, 256, 8, 12] as const
const network = coder(size, hidden, codes)
const many = vmap(8 * shown, { over: { params: false, state: false, x: true } })(drawingOf(size, hidden, codes))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'the bound': lossProgramOrThrow(coder(6, 4, 2), bound(6, 2), { x: real(6), y: real(6), batch: 3 }),
}
/** Nats of a picture where every pixel is drawn by itself, with its own mean. */
const alone = (train: Float32Array, test: Float32Array): number => {
  const means = Array.from({ length: size }, (_, j) => {
    let total = 0
    for (let i = j; i < train.length; i += size) total += train[i] ?? 0
    return Math.min(Math.max((total * size) / train.length, 1e-4), 1 - 1e-4)
  })
  const nats = test.reduce((s, x, i) => {
    const p = means[i % size] ?? 0.5
    return s - x * Math.log(p) - (1 - x) * Math.log(1 - p)
  }, 0)
  return (nats * size) / test.length
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 1000 : 6000, test: o.small ? 100 : 1000 }),
    TE.map(({ training, test }) => ({ training: take(training, 20_000), test: take(test, 1000) })),
    TE.bindTo('data'),
    TE.bind('fitted', ({ data: { training, test } }) => {
      const epochs = o.epochs ?? (o.small ? 8 : 20)
      return learn(o, 'vae', {
        backend: o.backend,
        network,
        loss: bound(size, codes),
        optimizer: adam({ rate: cosine(2e-3, epochs * Math.floor(training.count / 50)) }),
        shapes: { x: real(size), y: real(size), batch: 50 },
        examples: { x: training.x, y: training.x, count: training.count },
        heldOut: { x: test.x, y: test.x, count: test.count },
        metrics: { 'bound at the mean': bound(size, codes) },
        epochs,
        key: foldIn(7)(randomKey(o.seed)),
      })
    }),
    TE.bind('nats', ({ data: { test }, fitted: { state } }) => {
      const batch = lossProgramOrThrow(network, bound(size, codes), { x: real(size), y: real(size), batch: test.count })
      const sample = Int32Array.from(uniform(3 * test.count)(foldIn(8)(randomKey(o.seed))), (u) => u * 2 ** 24)
      const key = { encode: [null, null, null], sample, decode: [null, null, null] } as const
      return compute(o.backend)(batch, [state.params, { state: state.state, key, x: test.x, y: test.x }])
    }),
    TE.bind('drawn', ({ fitted: { state } }) =>
      compute(o.backend)(many, {
        params: state.params.decode,
        state: state.state.decode,
        x: normal(8 * shown * codes)(foldIn(9)(randomKey(o.seed))),
      }),
    ),
    TE.map(({ data: { training, test }, nats, drawn }) => ({
      findings: [
        atMost(
          `nats of a new picture, over those of pixels drawn alone (${alone(training.x, test.x).toFixed(0)})`,
          o.small ? 0.95 : 0.7,
          (nats[0] ?? Number.NaN) / alone(training.x, test.x),
        ),
      ],
      pictures: [{ name: 'drawn.png', content: sheet(pictures(drawn, 28, 28), shown, 2) }],
    })),
  )
