/**
 * C5. One hidden layer approximates any continuous function on [0, 1]: a sum of ramps is a broken line, and broken lines
 * come as close as one likes. Each width halves the gaps between the knots; the weights of the sum are least squares.
 *
 *   f(x) ~ c + sum_j v_j relu(x - k_j)
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import {
  abs,
  add,
  concat,
  constant,
  div,
  exp,
  eye,
  iota,
  matmul,
  mul,
  permute,
  programOrThrow,
  real,
  reduceMax,
  relu,
  reshape,
  sin,
  solve,
  square,
  sub,
  toReal,
  unsqueeze,
} from '../src/index.ts'
import { atMost, compute, holds, type Report, type RunOptions } from '../src/report/index.ts'

const points = 129
const xs = Array.from({ length: points }, (_, i) => i / (points - 1))
const target = programOrThrow(real(points), (x) => mul(sin(mul(2 * Math.PI, square(add(x, 0.5)))), exp(x)))

/** The fitted network of a width: its values at the points, and its largest error. */
const fitted = (width: number) =>
  programOrThrow([real(points), real(points)], ([x, y]) => {
    const knots = div(toReal(iota([1, width], 1)), width)
    const hidden = concat(1)([relu(sub(unsqueeze(1)(x), knots)), constant([points, 1], 1)])
    const transposed = permute([1, 0])(hidden)
    // the least ridge that float64 solves safely
    const gram = add(matmul(transposed, hidden), mul(1e-9, eye(width + 1)))
    const v = solve(gram, matmul(transposed, reshape([points, 1])(y)))
    const answer = reshape([points])(matmul(hidden, v))
    return { answer, error: reduceMax(0)(abs(sub(answer, y))) }
  })

const widths = [1, 2, 4, 8, 16, 32, 64] as const
const fits = (o: RunOptions, y: ArrayLike<number>) =>
  TE.traverseSeqArray((width: number) => compute(o.backend)(fitted(width), [xs, Array.from(y)]))(widths)
const points2d = (y: ArrayLike<number>) => Array.from(y, (v, i) => [xs[i] ?? 0, v] as const)

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    compute(o.backend)(target, xs),
    TE.bindTo('y'),
    TE.bind('found', ({ y }) => fits(o, y)),
    TE.map(({ y, found }) => {
      const errors = found.map((f) => f.error[0] ?? Number.NaN)
      return {
        findings: [
          holds(
            `the error falls at every width ${widths.join(' ')}`,
            errors.every((e, i) => i === 0 || e < (errors[i - 1] ?? 0)),
            errors.map((e) => e.toPrecision(2)).join(' '),
          ),
          atMost('largest error at width 64', 0.02, errors.at(-1) ?? Number.NaN),
        ],
        pictures: [
          {
            name: 'approximation.svg',
            content: curves({ x: 'x', y: 'f(x)' }, [
              { name: 'the function', points: points2d(y) },
              ...[4, 8].map((w) => ({
                name: `width ${w}`,
                points: points2d(found[widths.indexOf(w as 4)]?.answer ?? []),
              })),
            ]),
          },
          {
            name: 'width.svg',
            content: curves({ x: 'width', y: 'largest error', logX: true, logY: true }, [
              { name: 'error', points: errors.map((e, i) => [widths[i] ?? 0, e] as const) },
            ]),
          },
        ],
      }
    }),
  )
