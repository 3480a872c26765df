/**
 * C2. The linear classifier with the hinge loss (a support vector machine): a line with a margin.
 *
 *   R(w, b) = mean max(0, 1 - y (w . x + b)) + c |w|^2      y = +1 or -1
 *
 * It separates what a line separates. No line separates the exclusive or: three quarters at best.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { exclusiveOr, gaussians, type PlaneSet } from '../src/data/index.ts'
import { gridPoints, plane } from '../src/draw/index.ts'
import {
  add,
  apply,
  type Expr,
  fori,
  gradOrThrow,
  hingeLoss,
  matmul,
  mul,
  programOrThrow,
  real,
  square,
  sub,
  sum,
} from '../src/index.ts'
import { randomKey } from '../src/random/index.ts'
import { atMost, close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const [count, steps, rate, c] = [80, 200, 0.5, 1e-3] as const
const line = { w: real(2), b: real() }
type Line = { readonly w: Expr<readonly [2]>; readonly b: Expr<readonly []> }

const risk = programOrThrow([line, { x: real(count, 2), y: real(count) }], ([{ w, b }, { x, y }]) =>
  add(hingeLoss()(add(matmul(x, w), b), y), mul(c, sum()(square(w)))),
)
const gradient = gradOrThrow(risk)
const learned = programOrThrow([line, { x: real(count, 2), y: real(count) }], ([start, data]) =>
  fori(steps, (_, now: Line) => {
    const [g] = apply(gradient)([now, data])
    return { w: sub(now.w, mul(rate, g.w)), b: sub(now.b, mul(rate, g.b)) }
  })(start),
)
const signs = (s: PlaneSet) => Array.from(s.y, (label) => 2 * label - 1)
const side = 100
const box = { x: [-1.1, 1.1], y: [-1.1, 1.1] } as const

const classify = (o: RunOptions, s: PlaneSet) =>
  pipe(
    compute(o.backend)(learned, [
      { w: [0, 0], b: 0 },
      { x: s.x, y: signs(s) },
    ]),
    TE.map(({ w, b }) => {
      const score = (x: number, y: number): number => (w[0] ?? 0) * x + (w[1] ?? 0) * y + (b[0] ?? 0)
      const right = signs(s).filter((y, i) => y * score(s.x[2 * i] ?? 0, s.x[2 * i + 1] ?? 0) > 0).length
      const grid = gridPoints(box.x, box.y, side)
      const values = Array.from({ length: side * side }, (_, i) => score(grid[2 * i] ?? 0, grid[2 * i + 1] ?? 0))
      return { accuracy: right / count, values }
    }),
  )
const picture = (name: string, s: PlaneSet, values: readonly number[]) => ({
  name,
  content: plane({
    ...box,
    field: { values, side, colour: (v) => (v > 0 ? [205, 225, 250] : [253, 224, 200]) },
    dots: Array.from(s.y, (label, i) => [s.x[2 * i] ?? 0, s.x[2 * i + 1] ?? 0, label] as const),
  }),
})

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the risk': risk }

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [clouds, xor] = [gaussians(randomKey(o.seed), count), exclusiveOr(randomKey(o.seed), count)]
  return pipe(
    TE.Do,
    TE.apS('separable', classify(o, clouds)),
    TE.apS('or', classify(o, xor)),
    TE.map(({ separable, or }) => ({
      findings: [
        close('accuracy on separable data', 1, separable.accuracy, 0),
        atMost('accuracy on the exclusive or', 0.75, or.accuracy),
      ],
      pictures: [picture('separable.svg', clouds, separable.values), picture('exclusive-or.svg', xor, or.values)],
    })),
  )
}
