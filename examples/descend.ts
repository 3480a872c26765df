/** Descent on a loss of parameters and data that is no loss of a network: `train`, with a progress bar, in one call. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Arrays, Program, Type } from '../src/index.ts'
import type { Optimizer } from '../src/optim/index.ts'
import { type Key, uniform } from '../src/random/index.ts'
import type { RunOptions } from '../src/report/index.ts'
import { descentStepOrThrow, showTrainError, startDescent, train } from '../src/train/index.ts'

export interface DescentOptions<P, D, Slot extends string> {
  readonly loss: Program<readonly [P, D], Type<readonly [], 'real'>>
  readonly params: Arrays<P>
  readonly optimizer: Optimizer<Slot>
  readonly steps: number
  /** The data of a step, counted from 0. */
  readonly data: (step: number) => Arrays<D>
}
/** The parameters after all steps, and the loss of each step. */
export const descended = <P, D, Slot extends string>(
  o: RunOptions,
  name: string,
  { loss, params, optimizer, steps, data }: DescentOptions<P, D, Slot>,
): TE.TaskEither<string, { readonly params: Arrays<P>; readonly losses: readonly number[] }> => {
  const losses: number[] = []
  const listeners = o.follow?.(name)
  return pipe(
    train({
      backend: o.backend,
      step: descentStepOrThrow(optimizer)(loss),
      start: startDescent(optimizer, loss.in[0], params),
      epochs: 1,
      batches: () => Array.from({ length: steps }, (_, k) => data(k)),
      onStep: (r) => () => {
        losses.push(r.loss)
        listeners?.onStep?.({ ...r, epochs: 1, stepsPerEpoch: steps })()
      },
    }),
    TE.bimap(
      showTrainError((text: string) => text),
      // its own type has the parameters of this descent
      ({ state }) => ({ params: (state as { readonly params: Arrays<P> }).params, losses }),
    ),
  )
}
/** A key for programs, int [3], from one outside of them. */
export const keyWords = (key: Key): Int32Array => Int32Array.from(uniform(3)(key), (u) => Math.floor(u * 2 ** 24))
