/**
 * B7. Stochastic descent: the gradient of a few examples in place of all. In an epoch every example is drawn once, without
 * replacement, in batches; the mean of the batches' gradients is then the full gradient, so a random batch is unbiased:
 *
 *   E[grad of a batch] = full gradient
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import {
  apply,
  type Expr,
  gradOrThrow,
  matmul,
  mean,
  mseLoss,
  mul,
  programOrThrow,
  real,
  scan,
  sub,
  vmap,
} from '../src/index.ts'
import { foldIn, normal, permutation, randomKey } from '../src/random/index.ts'
import { atMost, close, compute, type Finding, type Report, type RunOptions } from '../src/report/index.ts'

const [count, size, features, epochs, rate] = [60, 6, 3, 8, 0.05] as const
const batches = count / size
const truth = [1, -2, 0.5]

const riskOf = (n: number) =>
  programOrThrow({ w: real(features), x: real(n, features), y: real(n) }, ({ w, x, y }) => mseLoss()(matmul(x, w), y))
const risk = riskOf(count)
const full = gradOrThrow(risk)
const ofBatch = gradOrThrow(riskOf(size))
const ofBatches = vmap(batches, { over: { w: false, x: true, y: true } })(ofBatch)
/** The mean of the gradients of the batches of an epoch, all at the same weights. */
const average = programOrThrow(ofBatches.in, (v) => mean(0)(apply(ofBatches)(v).w))
/** An epoch: one step for every batch in turn. */
const epoch = programOrThrow(ofBatches.in, ({ w, x, y }) => {
  type Batch = { readonly x: Expr; readonly y: Expr }
  const step = (now: Expr, b: Batch) => [sub(now, mul(rate, apply(ofBatch)({ w: now, ...b }).w)), null] as const
  return scan(step)(w, { x, y })[0]
})

const examples = (seed: number) => {
  const x = normal(count * features)(foldIn(0)(randomKey(seed)))
  const noise = normal(count)(foldIn(1)(randomKey(seed)))
  const y = noise.map((z, i) => truth.reduce((s, t, k) => s + t * (x[i * features + k] ?? 0), 0.1 * z))
  return { x, y }
}
/** The examples in a random order, without replacement; consecutive ones make a batch. */
const shuffled = (seed: number, turn: number) => {
  const { x, y } = examples(seed)
  const order = permutation(count)(foldIn(2 + turn)(randomKey(seed)))
  return {
    x: Array.from(order).flatMap((i) => [...x.subarray(i * features, (i + 1) * features)]),
    y: Array.from(order, (i) => y[i] ?? 0),
  }
}

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the risk': risk }
export const run =
  (o: RunOptions): TE.TaskEither<string, Report> =>
  async () => {
    const findings: Finding[] = []
    for (let turn = 0; turn < (o.small ? 4 : 25); turn++) {
      const at = { w: normal(features)(foldIn(100 + turn)(randomKey(o.seed))) }
      const both = await pipe(
        TE.Do,
        TE.apS('expected', compute(o.backend)(full, { ...at, ...examples(o.seed) })),
        TE.apS('found', compute(o.backend)(average, { ...at, ...shuffled(o.seed, turn) })),
      )()
      if (both._tag === 'Left') return both
      findings.push(
        close(`shuffle ${turn + 1}: mean gradient of the batches`, both.right.expected.w, both.right.found, 1e-12),
      )
    }
    const risks: (readonly [number, number])[] = []
    let w: ArrayLike<number> = [0, 0, 0]
    for (let k = 0; k <= epochs; k++) {
      const now = await compute(o.backend)(risk, { w: Array.from(w), ...examples(o.seed) })()
      const next = await compute(o.backend)(epoch, { w: Array.from(w), ...shuffled(o.seed, k) })()
      if (now._tag === 'Left') return now
      if (next._tag === 'Left') return next
      risks.push([k, now.right[0] ?? Number.NaN])
      w = next.right
    }
    findings.push(
      atMost(`risk after ${epochs} epochs, where the noise is 0.01`, 0.015, risks.at(-1)?.[1] ?? Number.NaN),
    )
    const picture = curves({ x: 'epoch', y: 'risk', logY: true }, [{ name: 'stochastic descent', points: risks }])
    return { _tag: 'Right' as const, right: { findings, pictures: [{ name: 'epochs.svg', content: picture }] } }
  }
