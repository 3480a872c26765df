/**
 * D5. A network answers with weights from a file: arrays under the names that PyTorch gives them, softmax, and the most
 * probable classes by name. The file is generated here by a short training; a downloaded one is read the same way.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fashionNames, readSafetensors, showDataError, writeSafetensors } from '../src/data/index.ts'
import { pictures, sheet } from '../src/draw/index.ts'
import { crossEntropy, int, programOrThrow, real, softmax, sum, topK } from '../src/index.ts'
import { leNet5, leNet5Names, loadWeights, saveWeights, showWeightsError } from '../src/models/index.ts'
import { predictOrThrow } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { randomKey } from '../src/random/index.ts'
import { atLeast, close, compute, holds, learn, type Report, type RunOptions, same } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'
import { picturesFor } from './pictures.ts'

const image = real(1, 28, 28)
const network = leNet5()
const logits = predictOrThrow(network, image)
/** The three most probable classes, and how probable they are. */
const ranked = programOrThrow(real(10), (x) => {
  const probability = softmax()(x)
  return { best: topK(0, 3)(probability), sum: sum()(probability) }
})

const narrow = leNet5({ size: 12, widths: [1, 1], hidden: [2, 2], classes: 2 })
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow copy': predictOrThrow(narrow, real(1, 12, 12)) }

/** The least accuracy of the short training that makes the file. */
const bars = { generated: 0.9, mnist: 0.97, 'fashion-mnist': 0.83 } as const

const digitNames = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
/** The weights in the bytes of a file, or why there are none. */
const weightsIn = (file: Uint8Array) =>
  pipe(
    readSafetensors(file),
    E.mapLeft(showDataError),
    E.chain(({ tensors }) => pipe(loadWeights(network, leNet5Names)(tensors), E.mapLeft(showWeightsError))),
  )

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    picturesFor(o, { training: o.small ? 2000 : 6400, test: 500 }),
    TE.bindTo('pictures'),
    TE.bind('trained', ({ pictures: { training, test } }) => {
      const epochs = o.epochs ?? (o.data === 'generated' ? 3 : 2)
      return learn(o, 'weights', {
        backend: o.backend,
        network,
        loss: crossEntropy(),
        optimizer: adam({ rate: cosine(3e-3, epochs * Math.floor(training.count / 50)) }),
        shapes: { x: image, y: int(), batch: 50 },
        examples: training,
        heldOut: test,
        metrics: { accuracy },
        epochs,
        key: randomKey(o.seed),
      })
    }),
    TE.bind('tensors', ({ trained }) =>
      TE.fromEither(E.mapLeft(showWeightsError)(saveWeights(network, leNet5Names)(trained.state))),
    ),
    TE.let('file', ({ tensors }) => writeSafetensors({ tensors })),
    TE.bind('weights', ({ file }) => TE.fromEither(weightsIn(file))),
    TE.let('x', ({ pictures: { test } }) => test.x.slice(0, 784)),
    TE.bind('before', ({ trained: { state }, x }) => compute(o.backend)(logits, { ...state, x })),
    TE.bind('after', ({ weights, x }) => compute(o.backend)(logits, { ...weights, x })),
    TE.bind('answer', ({ after }) => compute(o.backend)(ranked, after)),
    TE.map(({ pictures: { test }, trained: { history }, file, x, before, after, answer }) => {
      const classes = o.data === 'fashion-mnist' ? fashionNames : digitNames
      const nameOf = (k: number) => classes[k] ?? String(k)
      const { values, indices } = answer.best
      const problem = weightsIn(writeSafetensors({ tensors: {} }))
      return {
        text: [
          `a file of ${file.length} bytes: ${leNet5Names.params.map((n) => n.name).join(', ')}`,
          ...Array.from(indices, (k, i) => `${(100 * (values[i] ?? 0)).toFixed(1)} %  ${nameOf(k)}`),
        ].join('\n'),
        findings: [
          close('the network with the weights of the file answers as the trained one', before, after, 0),
          close('the probabilities add up to', 1, answer.sum, 1e-6),
          holds('the list is in order', (values[0] ?? 0) >= (values[1] ?? 1) && (values[1] ?? 0) >= (values[2] ?? 1)),
          holds(
            `the class of the picture, ${nameOf(test.y[0] ?? -1)}, is in the list`,
            indices.includes(test.y[0] ?? -1),
          ),
          atLeast(`accuracy on ${test.count} test images`, bars[o.data], history.at(-1)?.metrics.accuracy ?? 0),
          same(
            'a file of other weights is refused',
            'the file has no conv1.weight, conv1.bias, conv2.weight and 7 more',
            E.isLeft(problem) ? (problem.left.split('\n')[0] ?? '') : 'it is read',
          ),
        ],
        pictures: [{ name: 'picture.png', content: sheet(pictures(x, 28, 28)) }],
      }
    }),
  )
