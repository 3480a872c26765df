/**
 * B3. A network of two layers and its computation graph. The gradient that the language derives is compared
 * with the one that a course derives by hand:
 *
 *   h = tanh(w1 x + b1)   y = tanh(w2 h + b2)   R = mean (y - t)^2
 *   d2 = 2/5 (y - t) (1 - y^2)      dR/dw2 = d2 h^T   dR/db2 = d2
 *   d1 = (w2^T d2) (1 - h^2)        dR/dw1 = d1 x^T   dR/db1 = d1
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { graph } from '../src/draw/index.ts'
import {
  gradOrThrow,
  linear,
  matmul,
  mseLoss,
  mul,
  outer,
  permute,
  print,
  programOrThrow,
  real,
  simplify,
  square,
  sub,
  tanh,
} from '../src/index.ts'
import { normal, randomKey, splitKey } from '../src/random/index.ts'
import { close, compute, type Report, type RunOptions } from '../src/report/index.ts'

const types = { w1: real(20, 10), b1: real(20), w2: real(5, 20), b2: real(5), x: real(10), t: real(5) }
const risk = programOrThrow(types, ({ w1, b1, w2, b2, x, t }) =>
  mseLoss()(tanh(linear(tanh(linear(x, w1, b1)), w2, b2)), t),
)
const gradient = simplify(gradOrThrow(risk))
const byHand = programOrThrow(types, ({ w1, b1, w2, b2, x, t }) => {
  const h = tanh(linear(x, w1, b1))
  const y = tanh(linear(h, w2, b2))
  const d2 = mul(mul(2 / 5, sub(y, t)), sub(1, square(y)))
  const d1 = mul(matmul(permute([1, 0])(w2), d2), sub(1, square(h)))
  return { w1: outer(d1, x), b1: d1, w2: outer(d2, h), b2: d2 }
})

const draw = (seed: number) => {
  const numbers = splitKey(6)(randomKey(seed)).map((k, i) =>
    normal([200, 20, 100, 5, 10, 5][i] ?? 0)(k).map((z) => 0.5 * z),
  )
  const [w1 = [], b1 = [], w2 = [], b2 = [], x = [], t = []] = numbers
  return { w1, b1, w2, b2, x, t }
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the risk': risk }

export const run = (o: RunOptions): TE.TaskEither<string, Report> =>
  pipe(
    TE.Do,
    TE.apS('found', compute(o.backend)(gradient, draw(o.seed))),
    TE.apS('expected', compute(o.backend)(byHand, draw(o.seed))),
    TE.map(({ found, expected }) => ({
      text: print(risk),
      findings: [
        close('dR/dw1', expected.w1, found.w1, 1e-12),
        close('dR/db1', expected.b1, found.b1, 1e-12),
        close('dR/dw2', expected.w2, found.w2, 1e-12),
        close('dR/db2', expected.b2, found.b2, 1e-12),
      ],
      pictures: [
        { name: 'graph.svg', content: graph(risk) },
        { name: 'gradient-graph.svg', content: graph(gradient) },
      ],
    })),
  )
