/**
 * E3. A generator against a discriminator. The discriminator learns to tell real points from generated ones, the generator
 * to be taken for real. Both move in one step, which is a pure program of (players, key): it draws noise and real points
 * itself. The gradient of the discriminator at real points is part of its loss, so a gradient is differentiated.
 *
 * Source: Goodfellow et al., "Generative adversarial nets" (2014); Mescheder, Geiger, Nowozin, "Which training methods for
 * GANs do actually converge?" (2018) for the gradient's weight
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { plane } from '../../src/draw/index.ts'
import {
  add,
  apply,
  foldIn,
  gradOrThrow,
  int,
  mean,
  mul,
  neg,
  normal,
  programOrThrow,
  real,
  relu,
  softplus,
  square,
  sum,
} from '../../src/index.ts'
import { dense, predictOrThrow, sequential } from '../../src/nn/index.ts'
import { adam, averaged, cosine } from '../../src/optim/index.ts'
import { foldIn as childOf, randomKey } from '../../src/random/index.ts'
import { atLeast, compute, type Report, type RunOptions } from '../../src/report/index.ts'
import { startDescent } from '../../src/train/index.ts'
import { gameStep, played, wordsOf } from './game.ts'
import { covered, modes, ringPoints } from './ring-points.ts'

const [noise, samples, weight] = [2, 2500, 0.1] as const
const key = int(3)
/** The players' networks, and what each loses on a batch. */
const players = (width: number, batch: number) => {
  const generator = sequential(dense(noise, width), relu, dense(width, width), relu, dense(width, 2))
  const discriminator = sequential(dense(2, width), relu, dense(width, width), relu, dense(width, 1))
  const makes = predictOrThrow(generator, real(batch, noise))
  const judges = predictOrThrow(discriminator, real(batch, 2))
  // the gradient of every judgement at its point: the points of a batch do not meet
  const total = programOrThrow(judges.in, (v) => sum()(apply(judges)(v)))
  const slope = gradOrThrow(total, { wrt: { x: true } })
  const steep = programOrThrow(judges.in, (v) => mean()(sum(1)(square(apply(slope)(v).x))))
  const [g0, d0] = [generator.state, discriminator.state]
  const generatorLoss = programOrThrow(
    [generator.params, { other: discriminator.params, data: { key } }],
    ([g, { other: d, data }]) => {
      const x = apply(makes)({ params: g, state: g0, x: normal([batch, noise])(foldIn(0)(data.key)) })
      return mean()(softplus()(neg(apply(judges)({ params: d, state: d0, x }))))
    },
  )
  const discriminatorLoss = programOrThrow(
    [discriminator.params, { other: generator.params, data: { key } }],
    ([d, { other: g, data }]) => {
      const made = apply(makes)({ params: g, state: g0, x: normal([batch, noise])(foldIn(1)(data.key)) })
      const given = { params: d, state: d0, x: ringPoints(batch)(foldIn(2)(data.key)) }
      const wrong = add(softplus()(neg(apply(judges)(given))), softplus()(apply(judges)({ ...given, x: made })))
      return add(mean()(wrong), mul(weight / 2, apply(steep)(given)))
    },
  )
  return { generator, discriminator, generatorLoss, discriminatorLoss, makes, steep }
}
const [stages, steps] = [6, 2000] as const
const optimizer = adam({ rate: cosine(1e-3, stages * steps), beta1: 0.5 })
const forGenerator = averaged(0.999)(optimizer)
const { generator, discriminator, generatorLoss, discriminatorLoss } = players(96, 128)
const step = gameStep({ loss: generatorLoss, optimizer: forGenerator }, { loss: discriminatorLoss, optimizer })
const many = predictOrThrow(generator, real(samples, noise))
/** What the generator makes of noise. */
const points = programOrThrow({ params: generator.params, key }, ({ params, key: k }) =>
  apply(many)({ params, state: generator.state, x: normal([samples, noise])(k) }),
)

const narrow = players(3, 2)
/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'a narrow generator': narrow.makes,
  'how steep a narrow discriminator is': narrow.steep,
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [shown, each] = o.small ? [1, 40] : [stages, steps]
  const at = (i: number) => childOf(i)(randomKey(o.seed))
  const start = {
    generator: startDescent(forGenerator, generator.params, generator.init(at(0)).params),
    discriminator: startDescent(optimizer, discriminator.params, discriminator.init(at(1)).params),
  }
  const dataAt = (k: number) => ({ key: wordsOf(childOf(k)(at(2))) })
  return pipe(
    played(o, 'ring')(step, start, { stages: shown, steps: each, dataAt }),
    TE.chain(
      TE.traverseSeqArray(({ generator: { optimizer } }) =>
        compute(o.backend)(points, { params: optimizer.slots.average, key: wordsOf(at(3)) }),
      ),
    ),
    TE.map((drawn) => {
      const { counts, good } = covered(drawn.at(-1) ?? [])
      return {
        findings: [
          ...(o.small
            ? []
            : [atLeast(`least number of ${samples} samples at one of ${modes} modes`, 20, Math.min(...counts))]),
          atLeast('share of samples within three deviations of a mode', o.small ? 0.01 : 0.9, good),
        ],
        pictures: drawn.map((xs, stage) => ({
          name: `ring-${stage * each}.svg`,
          content: scattered(xs, `after ${stage * each} steps`),
        })),
      }
    }),
  )
}
const scattered = (xs: ArrayLike<number>, title: string): string =>
  plane({
    x: [-3, 3],
    y: [-3, 3],
    dots: Array.from({ length: 500 }, (_, i) => [xs[2 * i] ?? 0, xs[2 * i + 1] ?? 0, 1] as const),
    title,
  })
