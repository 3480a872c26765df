/**
 * F7. A diffusion model. Data are mixed with noise, x(t) = a(t) x + s(t) noise, and a network learns to tell both apart. To draw,
 * one starts from noise alone and takes it away in small steps; all of them are one program, a scan.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { plane } from '../src/draw/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, normal, randomKey, uniform } from '../src/random/index.ts'
import { atLeast, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { clusters, quality } from './clusters.ts'
import { descended, keyWords } from './descend.ts'
import { draws, lossOf, startOf } from './diffusion.ts'

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the loss': lossOf(2, 4, 3) }

interface Learning {
  readonly d: number
  readonly hidden: number
  /** Points in a step. */
  readonly n: number
  readonly steps: number
  readonly data: (step: number) => Float32Array | Float64Array
}
const learned = (o: RunOptions, name: string, { d, hidden, n, steps, data }: Learning) =>
  descended(o, name, {
    loss: lossOf(d, hidden, n),
    params: startOf(d, hidden, foldIn(1)(randomKey(o.seed))),
    optimizer: adam({ rate: cosine(3e-3, steps) }),
    steps,
    data: (k) => {
      const key = foldIn(k)(foldIn(2)(randomKey(o.seed)))
      return { x: data(k), noise: normal(n * d)(foldIn(1)(key)), t: uniform(n)(foldIn(2)(key)) }
    },
  })
export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const from = randomKey(o.seed)
  return pipe(
    TE.Do,
    TE.bind('plane', () => {
      const data = (k: number) => clusters(foldIn(k)(foldIn(3)(from)), 256)
      return learned(o, 'clusters', { d: 2, hidden: 128, n: 256, steps: o.small ? 1000 : 8000, data })
    }),
    TE.bind('points', ({ plane: { params } }) =>
      compute(o.backend)(draws(2, 128, 1000, 50), [
        params,
        { start: normal(2000)(foldIn(4)(from)), key: keyWords(foldIn(6)(from)) },
      ]),
    ),
    TE.map(({ points }) => {
      const { good, least } = quality(points)
      const dots = Array.from({ length: 1000 }, (_, i) => [points[2 * i] ?? 0, points[2 * i + 1] ?? 0, 1] as const)
      return {
        findings: [
          atLeast('part of points drawn within three deviations of a cluster', o.small ? 0.5 : 0.9, good),
          atLeast('part of the cluster that got fewest, of 0.125', o.small ? 0.02 : 0.08, least),
        ],
        pictures: [
          { name: 'clusters.svg', content: plane({ x: [-3, 3], y: [-3, 3], dots, title: 'drawn from noise' }) },
        ],
      }
    }),
  )
}
