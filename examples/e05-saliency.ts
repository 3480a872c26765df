/**
 * E5. Why a network answers as it does: the gradient of its answer with respect to the picture, guided back-propagation,
 * SmoothGrad and Grad-CAM; and what its outputs and channels look for: pictures that they like most. All are programs that
 * differentiate the network (saliency.ts).
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pictures, sheet } from '../src/draw/index.ts'
import { crossEntropy, int, real, relu, vmap } from '../src/index.ts'
import { conv2d, dense, flatten, maxPool, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { atLeast, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { picturesFor } from './pictures.ts'
import { cam, guided, guidedScore, likedByChannel, likedByOutput, network, noiseSize, score, side, slope, smooth } from './saliency.ts'

const [size, shown, channels] = [side * side, 10, 24] as const
const each = { params: false, state: false, x: true, k: true } as const
const many = <const N extends number>(n: N) => ({
  score: vmap(n, { over: each })(score),
  guidedScore: vmap(n, { over: each })(guidedScore),
  slope: vmap(n, { over: each })(slope),
  guided: vmap(n, { over: each })(guided),
  smooth: vmap(n, { over: { ...each, noise: false } })(smooth),
  cam: vmap(n, { over: each })(cam),
})
const upTo = (n: number): Int32Array => Int32Array.from({ length: n }, (_, k) => k)

const narrow = sequential(conv2d(1, 2, 3), relu, maxPool(2), conv2d(2, 2, 2), relu, flatten(), dense(8, 2))
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow network': predictOrThrow(narrow, real(1, 8, 8)) }

/** How much of a map lies on ink, over the share of the picture that is ink. */
const onInk = (map: ArrayLike<number>, pixels: Float32Array): number => {
  const weight = (i: number): number => Math.abs(map[i] ?? 0)
  const all = Array.from(pixels, (v, i) => [v > 0.3, weight(i)] as const)
  const total = (xs: typeof all): number => xs.reduce((a, [, w]) => a + w, 0)
  const ink = all.filter(([is]) => is)
  return total(ink) / total(all) / (ink.length / all.length)
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [epochs, climbs] = o.small ? [1, 10] : [o.epochs ?? 3, 150]
  const ask = many(shown)
  return pipe(
    picturesFor(o, { training: o.small ? 500 : 4000, test: 500 }),
    TE.bindTo('data'),
    TE.bind('trained', ({ data: { training, test } }) =>
      learn(o, 'conv-net', {
        backend: o.backend,
        network,
        loss: crossEntropy(),
        optimizer: adam({ rate: cosine(2e-3, epochs * Math.floor(training.count / 50)) }),
        shapes: { x: real(1, side, side), y: int(), batch: 50 },
        examples: training,
        heldOut: test,
        metrics: { accuracy },
        epochs,
        key: randomKey(o.seed),
      }),
    ),
    TE.bind('of', ({ data: { test }, trained: { state: { params, state } } }) =>
      TE.right({ params, state, x: test.x.subarray(0, shown * size), k: test.y.subarray(0, shown) }),
    ),
    TE.bind('seen', ({ of }) => {
      const run = compute(o.backend)
      const noise = normal(noiseSize)(foldIn(5)(randomKey(o.seed))).map((z) => 0.2 * z)
      return pipe(
        TE.Do,
        TE.apS('scores', run(ask.score, of)),
        TE.apS('guidedScores', run(ask.guidedScore, of)),
        TE.apS('slopes', run(ask.slope, of)),
        TE.apS('guided', run(ask.guided, of)),
        TE.apS('smooth', run(ask.smooth, { ...of, noise })),
        TE.apS('still', run(ask.smooth, { ...of, noise: noise.map(() => 0) })),
        TE.apS('cams', run(ask.cam, of)),
      )
    }),
    TE.bind('liked', ({ of: { params, state } }) => {
      const start = (n: number) => normal(n * size)(foldIn(6)(randomKey(o.seed))).map((z) => 0.1 * Math.abs(z))
      return pipe(
        TE.Do,
        TE.apS('outputs', compute(o.backend)(vmap(10, { over: each })(likedByOutput(climbs)), { params, state, k: upTo(10), x: start(10) })),
        TE.apS('channels', compute(o.backend)(vmap(channels, { over: each })(likedByChannel(climbs)), { params, state, k: upTo(channels), x: start(channels) })),
      )
    }),
    TE.bind('sure', ({ of, liked }) => compute(o.backend)(ask.score, { ...of, x: liked.outputs, k: upTo(10) })),
    TE.map(({ of, seen, liked, sure, trained }) => ({
      findings: [
        atLeast('accuracy', o.small ? 0.3 : 0.95, trained.history.at(-1)?.metrics.accuracy ?? 0),
      ],
      pictures: [
        { name: 'why.png', content: sheet([of.x, seen.slopes.x, seen.guided.x, seen.smooth, seen.cams].flatMap((m) => pictures((m as Float32Array).map(Math.abs), side, side)), shown, 2) },
        { name: 'outputs.png', content: sheet(pictures(liked.outputs as Float32Array, side, side), 10, 2) },
        { name: 'channels.png', content: sheet(pictures(liked.channels as Float32Array, side, side), 12, 2) },
      ],
      text: [onInk(seen.slopes.x, of.x), onInk(seen.guided.x, of.x), onInk(seen.smooth, of.x), onInk(seen.cams, of.x), Math.min(...sure), Math.max(...seen.scores)].join(' '),
    })),
  )
}
