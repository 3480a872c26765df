/**
 * F6. Learning to learn (MAML): parameters from which one gradient step on ten points of a new sine fits it. The loss contains
 * that step, so its gradient is the derivative of a gradient: both are programs.
 *
 *   minimise over w:  sum over tasks of L_new(w - rate L_seen'(w))
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import { apply, programOrThrow, real } from '../src/index.ts'

import { adam, cosine } from '../src/optim/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../src/random/index.ts'
import { atMost, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { descended } from './descend.ts'
import { adapted, learning, task } from './learning-to-learn.ts'

const [hidden, k, batch, tests, side] = [32, 10, 16, 200, 80] as const
const sines = task(hidden, k)

/** `adjoint run` checks their gradients against finite differences. */
export const programs = { 'the loss after one step': learning(task(3, 2), 2, 1) }

/** Sines of random height and phase, each at ten points and at ten others. */
const drawn = (key: Key, tasks: number) => {
  const of = uniform(2 * tasks)(foldIn(0)(key))
  const points = (child: number) => {
    const x = uniform(tasks * k)(foldIn(child)(key)).map((u) => 10 * u - 5)
    const wave = (v: number, i: number): number => {
      const j = 2 * Math.floor(i / k)
      return (0.5 + 3.5 * (of[j] ?? 0)) * Math.sin(v - Math.PI * (of[j + 1] ?? 0))
    }
    return { x, y: x.map(wave) }
  }
  return { seen: points(1), fresh: points(2) }
}
/** What the network says on a grid, before and after steps on one task. */
const says = (steps: number) => {
  const grid = task(hidden, side)
  return programOrThrow([sines.params, { seen: sines.seen, z: real(side, 1) }], ([params, { seen, z }]) =>
    apply(grid.answer)({ params: adapted(sines, steps)(params, seen), state: [null, null, null, null, null], x: z }),
  )
}
const after = [0, 1] as const

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const from = randomKey(o.seed)
  const steps = o.small ? 300 : 6000
  const params = sines.start(foldIn(1)(from))
  const train = (name: string, inner: number) =>
    pipe(
      descended(o, name, {
        loss: learning(sines, batch, inner),
        params,
        optimizer: adam({ rate: cosine(3e-3, steps) }),
        steps,
        data: (step) => drawn(foldIn(step)(foldIn(2)(from)), batch),
      }),
      TE.bindTo('found'),
      TE.bind('errors', ({ found }) =>
        TE.traverseSeqArray((n: number) =>
          compute(o.backend)(learning(sines, tests, n), [found.params, drawn(foldIn(3)(from), tests)]),
        )(after),
      ),
    )
  const { seen } = drawn(foldIn(4)(from), 1)
  const z = Float64Array.from({ length: side }, (_, i) => -5 + (10 * i) / (side - 1))
  return pipe(
    TE.Do,
    TE.bind('learns', () => train('learning-to-learn', 1)),
    TE.bind('plain', () => train('all-tasks-at-once', 0)),
    TE.bind('shown', ({ learns }) =>
      TE.traverseSeqArray((n: number) => compute(o.backend)(says(n), [learns.found.params, { seen, z }]))(after),
    ),
    TE.map(({ learns, plain, shown }) => {
      const [, one = Number.NaN] = learns.errors.map((e) => e[0] ?? Number.NaN)
      const [, other = Number.NaN] = plain.errors.map((e) => e[0] ?? Number.NaN)
      return {
        findings: [
          atMost('squared error on new sines after one step on ten points', o.small ? 4 : 0.8, one),
          atMost('the same over that of parameters fitted to all sines at once', o.small ? 1 : 0.4, one / other),
        ],
        pictures: [
          {
            name: 'sine.svg',
            content: curves({ x: 'x', y: 'y' }, [
              { name: 'seen', points: Array.from(seen.x, (v, i) => [v, seen.y[i] ?? 0] as const), dots: true },
              ...shown.map((ys, n) => ({
                name: n === 0 ? 'before' : 'after one step',
                points: Array.from(z, (v, i) => [v, ys[i] ?? 0] as const),
              })),
            ]),
          },
        ],
      }
    }),
  )
}
