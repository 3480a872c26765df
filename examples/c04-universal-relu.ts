/**
 * C4. One explicit network for any labels at any distinct integer points. With |x| = relu(x) + relu(-x), the distance in
 * the 1-norm is a layer; one more layer makes a bump of height 1 and width 1 at every point; the last adds the labels up:
 *
 *   f(x) = y^T relu(1 - W relu([x - x_i; x_i - x]))        y_n f(x_n) = y_n^2 > 0
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { concat, matmul, programOrThrow, real, relu, reshape, sub, sum, unsqueeze, vmap } from '../src/index.ts'
import { foldIn, permutation, randomKey, uniform } from '../src/random/index.ts'
import { atLeast, close, compute, holds, type Report, type RunOptions } from '../src/report/index.ts'

const [count, dimension, range] = [12, 3, 5] as const

/** f at one point x. The rows of W add up the 2 d coordinates of one point. */
const network = programOrThrow({ points: real(count, dimension), labels: real(count), x: real(dimension) }, (v) => {
  const away = sub(unsqueeze(0)(v.x), v.points)
  const both = concat(1)([relu(away), relu(sub(0, away))])
  const distance = sum(1)(both)
  return matmul(v.labels, relu(sub(1, distance)))
})
const atAll = vmap(count, { over: { points: false, labels: false, x: true } })(network)
const absolute = programOrThrow(real(9), (x) => sum(0)(reshape([2, 9])(concat(0)([relu(x), relu(sub(0, x))]))))

/** Distinct integer points in a cube, and labels +1 or -1. */
const draw = (seed: number) => {
  const places = permutation(range ** dimension)(foldIn(0)(randomKey(seed))).subarray(0, count)
  const points = Array.from(places).flatMap((p) => [
    p % range,
    Math.floor(p / range) % range,
    Math.floor(p / range ** 2),
  ])
  return { points, labels: Array.from(uniform(count)(foldIn(1)(randomKey(seed))), (u) => (u < 0.5 ? -1 : 1)) }
}
const xs = [-4, -3, -2, -1, 0, 1, 2, 3, 4]

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the network': network }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const draws = Array.from({ length: o.small ? 20 : 200 }, (_, i) => draw(1000 * o.seed + i))
  return pipe(
    TE.Do,
    TE.apS('absolute', compute(o.backend)(absolute, xs)),
    TE.apS(
      'found',
      TE.traverseSeqArray((d: ReturnType<typeof draw>) => compute(o.backend)(atAll, { ...d, x: d.points }))(draws),
    ),
    TE.map(({ absolute: abs, found }) => {
      const margins = draws.flatMap(({ labels }, i) => labels.map((y, n) => y * (found[i]?.[n] ?? Number.NaN)))
      return {
        findings: [
          close('relu(x) + relu(-x)', xs.map(Math.abs), abs, 0),
          atLeast(`the least y_n f(x_n) over ${draws.length} draws of ${count} points`, 1, Math.min(...margins)),
          holds(
            'y_n f(x_n) > 0 for every n',
            margins.every((m) => m > 0),
          ),
        ],
      }
    }),
  )
}
