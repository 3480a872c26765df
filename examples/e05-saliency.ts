/**
 * E5. Why a network answers as it does: the gradient of its answer with respect to the picture, guided back-propagation,
 * SmoothGrad and Grad-CAM; and what its outputs and channels look for: pictures that they like most. All are programs that
 * differentiate the network (saliency.ts).
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pictures, sheet } from '../src/draw/index.ts'
import { crossEntropy, int, real, relu } from '../src/index.ts'
import { conv2d, dense, flatten, maxPool, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { randomKey } from '../src/random/index.ts'
import { atLeast, close, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { explained, liked, onInk, shown } from './explained.ts'
import { picturesFor } from './pictures.ts'
import { network, side } from './saliency.ts'

const narrow = sequential(conv2d(1, 2, 3), relu, maxPool(2), conv2d(2, 2, 2), relu, flatten(), dense(8, 2))
/** `adjoint run` checks their gradients against finite differences. The rule of guided ReLU is wrong on purpose. */
export const programs = { 'a narrow network': predictOrThrow(narrow, real(1, 8, 8)) }

type Maps = Float32Array | Float64Array
const shownAs = (maps: readonly Maps[], perRow: number, scale: number) =>
  sheet(
    maps.flatMap((m) => pictures(m.map(Math.abs) as Maps, side, side)),
    perRow,
    scale,
  )
const greatest = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => Math.max(a, b))
const least = (x: ArrayLike<number>): number => Array.from(x).reduce((a, b) => Math.min(a, b))

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [epochs, steps] = o.small ? [1, 10] : [o.epochs ?? 3, 150]
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
    TE.bind('why', ({ data: { test }, trained: { state } }) =>
      explained(o, {
        params: state.params,
        state: state.state,
        x: test.x.subarray(0, shown * side * side),
        k: test.y.subarray(0, shown),
      }),
    ),
    TE.bind('best', ({ trained: { state } }) => liked(o, { params: state.params, state: state.state }, steps)),
    TE.map(({ data: { test }, trained, why, best }) => {
      const x = test.x.subarray(0, shown * side * side)
      return {
        findings: [
          atLeast('accuracy on new digits', o.small ? 0.3 : 0.95, trained.history.at(-1)?.metrics.accuracy ?? 0),
          close('scores through guided ReLUs, and through ReLUs', why.scores, why.guidedScores, 0),
          close('SmoothGrad without noise, and the gradient', why.slopes.x, why.still, 1e-5),
          atLeast('how much more the gradient lies on ink than elsewhere', o.small ? 1 : 1.3, onInk(why.slopes.x, x)),
          atLeast('guided back-propagation', o.small ? 1.5 : 2, onInk(why.guided.x, x)),
          atLeast('Grad-CAM', o.small ? 1.3 : 1.5, onInk(why.cams, x)),
          ...(o.small
            ? []
            : [
                atLeast(
                  'least score of a picture made for an output, over the greatest of a digit',
                  1,
                  least(best.sure) / greatest(why.scores),
                ),
              ]),
        ],
        pictures: [
          { name: 'why.png', content: shownAs([x, why.slopes.x, why.guided.x, why.smooth, why.cams], shown, 3) },
          { name: 'outputs.png', content: shownAs([best.outputs], shown, 3) },
          { name: 'channels.png', content: shownAs([best.channels], 12, 3) },
        ],
      }
    }),
  )
}
