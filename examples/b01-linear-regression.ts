/**
 * B1. Linear regression: an exam mark from the marks in Maths, Computing and French.
 *
 *   f(x) = w0 + w1 x1 + w2 x2 + w3 x3      R(w) = mean of (f(x) - y)^2      w <- w - rate grad R(w)
 *
 * The risk is a program, its gradient is a program, and so are a thousand steps of descent: a loop of both.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import {
  add,
  apply,
  type Expr,
  gradOrThrow,
  matmul,
  mseLoss,
  mul,
  programOrThrow,
  real,
  scan,
  sliceAlong,
  sub,
  take,
  tensor,
} from '../src/index.ts'
import { atMost, close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const steps = 1000
const rate = 0.001
const pupils = tensor([4, 3], [12, 15, 9, 5, 9, 12, 13, 12, 13, 10, 12, 15])
const marks = tensor([4], [14, 7, 12, 11])
type Weights = Expr<readonly [4]>

const answer = (x: Expr, w: Weights): Expr => add(matmul(x, sliceAlong(0, 1, 4)(w)), take(0, 0)(w))
const risk = programOrThrow({ w: real(4) }, ({ w }) => mseLoss()(answer(pupils, w), marks))
const gradient = gradOrThrow(risk)
const predict = programOrThrow({ x: real(4, 3), w: real(4) }, ({ x, w }) => answer(x, w))
/** The last weights, and the risk before every step. */
const descent = programOrThrow({ w: real(4) }, ({ w }) => {
  const step = (now: Weights) => [sub(now, mul(rate, apply(gradient)({ w: now }).w)), apply(risk)({ w: now })] as const
  const [last, risks] = scan((now: Weights) => step(now), { length: steps })(w, null)
  return { last, risks, risk: apply(risk)({ w: last }) }
})

const start = [0, 0.33, 0.33, 0.33]
const known = [12, 15, 9, 5, 9, 12, 13, 12, 13, 10, 12, 15]
const newPupil = [13, 14, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0]
/** The weights after the thousand steps, by another library in float64. */
const end = [-0.011481548765094683, 0.38295343906776314, 0.6656861158378397, -0.0652081237702323]

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the risk': risk }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('fresh', compute(o.backend)(predict, { x: newPupil, w: start })),
    TE.apS('second', compute(o.backend)(predict, { x: known, w: [0, 0.4, 0.4, 0.2] })),
    TE.apS('third', compute(o.backend)(predict, { x: known, w: [0, 0.5, 0.5, 0] })),
    TE.apS('first', compute(o.backend)(risk, { w: start })),
    TE.apS('path', compute(o.backend)(descent, { w: start })),
    TE.map(({ fresh, second, third, first, path }) => ({
      findings: [
        close('a new pupil (13,14,11) at (0,.33,.33,.33)', 12.54, fresh.slice(0, 1), 1e-9),
        close('predictions at (0,.4,.4,.2)', [12.6, 8, 12.6, 11.8], second, 1e-9),
        close('predictions at (0,.5,.5,0)', [13.5, 7, 12.5, 11], third, 1e-9),
        close('mean squared error at the start', 2.186625, first, 1e-9),
        atMost('mean squared error after 1000 steps of rate 0.001', 0.0135, path.risk[0] ?? Number.NaN),
        close('weights after 1000 steps', end, path.last, 1e-9),
      ],
      pictures: [
        {
          name: 'risk.svg',
          content: curves({ x: 'step', y: 'mean squared error', logY: true }, [
            { name: 'risk', points: Array.from(path.risks, (r, k) => [k, r] as const) },
          ]),
        },
      ],
    })),
  )
