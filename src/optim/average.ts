/** Exponential moving averages of parameters: what one predicts with, while the parameters themselves still jump. */
import { add, div, mul, sub } from '../../lang/primitives/elementwise.ts'
import type { Optimizer } from './optimizer.ts'
import { correction } from './rules.ts'

/**
 * The optimiser, and beside it in slot `average` the mean of the parameters after steps 1 .. t, weighted by decay^(t - i):
 *
 *   average = average + (1 - decay) / (1 - decay^t) (p - average)
 *
 * The weights add up to 1 from the first step on, so the start at 0 leaves no trace.
 *
 * Law:     the parameters' path is the optimiser's own
 * Source:  Polyak and Juditsky (1992); the correction: Kingma and Ba, "Adam" (2015), section 3
 *
 * @example
 * const o = pipe(adam({ rate: 1e-3 }), averaged(0.999))      // afterwards: state.optimizer.slots.average
 */
export const averaged =
  (decay: number) =>
  <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot | 'average'> => ({
    ...o,
    slots: { ...o.slots, average: 0 } as Optimizer<Slot | 'average'>['slots'],
    step: (tensors, k) => {
      const share = div(1 - decay, correction(decay, add(k, 1)))
      return o.step(tensors, k).map(([p, kept], i) => {
        const before = tensors[i]?.slots.average ?? p
        return [p, { ...kept, average: add(before, mul(share, sub(p, before))) }]
      })
    },
  })
