/**
 * C8. The playground: a small network learns to tell two classes of points apart, on four sets, and its decision surface
 * is drawn while it learns. The picture of an epoch is the network applied to a grid of points.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { circle, exclusiveOr, gaussians, type PlaneSet, spiral } from '../src/data/index.ts'
import { gridPoints, plane, probability } from '../src/draw/index.ts'
import { apply, crossEntropy, int, programOrThrow, real, softmax, take, tanh, vmap } from '../src/index.ts'
import { dense, normal, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam } from '../src/optim/index.ts'
import { foldIn, randomKey } from '../src/random/index.ts'
import { atLeast, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { accuracy } from '../src/train/index.ts'

const network = sequential(
  dense(2, 16, { weights: normal(3), bias: normal(1) }),
  tanh,
  dense(16, 16),
  tanh,
  dense(16, 2),
)
const side = 64
const box = { x: [-1.2, 1.2], y: [-1.2, 1.2] } as const
/** The probability of the second class, at every point of the grid. */
const answer = predictOrThrow(network, real(2))
const chance = programOrThrow(answer.in, (v) => take(0, 1)(softmax(0)(apply(answer)(v))))
const surface = vmap(side * side, { over: { params: false, state: false, x: true } })(chance)

const trained = (o: RunOptions, name: string, draw: typeof spiral, epochs: number) => {
  const examples = draw(foldIn(1)(randomKey(o.seed)), 400)
  return pipe(
    learn(o, `${name}-${epochs}`, {
      backend: o.backend,
      network,
      loss: crossEntropy(),
      optimizer: adam({ rate: 0.02 }),
      shapes: { x: real(2), y: int(), batch: 40 },
      examples,
      heldOut: draw(foldIn(2)(randomKey(o.seed)), 1000),
      metrics: { accuracy },
      epochs,
      key: foldIn(3)(randomKey(o.seed)),
    }),
    TE.map(({ state, history }) => ({ examples, state, accuracy: history.at(-1)?.metrics.accuracy ?? 0 })),
  )
}
const draw = (o: RunOptions, name: string, draws: typeof spiral, epochs: number) =>
  pipe(
    trained(o, name, draws, epochs),
    TE.chain(({ examples, state, accuracy: found }) =>
      pipe(
        compute(o.backend)(surface, { params: state.params, state: state.state, x: gridPoints(box.x, box.y, side) }),
        TE.map((values) => ({
          found,
          picture: { name: `${name}-${epochs}.svg`, content: picture(examples, values, `${name}, epoch ${epochs}`) },
        })),
      ),
    ),
  )
const picture = (s: PlaneSet, values: ArrayLike<number>, title: string): string => {
  const dots = Array.from(s.y, (label, i) => [s.x[2 * i] ?? 0, s.x[2 * i + 1] ?? 0, label] as const)
  return plane({ ...box, field: { values, side, colour: probability }, dots, title })
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the network': answer }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const epochs = o.epochs ?? (o.small ? 12 : 60)
  const short = Math.min(epochs, 10)
  return pipe(
    TE.Do,
    TE.apS('circle', draw(o, 'circle', circle, short)),
    TE.apS('or', draw(o, 'exclusive-or', exclusiveOr, short)),
    TE.apS('clouds', draw(o, 'gaussians', gaussians, short)),
    TE.apS('early', draw(o, 'spiral', spiral, short)),
    TE.apS('late', draw(o, 'spiral', spiral, epochs)),
    TE.map(({ circle: c, or, clouds, early, late }) => ({
      findings: [
        atLeast('circle, accuracy on new points', 0.95, c.found),
        atLeast('exclusive or', 0.95, or.found),
        atLeast('gaussians', 0.95, clouds.found),
        atLeast(`spiral after ${epochs} epochs`, o.small ? 0.7 : 0.95, late.found),
      ],
      pictures: [c, or, clouds, early, late].map((d) => d.picture),
    })),
  )
}
