/**
 * F2. A neural ordinary differential equation: the field of dx/dt = f(x) is a network, and its solution by Runge-Kutta steps
 * is a scan, through which reverse mode differentiates. It learns the damped pendulum from 5 seconds of 100 motions and
 * predicts 20 seconds of new ones.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { plane } from '../src/draw/index.ts'
import { type Expr, mseLoss, mul, neg, programOrThrow, real, sin, stack, sub, take, tanh, vmap } from '../src/index.ts'
import { combine, dense, predictOrThrow, sequential } from '../src/nn/index.ts'
import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../src/random/index.ts'
import { atMost, close, compute, learn, type Report, type RunOptions } from '../src/report/index.ts'
import { lossProgramOrThrow } from '../src/train/index.ts'
import { type Field, motion } from './runge-kutta.ts'

const at = (i: number) => (x: Expr) => take(0, i)(x) as Expr<readonly []>
/** The angle and its speed. */
const pendulum: Field = (x) => stack(0)([at(1)(x), sub(neg(sin(at(0)(x))), mul(0.1, at(1)(x)))])
const [h, short, long] = [0.2, 25, 100] as const
const learned = (n: number, hidden = 32) =>
  combine()('motion', { field: sequential(dense(2, hidden), tanh, dense(hidden, 2)) }, (f, x) =>
    motion(f.field, h, n)(x),
  )
const network = learned(short)
/** A circle, whose motion is known: after the time 1 the point (1, 0) is at (cos 1, -sin 1). */
const circle = (n: number) =>
  programOrThrow(real(2), (x) => take(0, n - 1)(motion((y) => stack(0)([at(1)(y), neg(at(0)(y))]), 1 / n, n)(x)))

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'the loss of a short motion': lossProgramOrThrow(learned(4, 3), mseLoss(), { x: real(2), y: real(4, 2), batch: 2 }),
}

const starts = (key: Key, n: number) => Float32Array.from(uniform(2 * n)(key), (u) => 2.4 * u - 1.2)
const truth = (n: number, count: number) =>
  vmap(count)(programOrThrow({ x: real(2) }, ({ x }) => motion(pendulum, h, n)(x)))
const rms = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a, (v, i) => (v - (b[i] ?? Number.NaN)) ** 2).reduce((s, v) => s + v, 0) / a.length)

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [from, count, fresh] = [randomKey(o.seed), o.small ? 20 : 100, 50]
  const [x, z] = [starts(foldIn(1)(from), count), starts(foldIn(2)(from), fresh)]
  const epochs = o.epochs ?? (o.small ? 40 : 300)
  const predict = vmap(fresh, { over: { params: false, state: false, x: true } })(
    predictOrThrow(learned(long), real(2)),
  )
  return pipe(
    TE.Do,
    TE.bind('circles', () => TE.traverseSeqArray((n: number) => compute(o.backend)(circle(n), [1, 0]))([4, 8])),
    TE.bind('y', () => compute(o.backend)(truth(short, count), { x })),
    TE.bind('truth', () => compute(o.backend)(truth(long, fresh), { x: z })),
    TE.bind('fitted', ({ y }) =>
      learn(o, 'pendulum', {
        backend: o.backend,
        network,
        loss: mseLoss(),
        optimizer: adam({ rate: cosine(1e-2, epochs * 5) }),
        shapes: { x: real(2), y: real(short, 2), batch: count / 5 },
        examples: { x, y, count },
        epochs,
        key: foldIn(3)(from),
      }),
    ),
    TE.bind('found', ({ fitted: { state } }) =>
      compute(o.backend)(predict, { params: state.params, state: state.state, x: z }),
    ),
    TE.map(({ circles, truth, found }) => {
      const [coarse = 0, fine = 1] = circles.map((p) => rms(p, [Math.cos(1), -Math.sin(1)]))
      const pairs = (xs: ArrayLike<number>, k: number) =>
        Array.from({ length: long }, (_, i) => [xs[2 * (k * long + i)] ?? 0, xs[2 * (k * long + i) + 1] ?? 0] as const)
      return {
        findings: [
          close('error of 4 steps over that of 8: order 4 says 16', 16, coarse / fine, 1.5),
          atMost('error over 20 seconds of new motions, radians', o.small ? 0.5 : 0.05, rms(found, truth)),
        ],
        pictures: [
          {
            name: 'motions.svg',
            content: plane({
              x: [-1.8, 1.8],
              y: [-1.8, 1.8],
              title: 'angle and speed: true, and as the network moves',
              paths: [0, 1].flatMap((k) => [
                { name: `true ${k + 1}`, points: pairs(truth, k) },
                { name: `learned ${k + 1}`, points: pairs(found, k) },
              ]),
            }),
          },
        ],
      }
    }),
  )
}
