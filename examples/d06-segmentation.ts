/**
 * D6. Segmentation: a class for every pixel. A U-Net sees the picture at full, half and quarter size; on the way back up
 * it sees each size again as it was on the way down. The loss counts pixels, and shapes (pixel-loss.ts).
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { argmax, int, programOrThrow, real, vmap } from '../src/index.ts'
import { uNet } from '../src/models/index.ts'
import { predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, randomKey } from '../src/random/index.ts'
import { atLeast, compute, learn, lossFalls, type Report, type RunOptions } from '../src/report/index.ts'
import { confusion, iou, overClasses } from '../src/train/index.ts'
import { classPainting, colourSheet, greyPainting } from './colour-sheet.ts'
import { pixelAccuracy, pixelLoss } from './pixel-loss.ts'
import { kinds, type Scenes, scenes } from './shapes.ts'

const [side, classes, batch, shown] = [32, 1 + kinds.length, 10, 6] as const
const network = uNet({ channels: 1, classes, base: 8, depth: 2 })

/** The most probable class of every pixel. */
const answer = predictOrThrow(sequential(network, argmax(0)), real(1, side, side))
const answers = (n: number) => vmap(n, { over: { params: false, state: false, x: true } })(answer)

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'a small U-Net': predictOrThrow(uNet({ channels: 1, classes: 2, base: 2, depth: 1 }), real(1, 4, 4)),
  'its loss': programOrThrow([real(classes, 4, 4), int(4, 4)], ([x, y]) => pixelLoss(x, y)),
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [learned, unseen] = o.small ? [100, 20] : [1600, 300]
  const training = scenes(foldIn(1)(randomKey(o.seed)), learned, side, 3)
  const test = scenes(foldIn(2)(randomKey(o.seed)), unseen, side, 3)
  const examplesOf = ({ pixels, classes: y, count }: Scenes) => ({ x: pixels, y, count })
  const epochs = o.epochs ?? (o.small ? 2 : 6)
  return pipe(
    learn(o, 'u-net', {
      backend: o.backend,
      network,
      loss: pixelLoss,
      optimizer: adam({ rate: cosine(4e-3, (epochs * learned) / batch) }),
      shapes: { x: real(1, side, side), y: int(side, side), batch },
      examples: examplesOf(training),
      heldOut: examplesOf(test),
      metrics: { right: pixelAccuracy },
      epochs,
      key: randomKey(o.seed),
    }),
    TE.bindTo('fitted'),
    TE.bind('found', ({ fitted: { state: s } }) =>
      compute(o.backend)(answers(unseen), { params: [s.params, null], state: [s.state, null], x: test.pixels }),
    ),
    TE.map(({ fitted, found }) => {
      const perClass = iou(confusion(classes, test.classes, found))
      return {
        findings: [
          atLeast(
            `intersection over union, mean of ${classes} classes, ${unseen} new pictures`,
            o.small ? 0.2 : 0.9,
            overClasses(perClass),
          ),
          ...(o.small
            ? [lossFalls(fitted.history)]
            : kinds.map((kind, k) => atLeast(`of the pixels of each ${kind}`, 0.85, perClass[k + 1] ?? 0))),
        ],
        pictures: [
          {
            name: 'input-truth-prediction.png',
            content: colourSheet(
              Array.from({ length: shown }, (_, n) => [
                greyPainting(test.pixels, n, side),
                classPainting(test.classes, n, side),
                classPainting(found, n, side),
              ]).flat(),
              side,
              6,
              4,
            ),
          },
        ],
      }
    }),
  )
}
