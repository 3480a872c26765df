/**
 * B6. Least squares twice: by descent, and in closed form.
 *
 *   R(w) = mean (X w - y)^2      grad R = 2/n (X^T X w - X^T y)      so w* = A^-1 b with A = X^T X, b = X^T y
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  apply,
  type Expr,
  fori,
  gradOrThrow,
  matmul,
  mseLoss,
  mul,
  permute,
  programOrThrow,
  real,
  reshape,
  solve,
  sub,
} from '../src/index.ts'
import { normal, randomKey, splitKey } from '../src/random/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const [examples, features, steps, rate] = [24, 4, 250, 0.2] as const
const data = { x: real(examples, features), y: real(examples) }

const risk = programOrThrow([real(features), data], ([w, { x, y }]) => mseLoss()(matmul(x, w), y))
const gradient = gradOrThrow(risk)
const descended = programOrThrow(data, ({ x, y }) => {
  const start = mul(0, matmul(permute([1, 0])(x), y))
  return fori(steps, (_, w: Expr<readonly [4]>) => sub(w, mul(rate, apply(gradient)([w, { x, y }])[0])))(start)
})
const solved = programOrThrow(data, ({ x, y }) => {
  const xt = permute([1, 0])(x)
  return reshape([features])(solve(matmul(xt, x), reshape([features, 1])(matmul(xt, y))))
})

const draw = (seed: number) => {
  const [a, b] = splitKey(2)(randomKey(seed))
  return {
    x: normal(examples * features)(a),
    y: normal(examples)(b),
  }
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the risk': risk }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('found', compute(o.backend)(descended, draw(o.seed))),
    TE.apS('expected', compute(o.backend)(solved, draw(o.seed))),
    TE.map(({ found, expected }) => ({
      findings: [close('weights by descent, and A^-1 b', expected, found, 1e-6)],
    })),
  )
