/** Exponential moving averages of parameters: they predict better than parameters that still change in every step. */
import { gt } from '../../lang/operations/comparison.ts'
import { add, and, div, eq, floor, max, mul, select, sub } from '../../lang/primitives/elementwise.ts'
import { type Optimizer, withSlot } from './optimizer.ts'
import { count, memory, optimizerUnless, outOfRange, share, whole } from './refuse.ts'
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

/**
 * The optimiser, with one more slot, `average`: the plain mean of the parameters after every `every` steps from step
 * number `from` on. Before that it holds the parameters.
 *
 * Law:     the parameters are those of the optimiser alone
 * Source:  Izmailov et al., "Averaging weights leads to wider optima and better generalization" (2018)
 *
 * @example
 * const o = pipe(sgd({ rate: 0.05 }), weightAverage({ from: 1000, every: 10 }))
 */
export const weightAverage = ({ from = 0, every = 1 }: { readonly from?: number; readonly every?: number } = {}) => {
  const wrong = outOfRange('weightAverage', [
    ['from', from, whole],
    ['every', every, count],
  ])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot | 'average'> =>
    optimizerUnless(wrong, {
      ...o,
      slots: withSlot(o, 'average'),
      step: (tensors, k) => {
        // after step k + 1 = from + every n the mean has n parts; the half keeps the quotient off integers
        const done = sub(add(k, 1), from)
        const n = floor(div(add(done, 0.5), every))
        const taken = and(gt(done, 0), eq(mul(n, every), done))
        return o.step(tensors, k).map(([p, kept], i) => {
          const before = tensors[i]?.slots.average ?? p
          const mean = add(before, div(sub(p, before), max(1, n)))
          return [p, { ...kept, average: select(taken, mean, select(gt(n, 0), before, p)) }]
        })
      },
    })
}

/**
 * Every `every` steps the parameters go back to `part` of the way from where they were then: slow weights that follow the
 * optimiser's fast ones. The slot `slow` holds them.
 *
 *   after every `every` steps:  slow = slow + part (p - slow);   p = slow
 *
 * Source:  Zhang et al., "Lookahead optimizer" (2019)
 *
 * @example
 * pipe(adam({ rate: 1e-3 }), lookahead())
 */
export const lookahead = ({ every = 5, part = 0.5 }: { readonly every?: number; readonly part?: number } = {}) => {
  const wrong = outOfRange('lookahead', [
    ['every', every, count],
    ['part', part, share],
  ])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot | 'slow'> =>
    optimizerUnless(wrong, {
      ...o,
      slots: withSlot(o, 'slow'),
      step: (tensors, k) => {
        const last = eq(mul(floor(div(add(k, 1.5), every)), every), add(k, 1))
        return o.step(tensors, k).map(([p, kept], i) => {
          const start = tensors[i]?.p ?? p
          const slow = select(eq(k, 0), start, tensors[i]?.slots.slow ?? p)
          const next = select(last, add(slow, mul(part, sub(p, slow))), slow)
          return [select(last, next, p), { ...kept, slow: next }]
        })
      },
    })
}
