/**
 * E1. Auto-encoders: a picture is encoded as d numbers and decoded, with the squared error as loss. A linear one does as well
 * as principal components; with relu between the same layers, d numbers hold more.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Dataset, take } from '../src/data/index.ts'
import { curves, pictures, sheet } from '../src/draw/index.ts'
import { mseLoss, real, relu, vmap } from '../src/index.ts'
import { dense, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { atMost, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { type Pictures, picturesFor } from './pictures.ts'
import { componentErrors } from './principal-components.ts'

const [size, most, shown] = [784, 32, 12] as const
const identity: typeof relu = (x) => x
/** To d numbers and back. */
const coder = (d: number, f: typeof relu) =>
  sequential(dense(size, 128), f, dense(128, d), dense(d, 128), f, dense(128, size))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'a small coder': predictOrThrow(sequential(dense(6, 3), relu, dense(3, 2), dense(2, 6)), real(6)),
}

/** Trains a coder: its error on test pictures, and what it makes of the first of them. */
const trained = (o: RunOptions, name: string, d: number, f: typeof relu, { training, test }: Pictures) => {
  const network = coder(d, f)
  const answer = predictOrThrow(network, real(size))
  const answers = vmap(shown, { over: { params: false, state: false, x: true } })(answer)
  const epochs = o.epochs ?? (o.small ? 3 : 15)
  return pipe(
    learn(o, `${name}-${d}`, {
      backend: o.backend,
      network,
      loss: mseLoss(),
      optimizer: adam({ rate: cosine(2e-3, epochs * Math.floor(training.count / 50)) }),
      shapes: { x: real(size), y: real(size), batch: 50 },
      examples: { x: training.x, y: training.x, count: training.count },
      heldOut: { x: test.x, y: test.x, count: test.count },
      metrics: { error: mseLoss() },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind('images', ({ fitted: { state } }) =>
      compute(o.backend)(answers, { params: state.params, state: state.state, x: firstOf(test) }),
    ),
    TE.map(({ fitted, images }) => ({ d, images, error: fitted.history.at(-1)?.metrics.error ?? Number.NaN })),
  )
}
const firstOf = ({ x }: Dataset) => x.subarray(0, shown * size)
const principalErrors = (o: RunOptions, { training, test }: Pictures) =>
  compute(o.backend)(componentErrors(training.count, test.count, size, most), {
    x: training.x,
    z: test.x,
    start: Float32Array.from(normal(size * most)(foldIn(9)(randomKey(o.seed)))),
  })

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 300 : 5000, test: o.small ? 100 : 1000 }),
    TE.map(({ training, test }) => ({ training: take(training, 10_000), test })),
    TE.bindTo('data'),
    TE.bind('principal', ({ data }) => principalErrors(o, data)),
    TE.bind('linear', ({ data }) => trained(o, 'linear', 8, identity, data)),
    TE.bind('deep', ({ data }) =>
      TE.traverseSeqArray((d: number) => trained(o, 'relu', d, relu, data))(o.small ? [2] : [2, 4, 8, 16, most]),
    ),
    TE.map(({ data: { test }, principal, linear, deep }) => {
      const ratio = (c: { readonly d: number; readonly error: number }) => c.error / (principal[c.d - 1] ?? 0)
      const strip = [firstOf(test), ...deep.map((c) => c.images)].flatMap((p) => pictures(p, 28, 28))
      const lines = [
        { name: 'principal components', points: deep.map(({ d }) => [d, principal[d - 1] ?? 0] as const) },
        { name: 'with relu', points: deep.map(({ d, error }) => [d, error] as const) },
      ]
      return {
        findings: [
          atMost('linear, d = 8: its error over that of 8 components', o.small ? 3 : 1.01, ratio(linear)),
          ...deep
            .filter(({ d }) => d <= 8)
            .map((c) => atMost(`with relu, d = ${c.d}: the same`, o.small ? 2 : 1, ratio(c))),
        ],
        pictures: [
          { name: 'error.svg', content: curves({ x: 'd', y: 'squared error', logX: true, logY: true }, lines) },
          { name: 'in-and-out.png', content: sheet(strip, shown, 2) },
        ],
      }
    }),
  )
