/** Gradient accumulation: the steps of large batches, with the memory of small ones. */

import { add, div, eq, floor, select } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Optimizer, type Scalar, withSlot } from './optimizer.ts'
import { count, optimizerUnless, outOfRange } from './refuse.ts'

/** The number of complete groups of n after k steps. The half keeps the quotient off integers: it might round down. */
const groups = (k: Scalar, n: number): Scalar => floor(div(add(k, 0.5), n))

/**
 * The optimiser takes a step with the mean of every n gradients; the steps in between leave the parameters as they are.
 * It counts its own steps, so schedules and bias corrections see every n-th step only.
 *
 * Law:     n steps with gradients g1 .. gn = one step of the optimiser with their mean; accumulate(1)(o) = o
 *
 * @example
 * pipe(adam({ rate: 1e-3 }), clipNorm(1), accumulate(4))      // the mean is clipped, not its parts
 */
export const accumulate = (n: number) => {
  const wrong = outOfRange('accumulate', [['n', n, count]])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot | 'gathered'> =>
    optimizerUnless(wrong, {
      ...o,
      slots: withSlot(o, 'gathered'),
      rate: (k) => o.rate(groups(k, n)),
      step: (tensors, k) => {
        const done = groups(k, n)
        const last = eq(groups(add(k, 1), n), add(done, 1))
        const gathered = tensors.map((x) => ({ ...x, sum: add(x.slots.gathered, x.g) }))
        const moved = o.step(
          gathered.map((x) => ({ ...x, g: div(x.sum, n) })),
          done,
        )
        return gathered.map(({ p, slots, sum }, i) => {
          const [next, kept] = moved[i] ?? [p, slots]
          const old: { readonly [name: string]: Expr } = slots
          // a rule may return more than its slots: the rest is ignored
          const chosen = Object.entries<Expr>(kept).map(([name, e]) => [name, select(last, e, old[name] ?? e)] as const)
          return [select(last, next, p), { ...slots, ...Object.fromEntries(chosen), gathered: select(last, 0, sum) }]
        })
      },
    })
}
