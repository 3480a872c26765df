/**
 * E4. What the layers of a network see: the outputs of successive layers of D2, for digits that it was not trained on, as
 * points in the plane by t-SNE (t-sne.ts). The deeper the layer, the further apart are the classes. That is measured: the
 * share of points whose class is that of most of their neighbours in the plane.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { crossEntropy, int, vmap } from '../src/index.ts'
import { cosine, sgd } from '../src/optim/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { atLeast, compute, learn, lossFalls, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { picturesFor } from './pictures.ts'
import { neighbourAccuracy, scattered } from './plane-neighbours.ts'
import { image, layers, network, seen } from './stages.ts'
import { affinities, scatter, scatterLoss } from './t-sne.ts'

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the loss of t-SNE': scatterLoss(5) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [n, steps] = o.small ? [60, 120] : [500, 400]
  const epochs = o.epochs ?? (o.small ? 2 : 3)
  return pipe(
    picturesFor(o, { training: o.small ? 640 : 6400, test: n }),
    TE.bindTo('data'),
    TE.bind('trained', ({ data: { training, test } }) =>
      learn(o, 'conv-net', {
        backend: o.backend,
        network,
        loss: crossEntropy(),
        optimizer: sgd({ rate: cosine(0.02, epochs * Math.floor(training.count / 64)), momentum: 0.9 }),
        shapes: { x: image, y: int(), batch: 64 },
        examples: training,
        heldOut: test,
        metrics: { accuracy },
        epochs,
        key: randomKey(o.seed),
      }),
    ),
    TE.bind('rows', ({ data: { test }, trained: { state } }) =>
      compute(o.backend)(vmap(n, { over: { params: false, state: false, x: true } })(seen), {
        params: state.params,
        state: state.state,
        x: test.x.subarray(0, n * 784),
      }),
    ),
    TE.bind('places', ({ rows }) =>
      TE.traverseSeqArray(([k, [, d]]: readonly [number, (typeof layers)[number]]) =>
        pipe(
          compute(o.backend)(affinities(n, d, o.small ? 10 : 30), rows[k] ?? []),
          TE.chain((p) => {
            const start = normal(2 * n)(foldIn(7)(randomKey(o.seed))).map((z) => 1e-4 * z)
            return compute(o.backend)(scatter(n, steps), { p, start })
          }),
        ),
      )([...layers.entries()]),
    ),
    TE.map(({ data: { test }, trained, places }) => {
      const shares = places.map((xy) => neighbourAccuracy(xy, test.y.subarray(0, n), 5))
      return {
        findings: o.small
          ? [lossFalls(trained.history)]
          : [
              ...layers
                .slice(1)
                .map(([name], k) =>
                  atLeast(
                    `neighbours of the same class in the plane, ${name}, less before it`,
                    -0.01,
                    (shares[k + 1] ?? 0) - (shares[k] ?? 0),
                  ),
                ),
              atLeast('of the dense layer', 0.95, shares.at(-1) ?? 0),
              atLeast('of the dense layer, less of the pixels', 0.02, (shares.at(-1) ?? 0) - (shares[0] ?? 0)),
            ],
        text: layers
          .map(
            ([name], k) => `${name}: ${(100 * (shares[k] ?? 0)).toFixed(1)} % of the points are among their own class`,
          )
          .join('\n'),
        pictures: places.map((xy, k) => ({
          name: `layer-${k}.svg`,
          content: scattered(xy, test.y, layers[k]?.[0] ?? ''),
        })),
      }
    }),
  )
}
