/**
 * E4. What the layers of a network see: the outputs of successive layers of D2, for digits that it was not trained on, as
 * points in the plane by t-SNE (t-sne.ts). The deeper the layer, the further apart are the classes. That is measured: the
 * share of points whose class is that of most of their neighbours in the plane.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { plane } from '../src/draw/index.ts'
import { apply, crossEntropy, flatten as flat, int, programOrThrow, real, relu, vmap } from '../src/index.ts'
import { conv2d, dense, flatten, heUniform, maxPool, predictOrThrow, sequential } from '../src/nn/index.ts'
import { cosine, sgd } from '../src/optim/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { atLeast, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { picturesFor } from './pictures.ts'
import { affinities, scatter, scatterLoss } from './t-sne.ts'

const he = { weights: heUniform } as const
const image = real(1, 28, 28)
const first = sequential(conv2d(1, 32, 5, he), relu, maxPool(3))
const second = sequential(conv2d(32, 64, 5, he), relu, maxPool(2))
const third = sequential(flatten(), dense(256, 256, he), relu)
const network = sequential(first, second, third, dense(256, 10))
const answer = predictOrThrow(network, image)
const stages = [
  predictOrThrow(first, image),
  predictOrThrow(second, real(32, 8, 8)),
  predictOrThrow(third, real(64, 2, 2)),
] as const
/** The picture, and the outputs of three stages, each as a row of numbers. */
const seen = programOrThrow(answer.in, ({ params, state, x }) => {
  const one = apply(stages[0])({ params: params[0], state: state[0], x })
  const two = apply(stages[1])({ params: params[1], state: state[1], x: one })
  const three = apply(stages[2])({ params: params[2], state: state[2], x: two })
  return [flat()(x), flat()(one), flat()(two), three] as const
})
const layers = [
  ['the pixels', 784],
  ['the first convolution', 2048],
  ['the second convolution', 256],
  ['the dense layer', 256],
] as const

/** The share of points whose class is that of most of their k nearest neighbours. */
const neighbourAccuracy = (places: ArrayLike<number>, y: ArrayLike<number>, k: number): number => {
  const all = Array.from(y)
  const away = (i: number, j: number): number =>
    Math.hypot((places[2 * i] ?? 0) - (places[2 * j] ?? 0), (places[2 * i + 1] ?? 0) - (places[2 * j + 1] ?? 0))
  const right = all.filter((own, i) => {
    const near = all.map((label, j) => [away(i, j), label] as const).filter((_, j) => j !== i)
    const nearest = near.sort((a, b) => a[0] - b[0]).slice(0, k)
    const votes = nearest.filter(([, label]) => label === own).length
    return all.every((label) => label === own || nearest.filter(([, l]) => l === label).length < votes)
  })
  return right.length / all.length
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the loss of t-SNE': scatterLoss(5) }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [n, steps] = o.small ? [60, 120] : [500, 400]
  const epochs = o.epochs ?? (o.small ? 1 : 3)
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
    TE.map(({ data: { test }, places }) => {
      const shares = places.map((xy) => neighbourAccuracy(xy, test.y.subarray(0, n), 5))
      return {
        findings: [
          ...layers.slice(1).map(([name], k) =>
            atLeast(`neighbours of the same class in the plane, ${name}, less before it`, o.small ? -1 : -0.01, (shares[k + 1] ?? 0) - (shares[k] ?? 0)),
          ),
          atLeast('of the dense layer', o.small ? 0 : 0.95, shares.at(-1) ?? 0),
          atLeast('of the dense layer, less of the pixels', o.small ? -1 : 0.02, (shares.at(-1) ?? 0) - (shares[0] ?? 0)),
        ],
        text: layers.map(([name], k) => `${name}: ${(100 * (shares[k] ?? 0)).toFixed(1)} % of the points are among their own class`).join('\n'),
        pictures: places.map((xy, k) => ({ name: `layer-${k}.svg`, content: drawn(xy, test.y, layers[k]?.[0] ?? '') })),
      }
    }),
  )
}
const drawn = (xy: ArrayLike<number>, y: ArrayLike<number>, title: string): string => {
  const reach = 1.05 * Array.from(xy).reduce((a, b) => Math.max(a, Math.abs(b)), 0)
  const dots = Array.from({ length: xy.length / 2 }, (_, i) => [xy[2 * i] ?? 0, xy[2 * i + 1] ?? 0, y[i] ?? 0] as const)
  return plane({ x: [-reach, reach], y: [-reach, reach], dots, title })
}
