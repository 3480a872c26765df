/**
 * F4. A Gaussian process: functions are normally distributed, with a covariance that falls with distance. What one expects at
 * new points, and how surely, follows from a Cholesky factor. The scales of the covariance maximise the likelihood of what was
 * seen, by its gradient.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import { gradOrThrow } from '../src/index.ts'
import { adam } from '../src/optim/index.ts'
import { foldIn, type Key, normal, randomKey, uniform } from '../src/random/index.ts'
import { atLeast, atMost, close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { descended } from './descend.ts'
import { defined, expected, surprise } from './gaussian-process.ts'

const [n, m, noise] = [60, 200, 0.2] as const
const loss = surprise(n)
/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the likelihood': surprise(5) }

const truth = (x: number): number => Math.sin(2 * x) + 0.5 * x
const measured = (key: Key, x: Float64Array) => normal(x.length)(key).map((e, i) => truth(x[i] ?? 0) + noise * e)

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const from = randomKey(o.seed)
  const x = uniform(n)(foldIn(1)(from)).map((u) => 6 * u - 3)
  const z = Float64Array.from({ length: m }, (_, i) => -3 + (6 * (i + 0.5)) / m)
  const [y, fresh] = [measured(foldIn(2)(from), x), measured(foldIn(3)(from), z)]
  const first = { length: 0, signal: 0, noise: 0 }
  return pipe(
    TE.Do,
    TE.bind('ways', () =>
      TE.traverseSeqArray((f: typeof loss) => compute(o.backend)(f, [first, { x, y }]))([loss, defined(n)]),
    ),
    TE.bind('fitted', () =>
      descended(o, 'scales', {
        loss,
        params: first,
        optimizer: adam({ rate: 0.05 }),
        steps: o.small ? 60 : 300,
        data: () => ({ x, y }),
      }),
    ),
    TE.bind('slope', ({ fitted: { params } }) => compute(o.backend)(gradOrThrow(loss), [params, { x, y }])),
    TE.bind('found', ({ fitted: { params } }) => compute(o.backend)(expected(n, m), [params, { x, y, z }])),
    TE.map(({ ways: [one, two], fitted: { params, losses }, slope: [s], found: { mean, deviation } }) => {
      const inside = fresh.filter((v, i) => Math.abs(v - (mean[i] ?? 0)) < 1.96 * (deviation[i] ?? 0)).length / m
      const off = Math.sqrt(Array.from(mean).reduce((t, v, i) => t + (v - truth(z[i] ?? 0)) ** 2, 0) / m)
      const at = (f: (i: number) => number) => Array.from(z, (v, i) => [v, f(i)] as const)
      const band = (k: number) => at((i) => (mean[i] ?? 0) + k * (deviation[i] ?? 0))
      return {
        findings: [
          close('the likelihood by its factor, and by determinant and inverse', two ?? [], one ?? [], 1e-5),
          atMost(
            'largest slope at the end',
            o.small ? 5 : 0.05,
            Math.max(...[s.length, s.signal, s.noise].map((g) => Math.abs(g[0] ?? 1))),
          ),
          atMost(
            'the likelihood rises: -log p at the end over that at the start',
            0.9,
            (losses.at(-1) ?? 1) / (losses[0] ?? 1),
          ),
          close(`the noise, ${noise} in truth`, noise, Math.exp(params.noise as never as number), 0.06),
          atMost('error of the mean, where the noise is 0.2', 0.15, off),
          atLeast('part of new measurements in their 95 % intervals', 0.88, inside),
        ],
        pictures: [
          {
            name: 'process.svg',
            content: curves({ x: 'x', y: 'y' }, [
              { name: 'seen', points: Array.from(x, (v, i) => [v, y[i] ?? 0] as const), dots: true },
              { name: 'the function', points: at((i) => truth(z[i] ?? 0)) },
              { name: 'mean', points: band(0) },
              { name: 'mean + 2 deviations', points: band(2) },
              { name: 'mean - 2 deviations', points: band(-2) },
            ]),
          },
        ],
      }
    }),
  )
}
