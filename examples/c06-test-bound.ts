/**
 * C6. What a test set promises. With K examples never trained on, the true error is at most
 *
 *   test error + sqrt(ln(1/eps) / (2 K))      with probability 1 - eps (Hoeffding)
 *
 * Checked by simulation: how often is it violated? And k-fold cross-validation, which tests on every example once.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { folds } from '../src/data/index.ts'
import {
  add,
  bernoulli,
  gt,
  matmul,
  mean,
  mseLoss,
  permute,
  programOrThrow,
  randomKey,
  real,
  reshape,
  solve,
  toReal,
} from '../src/index.ts'
import * as random from '../src/random/index.ts'
import { atLeast, atMost, compute, type Report, type RunOptions } from '../src/report/index.ts'

const [eps, tested, error] = [0.05, 40, 0.3] as const
/** The share of `draws` test sets whose bound is below the true error. */
const violations = (draws: number, seed: number) =>
  programOrThrow({ width: real() }, ({ width }) => {
    const wrong = bernoulli(error, [draws, tested])(randomKey(seed))
    const bound = add(mean(1)(toReal(wrong)), width)
    return mean()(toReal(gt(error, bound)))
  })

const [count, features, k] = [60, 4, 5] as const
const size = count / k
/** Least squares on one part, its squared error on another. */
const learnAndTest = (train: number, test: number) =>
  programOrThrow(
    { x: real(train, features), y: real(train), u: real(test, features), v: real(test) },
    ({ x, y, u, v }) => {
      const xt = permute([1, 0])(x)
      const w = reshape([features])(solve(matmul(xt, x), matmul(xt, reshape([train, 1])(y))))
      return mseLoss()(matmul(u, w), v)
    },
  )
/** Weights 1, -2, 3, -4 and noise of variance 1. */
const draw = (seed: number, n: number) => {
  const x = random.normal(n * features)(random.foldIn(0)(random.randomKey(seed)))
  const y = random
    .normal(n)(random.foldIn(1)(random.randomKey(seed)))
    .map((z, i) => [1, -2, 3, -4].reduce((s, w, j) => s + w * (x[i * features + j] ?? 0), z))
  return { x, y }
}
const part = ({ x, y }: ReturnType<typeof draw>, places: Int32Array) => ({
  x: Array.from(places).flatMap((i) => [...x.subarray(i * features, (i + 1) * features)]),
  y: Array.from(places, (i) => y[i] ?? 0),
})
const crossValidated = (o: RunOptions) => {
  const data = draw(o.seed, count)
  const one = ({ train, heldOut }: { readonly train: Int32Array; readonly heldOut: Int32Array }) => {
    const [a, b] = [part(data, train), part(data, heldOut)]
    return compute(o.backend)(learnAndTest(count - size, size), { ...a, u: b.x, v: b.y })
  }
  return pipe(
    TE.traverseSeqArray(one)(folds(random.randomKey(o.seed), count, k)),
    TE.map((errors) => errors.reduce((s, e) => s + (e[0] ?? Number.NaN), 0) / k),
  )
}

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const draws = o.small ? 1000 : 10_000
  const [train, fresh] = [draw(o.seed, count), draw(o.seed + 1, 1000)]
  return pipe(
    TE.Do,
    TE.apS(
      'share',
      compute(o.backend)(violations(draws, o.seed), { width: Math.sqrt(Math.log(1 / eps) / (2 * tested)) }),
    ),
    TE.apS('folds', crossValidated(o)),
    TE.apS('real', compute(o.backend)(learnAndTest(count, 1000), { ...train, u: fresh.x, v: fresh.y })),
    TE.map(({ share, folds: estimate, real: [truth = Number.NaN] }) => ({
      findings: [
        atMost(`share of ${draws} draws that violate the bound with eps = ${eps}`, eps, share[0] ?? 1),
        atLeast(`${k}-fold estimate of the error over the error on 1000 new examples`, 0.6, estimate / truth),
        atMost('the same', 1.7, estimate / truth),
      ],
    })),
  )
}
