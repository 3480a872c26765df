/**
 * D7. Detection: a convolutional network says of every cell of a picture whether a shape has its centre there, where its
 * box is, and what kind it is (cells.ts). Of boxes that overlap, non-maximum suppression keeps the best. They are measured
 * by their average precision (boxes.ts).
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { programOrThrow, real, relu, vmap } from '../src/index.ts'
import { conv2d, heUniform, maxPool, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, randomKey } from '../src/random/index.ts'
import { atLeast, compute, learn, lossFalls, type Report, type RunOptions } from '../src/report/index.ts'
import { averagePrecision, suppressed } from './boxes.ts'
import { channels, decoded, foundIn, loss, side, targetsOf } from './cells.ts'
import { colourSheet, greyPainting, withBoxes } from './colour-sheet.ts'
import { boxOf, kinds, type Scenes, scenes } from './shapes.ts'

const [batch, shown] = [10, 12] as const
const he = { pad: 1, weights: heUniform } as const
const features = sequential(conv2d(1, 16, 3, he), relu, maxPool(2), conv2d(16, 32, 3, he), relu, maxPool(2))
const head = sequential(conv2d(32, 32, 3, he), relu, conv2d(32, 32, 3, he), relu, conv2d(32, channels, 1))
const network = sequential(features, head)
/** Boxes and probabilities of all cells. */
const answer = predictOrThrow(sequential(network, decoded), real(1, side, side))

const narrow = sequential(conv2d(1, 2, 3), relu, maxPool(2), conv2d(2, channels, 3))
/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'a narrow network': predictOrThrow(narrow, real(1, 10, 10)),
  'the loss': programOrThrow([real(channels, 8, 8), real(channels, 8, 8)], ([x, y]) => loss(x, y)),
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [learned, unseen] = o.small ? [100, 30] : [2000, 300]
  const training = scenes(foldIn(1)(randomKey(o.seed)), learned, side, 3)
  const test = scenes(foldIn(2)(randomKey(o.seed)), unseen, side, 3)
  const examplesOf = (s: Scenes) => ({ x: s.pixels, y: targetsOf(s), count: s.count })
  const epochs = o.epochs ?? (o.small ? 2 : 8)
  const answers = vmap(unseen, { over: { params: false, state: false, x: true } })(answer)
  return pipe(
    learn(o, 'detector', {
      backend: o.backend,
      network,
      loss,
      optimizer: adam({ rate: cosine(3e-3, (epochs * learned) / batch) }),
      shapes: { x: real(1, side, side), y: real(channels, 8, 8), batch },
      examples: examplesOf(training),
      heldOut: examplesOf(test),
      metrics: { loss },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind('output', ({ fitted: { state: s } }) =>
      compute(o.backend)(answers, { params: [s.params, null], state: [s.state, null], x: test.pixels }),
    ),
    TE.map(({ fitted, output }) => {
      const pictures = test.shapes.map((there, n) => ({
        found: suppressed(foundIn(output, n, 0.02)),
        truth: there.map((s) => ({ box: boxOf(s), kind: s.kind })),
      }))
      const perKind = kinds.map((_, k) => averagePrecision(pictures, k))
      const drawn = pictures.slice(0, shown).flatMap(({ found, truth }, n) => {
        const picture = greyPainting(test.pixels, n, side)
        const sure = found.filter(({ score }) => score >= 0.5)
        return [withBoxes(picture, truth), withBoxes(picture, sure)]
      })
      return {
        findings: o.small
          ? [lossFalls(fitted.history)]
          : [
              atLeast(
                `average precision at overlap 0.5, mean of ${kinds.length} kinds, ${unseen} new pictures`,
                0.9,
                perKind.reduce((a, b) => a + b, 0) / kinds.length,
              ),
              ...kinds.map((kind, k) => atLeast(`of each ${kind}`, 0.85, perKind[k] ?? 0)),
            ],
        pictures: [{ name: 'true-and-found.png', content: colourSheet(drawn, side, 6, 5) }],
      }
    }),
  )
}
