/** Gradients of several programs against finite differences, in both modes and to second order. */
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  cumProd,
  type Diagnostics,
  div,
  exp,
  int,
  log,
  mul,
  type Program,
  programOrThrow,
  real,
  reduceMax,
  scan,
  showDiagnostics,
  sin,
  sum,
  tanh,
} from '../../../lang/index.ts'
import {
  conv,
  crossEntropy,
  layerNorm,
  logsumexp,
  matmul,
  maxPool,
  relu,
  softmax,
} from '../../../lang/operations/index.ts'
import { checkGradients, type GradientReport } from '../../check/index.ts'

export interface Verified {
  readonly name: string
  readonly correct: boolean
  /** The largest relative disagreement: forward mode with finite differences, reverse with forward mode. */
  readonly forward: number
  readonly reverse: number
  /** The same of the second derivatives. */
  readonly second: number
  readonly verdict: string
}

const programs: readonly (readonly [name: string, program: Program<unknown, unknown>])[] = [
  ['x sin(x y)', programOrThrow({ x: real(), y: real() }, ({ x, y }) => mul(x, sin(mul(x, y))))],
  ['log(x) exp(y / x)', programOrThrow({ x: real(4), y: real(4) }, ({ x, y }) => sum()(mul(log(x), exp(div(y, x)))))],
  ['log-sum-exp', programOrThrow(real(3, 5), (x) => sum()(logsumexp(1)(x)))],
  ['softmax, weighted', programOrThrow({ x: real(6), w: real(6) }, ({ x, w }) => sum()(mul(softmax(0)(x), w)))],
  ['product with running products', programOrThrow(real(5), (x) => sum()(cumProd(0)(x)))],
  [
    'two-layer network, cross-entropy',
    programOrThrow({ x: real(4), w1: real(4, 8), b1: real(8), w2: real(8, 3), y: int() }, ({ x, w1, b1, w2, y }) =>
      crossEntropy()(matmul(tanh(add(matmul(x, w1), b1)), w2), y),
    ),
  ],
  [
    'layer norm',
    programOrThrow({ x: real(3, 6), g: real(6), b: real(6) }, ({ x, g, b }) => sum()(tanh(layerNorm()(x, g, b)))),
  ],
  [
    'convolution, relu, max-pool',
    programOrThrow({ x: real(2, 8, 8), w: real(3, 2, 3, 3) }, ({ x, w }) =>
      sum()(maxPool({ kernel: 2 })(relu(conv({ pad: 1 })(x, w)))),
    ),
  ],
  ['largest of rows', programOrThrow(real(4, 5), (x) => sum()(mul(reduceMax(1)(x), reduceMax(1)(x))))],
  [
    'recurrent network (scan)',
    programOrThrow({ h: real(3), w: real(3, 3), xs: real(5, 3) }, ({ h, w, xs }) => {
      const [last] = scan((state, x) => {
        const next = tanh(add(matmul(state, w), x))
        return [next, next]
      })(h, xs)
      return sum()(mul(last, last))
    }),
  ],
]

const row = (name: string, r: GradientReport): Verified => {
  const error = (check: string): number => r.checks.find((c) => c.name === check)?.error ?? Number.NaN
  return {
    name,
    correct: r.verdict === 'correct',
    forward: error('forward'),
    reverse: error('reverse'),
    second: Math.max(error('second forward'), error('second reverse')),
    verdict: r.verdict,
  }
}
/** One row per program; a program that cannot be checked is an error with its diagnostics. */
export const verify = (seed: number): E.Either<string, readonly Verified[]> => {
  const rows: Verified[] = []
  for (const [name, p] of programs) {
    const report: E.Either<Diagnostics, GradientReport> = checkGradients(p, { seed })
    if (E.isLeft(report)) return E.left(`${name}\n${showDiagnostics(report.left)}`)
    rows.push(row(name, report.right))
  }
  return E.right(rows)
}
