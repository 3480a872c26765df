/**
 * F8. Balancing a pole on a cart, whose simulator is written in the language. First by trial: a policy pushes left or right at
 * random, and pushes that were followed by more time upright become more likely (policy gradient). Then by the derivative of
 * the simulator itself: the force is a function of the state, and reverse mode goes back through all steps.
 */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { curves } from '../src/draw/index.ts'
import { apply, type Expr, programOrThrow, real, sum, vmap } from '../src/index.ts'

import { adam } from '../src/optim/index.ts'
import { foldIn, type Key, randomKey, uniform } from '../src/random/index.ts'
import { atLeast, close, compute, type Report, type RunOptions } from '../src/report/index.ts'
import { glide, glides, pushed, pushing, type Real, startOf, trial, trials } from './cart-pole.ts'
import { descended } from './descend.ts'

/** `adjoint run` checks their gradients against finite differences. */
export const programs = {
  'the simulator, 8 steps': glides(1, 8),
  'the chance of a push': pushing,
}

/** Computed from the equations of Barto and Sutton, in another language. */
const known = [0.0104, 0.21467919574755523, 0.0308, -0.24306871796000815]
const [batch, horizon] = [32, 200] as const
const starts = (key: Key, n: number) => uniform(4 * n)(key).map((u) => 0.1 * u - 0.05)
const keys = (key: Key, n: number) => Int32Array.from(uniform(3 * n)(key), (u) => u * 2 ** 24)

export const run = (o: RunOptions): TE.TaskEither<string, Report> => {
  const [from, tests] = [randomKey(o.seed), 100]
  const params = startOf(foldIn(1)(from))
  const at = (k: number) => foldIn(k)(foldIn(2)(from))
  const start = starts(foldIn(3)(from), tests)
  const times = (steps: number) =>
    vmap(tests, { over: [false, true, true] })(
      programOrThrow(trial(steps).in, (v) => sum()(apply(trial(steps))(v).stands as Expr) as Real),
    )
  const one = programOrThrow([real(4), real()], ([s, force]) => pushed(s, force))
  return pipe(
    TE.Do,
    TE.bind('moved', () => compute(o.backend)(one, [[0.01, 0.02, 0.03, 0.04], 10])),
    TE.bind('tried', () =>
      descended(o, 'by-trial', {
        loss: trials(batch, horizon),
        params,
        optimizer: adam({ rate: 0.02 }),
        steps: o.small ? 12 : 120,
        data: (k) => ({ start: starts(foldIn(1)(at(k)), batch), key: keys(foldIn(2)(at(k)), batch) }),
      }),
    ),
    TE.bind('stood', ({ tried }) =>
      TE.traverseSeqArray((p: typeof params) =>
        compute(o.backend)(times(horizon), [p, start, keys(foldIn(4)(from), tests)]),
      )([params, tried.params]),
    ),
    TE.bind('derived', () =>
      descended(o, 'by-derivative', {
        loss: glides(batch, horizon),
        params,
        optimizer: adam({ rate: 0.02 }),
        steps: o.small ? 60 : 300,
        data: (k) => ({ start: starts(at(k), batch) }),
      }),
    ),
    TE.bind('glided', ({ derived }) =>
      compute(o.backend)(vmap(tests, { over: [false, true] })(glide(300)), [derived.params, start]),
    ),
    TE.map(({ moved, stood: [before, after], derived, glided }) => {
      const average = (xs: ArrayLike<number> | undefined) => Array.from(xs ?? []).reduce((s, v) => s + v, 0) / tests
      return {
        findings: [
          close('one step of 10 newtons from (0.01, 0.02, 0.03, 0.04)', known, Array.from(moved), 1e-6),
          atLeast(
            `steps upright of ${horizon}, by trial, from new starts (${average(before).toFixed(0)} untrained)`,
            o.small ? 30 : 190,
            average(after),
          ),
          atLeast(
            'steps upright of 300, by the derivative of the simulator',
            o.small ? 100 : 290,
            average(glided.stood),
          ),
        ],
        pictures: [
          {
            name: 'derivative.svg',
            content: curves({ x: 'step', y: 'how far from upright', logY: true }, [
              { name: 'through the simulator', points: derived.losses.map((v, i) => [i, v] as const) },
            ]),
          },
        ],
      }
    }),
  )
}
