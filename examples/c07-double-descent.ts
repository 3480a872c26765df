/**
 * C7. Double descent. Random ReLU features, fitted by the smallest of the best weights. With as many features as examples
 * the fit goes through all noise with large weights, and the test error peaks; with many more features the weights are small.
 *
 *   width < n:  w = (F^T F + c)^-1 F^T y           width >= n:  w = F^T (F F^T + c)^-1 y       with c next to nothing
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import {
  add,
  apply,
  cholesky,
  choleskySolve,
  eye,
  matmul,
  mean,
  mseLoss,
  mul,
  permute,
  programOrThrow,
  real,
  relu,
  reshape,
  vmap,
} from '../src/index.ts'
import { foldIn, type Key, normal, randomKey } from '../src/random/index.ts'
import { atMost, compute, holds, type Report, type RunOptions } from '../src/report/index.ts'

const [n, tested, inputs, noise] = [20, 60, 6, 0.5] as const

/** The test error at a width, for one draw of features and examples. */
const errorAt = (width: number) =>
  programOrThrow(
    { v: real(inputs, width), x: real(n, inputs), y: real(n, 1), u: real(tested, inputs), t: real(tested, 1) },
    ({ v, x, y, u, t }) => {
      const [f, g] = [relu(matmul(x, v)), relu(matmul(u, v))]
      const ft = permute([1, 0])(f)
      const c = 1e-8 * width
      const w =
        width < n
          ? choleskySolve(cholesky(add(matmul(ft, f), mul(c, eye(width)))), matmul(ft, y))
          : matmul(ft, choleskySolve(cholesky(add(matmul(f, ft), mul(c, eye(n)))), y))
      return mseLoss()(reshape([tested])(matmul(g, w)), reshape([tested])(t))
    },
  )
const averaged = (width: number, draws: number) => {
  const many = vmap(draws)(errorAt(width))
  return programOrThrow(many.in, (v) => mean(0)(apply(many)(v)))
}
const truth = (x: ArrayLike<number>): number => Math.sin(x[0] ?? 0) + 0.5 * (x[1] ?? 0)
const rows = (from: Key, many: number): Float64Array => normal(many * inputs)(from)
const labels = (x: Float64Array, z: Float64Array): Float64Array =>
  z.map((e, i) => truth(x.subarray(i * inputs, (i + 1) * inputs)) + e)
const draw = (from: Key, width: number, draws: number) => {
  const [x, u] = [rows(foldIn(0)(from), draws * n), rows(foldIn(1)(from), draws * tested)]
  const y = labels(
    x,
    normal(draws * n)(foldIn(2)(from)).map((z) => noise * z),
  )
  return { v: normal(draws * inputs * width)(foldIn(3)(from)), x, y, u, t: labels(u, new Float64Array(draws * tested)) }
}
const widths = [2, 5, 10, 15, 18, 20, 22, 25, 30, 40, 80, 200]
const errors = (o: RunOptions, draws: number) =>
  TE.traverseSeqArray((width: number) =>
    compute(o.backend)(averaged(width, draws), draw(randomKey(o.seed), width, draws)),
  )(widths)

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    errors(o, o.small ? 3 : 12),
    TE.map((found) => {
      const errors = found.map((e) => e[0] ?? Number.NaN)
      const peak = Math.max(...errors)
      return {
        findings: [
          holds(
            'the peak is where the width is the number of examples',
            Math.abs((widths[errors.indexOf(peak)] ?? 0) - n) <= 2,
            `width ${widths[errors.indexOf(peak)]}`,
          ),
          atMost('test error at 10 times that width, over the peak', 0.5, (errors.at(-1) ?? Number.NaN) / peak),
        ],
        pictures: [
          {
            name: 'double-descent.svg',
            content: curves({ x: 'width', y: 'test error', logX: true, logY: true }, [
              { name: `${n} examples`, points: errors.map((e, i) => [widths[i] ?? 0, e] as const) },
            ]),
          },
        ],
      }
    }),
  )
