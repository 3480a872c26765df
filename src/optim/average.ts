/** Exponential moving averages of parameters: they predict better than parameters that still change in every step. */
import { add, div, mul, sub } from '../../lang/primitives/elementwise.ts'
import { type Optimizer, withSlot } from './optimizer.ts'
import { memory, optimizerUnless, outOfRange } from './refuse.ts'
import { correction } from './rules.ts'

/**
 * The optimiser, with one more slot, `average`: the mean of the parameters after steps i = 1 .. t, weighted by
 * decay^(t - i), 0 <= decay < 1:
 *
 *   average = average + (1 - decay) / (1 - decay^t) (p - average)
 *
 * The weights add up to 1 from the first step on, so the start at 0 has no effect.
 *
 * Law:     the parameters are those of the optimiser alone
 * Source:  Polyak and Juditsky (1992); the correction: Kingma and Ba, "Adam" (2015), section 3
 *
 * @example
 * const o = pipe(adam({ rate: 1e-3 }), averaged(0.999))      // afterwards: state.optimizer.slots.average
 */
export const averaged = (decay: number) => {
  const wrong = outOfRange('averaged', [['decay', decay, memory]])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot | 'average'> =>
    optimizerUnless(wrong, {
      ...o,
      slots: withSlot(o, 'average'),
      step: (tensors, k) => {
        const weight = div(1 - decay, correction(decay, add(k, 1)))
        return o.step(tensors, k).map(([p, kept], i) => {
          const before = tensors[i]?.slots.average ?? p
          return [p, { ...kept, average: add(before, mul(weight, sub(p, before))) }]
        })
      },
    })
}
