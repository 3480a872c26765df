/**
 * A generator of digits: transposed convolutions grow a picture from noise, convolutions with strides judge it. The step
 * takes a batch of real pictures, and a key for the noise.
 *
 * Source: Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional generative adversarial
 * networks" (2015)
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pictures, sheet } from '../../src/draw/index.ts'
import {
  add,
  apply,
  foldIn,
  gradOrThrow,
  int,
  leakyRelu,
  mean,
  mul,
  neg,
  normal,
  programOrThrow,
  real,
  relu,
  sigmoid,
  softplus,
  square,
  sum,
  variance,
  vmap,
} from '../../src/index.ts'
import { conv2d, convTranspose2d, dense, flatten, predictOrThrow, sequential, unflatten } from '../../src/nn/index.ts'
import { adam, averaged } from '../../src/optim/index.ts'
import { foldIn as childOf, randomKey, normal as standardNormal, uniform } from '../../src/random/index.ts'
import { atLeast, atMost, compute, type Report, type RunOptions } from '../../src/report/index.ts'
import { startDescent } from '../../src/train/index.ts'
import { nearestDistance } from '../nearest-distance.ts'
import { picturesFor } from '../pictures.ts'
import { gameStep, played, wordsOf } from './game.ts'

const [noise, batch, shown, weight] = [32, 32, 64, 1] as const
const half = { stride: 2, pad: 1 } as const
const twice = half
const grown = sequential(convTranspose2d(32, 16, 4, twice), relu, convTranspose2d(16, 1, 4, twice), sigmoid)
const generator = sequential(dense(noise, 1568), relu, unflatten([32, 7, 7]), grown)
const leaky = leakyRelu(0.2)
const seen = sequential(conv2d(1, 16, 4, half), leaky, conv2d(16, 32, 4, half), leaky)
const discriminator = sequential(seen, flatten(), dense(1568, 1))

const still = { params: false, state: false, x: true } as const
const makes = vmap(batch, { over: still })(predictOrThrow(generator, real(noise)))
const judges = vmap(batch, { over: still })(predictOrThrow(discriminator, real(1, 28, 28)))
const data = { key: int(3), x: real(batch, 1, 28, 28) }
const [gState, dState] = [generator.state, discriminator.state]
const draw = normal([batch, noise])

const generatorLoss = programOrThrow(
  [generator.params, { other: discriminator.params, data }],
  ([
    g,
    {
      other: d,
      data: { key },
    },
  ]) => {
    const x = apply(makes)({ params: g, state: gState, x: draw(foldIn(0)(key)) })
    return mean()(softplus()(neg(apply(judges)({ params: d, state: dState, x }))))
  },
)
const total = programOrThrow(judges.in, (v) => sum()(apply(judges)(v)))
const slope = gradOrThrow(total, { wrt: { x: true } })
const discriminatorLoss = programOrThrow(
  [discriminator.params, { other: generator.params, data }],
  ([
    d,
    {
      other: g,
      data: { key, x },
    },
  ]) => {
    const made = apply(makes)({ params: g, state: gState, x: draw(foldIn(1)(key)) })
    const given = { params: d, state: dState, x }
    const wrong = add(softplus()(neg(apply(judges)(given))), softplus()(apply(judges)({ ...given, x: made })))
    const steep = sum([1, 2, 3])(square(apply(slope)(given).x))
    return add(mean()(wrong), mul(weight / 2, mean()(steep)))
  },
)
const optimizer = adam({ rate: 1e-3, beta1: 0.5 })
const forGenerator = averaged(0.995)(optimizer)
const step = gameStep({ loss: generatorLoss, optimizer: forGenerator }, { loss: discriminatorLoss, optimizer })
/** What the generator makes of noise whose parameters are the mean over the last steps. */
const samples = vmap(shown, { over: still })(predictOrThrow(generator, real(noise)))
const spread = programOrThrow(real(shown, 784), (x) => mean()(variance(0)(x)))

const narrow = sequential(dense(2, 4), unflatten([1, 2, 2]), convTranspose2d(1, 2, 4, twice), sigmoid)
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'a narrow generator of pictures': predictOrThrow(narrow, real(2)) }

const size = 784
export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  o.onUse?.('long')
  const [stages, steps] = o.small ? [1, 10] : o.long ? [24, 300] : [6, 300]
  const at = (i: number) => childOf(i)(randomKey(o.seed))
  const start = {
    generator: startDescent(forGenerator, generator.params, generator.init(at(0)).params),
    discriminator: startDescent(optimizer, discriminator.params, discriminator.init(at(1)).params),
  }
  const z = Float32Array.from(standardNormal(shown * noise)(at(3)))
  return pipe(
    picturesFor(o, { training: o.small ? 200 : 4000, test: 200 }),
    TE.bindTo('data'),
    TE.bind('drawn', ({ data: { training } }) => {
      const dataAt = (k: number) => {
        const chosen = uniform(batch)(childOf(2 * k)(at(2)))
        const x = new Float32Array(batch * size)
        chosen.forEach((u, i) => {
          const n = Math.floor(u * training.count)
          x.set(training.x.subarray(n * size, (n + 1) * size), i * size)
        })
        return { key: wordsOf(childOf(2 * k + 1)(at(2))), x }
      }
      return pipe(
        played(o, 'digits')(step, start, { stages, steps, dataAt }),
        TE.chain(
          TE.traverseSeqArray(
            ({
              generator: {
                optimizer: { slots },
              },
            }) => compute(o.backend)(samples, { params: slots.average, state: gState as never, x: z }),
          ),
        ),
      )
    }),
    TE.bind('near', ({ data: { training, test }, drawn }) =>
      TE.traverseSeqArray((p: Float32Array) =>
        compute(o.backend)(nearestDistance(shown, training.count, size), { p, q: training.x }),
      )([drawn.at(-1) as Float32Array, test.x.subarray(0, shown * size)]),
    ),
    TE.bind('spreads', ({ data: { test }, drawn }) =>
      TE.traverseSeqArray((x: Float32Array) => compute(o.backend)(spread, x))([
        drawn.at(-1) as Float32Array,
        test.x.subarray(0, shown * size),
      ]),
    ),
    TE.map(({ drawn, near: [a = [1], b = [1]], spreads: [c = [1], d = [1]] }) => ({
      findings: [
        atMost(
          'squared distance to the nearest training picture, over that of test pictures',
          o.small ? 5 : 2,
          (a[0] ?? 9) / (b[0] ?? 1),
        ),
        ...(o.small
          ? []
          : [atLeast('variance of the samples, over that of test pictures', 0.7, (c[0] ?? 0) / (d[0] ?? 1))]),
      ],
      pictures: drawn.map((x, k) => ({
        name: `digits-${k * steps}.png`,
        content: sheet(pictures(x as Float32Array, 28, 28), 16, 2),
      })),
    })),
  )
}
