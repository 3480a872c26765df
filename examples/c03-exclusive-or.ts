/**
 * C3. The exclusive or, twice: by a linear classifier after the feature map (u, v) -> (u, v, uv), and by a network with a
 * hidden layer, which finds its own features. Both are trained by the same call.
 */

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { exclusiveOr } from '../src/data/index.ts'
import { crossEntropy, type Expr, int, mul, programOrThrow, real, stack, take, tanh } from '../src/index.ts'
import { dense, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam } from '../src/optim/index.ts'
import { foldIn, randomKey } from '../src/random/index.ts'
import { close, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'

const features = (x: Expr<readonly [2]>): Expr<readonly [3]> => {
  const [u, v] = [take(0, 0)(x), take(0, 1)(x)]
  return stack(0)([u, v, mul(u, v)])
}
const byFeatures = sequential(features, dense(3, 2))
const byLayers = sequential(dense(2, 8), tanh, dense(8, 2))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'the feature map': programOrThrow(real(2), features),
  'the network': predictOrThrow(byLayers, real(2)),
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [from, examples, heldOut] = [
    randomKey(o.seed),
    exclusiveOr(foldIn(1)(randomKey(o.seed)), 200),
    exclusiveOr(foldIn(2)(randomKey(o.seed)), 500),
  ]
  const common = {
    backend: o.backend,
    loss: crossEntropy(),
    optimizer: adam({ rate: 0.05 }),
    shapes: { x: real(2), y: int(), batch: 20 },
    metrics: { accuracy },
    epochs: o.epochs ?? 30,
    key: from,
    examples,
    heldOut,
  } as const
  return pipe(
    TE.Do,
    TE.apS('features', learn(o, 'features', { ...common, network: byFeatures })),
    TE.apS('layers', learn(o, 'layers', { ...common, network: byLayers })),
    TE.map(({ features: f, layers: l }) => ({
      findings: [
        close('accuracy through (u, v, uv), on new points', 1, f.history.at(-1)?.metrics.accuracy ?? 0, 0),
        close('accuracy of a network 2-8-2, on new points', 1, l.history.at(-1)?.metrics.accuracy ?? 0, 0),
      ],
    })),
  )
}
