/** Gradient accumulation: the steps of large batches, with the memory of small ones. */

import { add, div, eq, floor, select } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Optimizer, Scalar } from './optimizer.ts'

/** How many groups of n are whole after k steps. The half keeps the quotient off whole numbers, where it could round down. */
const whole = (k: Scalar, n: number): Scalar => floor(div(add(k, 0.5), n))

/**
 * Gradients are gathered, and every n-th step is one of the optimiser's with their mean; the others move nothing. The
 * optimiser counts its own steps: schedules and corrections see every n-th.
 *
 * Law:     n steps with gradients g1 .. gn = one step of the optimiser with their mean; accumulate(1)(o) = o
 *
 * @example
 * pipe(adam({ rate: 1e-3 }), clipNorm(1), accumulate(4))      // the mean is clipped, not its parts
 */
export const accumulate =
  (n: number) =>
  <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot | 'gathered'> => ({
    ...o,
    slots: { ...o.slots, gathered: 0 } as Optimizer<Slot | 'gathered'>['slots'],
    rate: (k) => o.rate(whole(k, n)),
    step: (tensors, k) => {
      const done = whole(k, n)
      const last = eq(whole(add(k, 1), n), add(done, 1))
      const sums = tensors.map(({ g, slots }) => add(slots.gathered, g))
      const moved = o.step(
        tensors.map((x, i) => ({ ...x, g: div(sums[i] as Expr, n) })),
        done,
      )
      return tensors.map(({ p, slots }, i) => {
        const [next, kept] = moved[i] as (typeof moved)[number]
        const old: { readonly [name: string]: Expr } = slots
        const chosen = Object.entries<Expr>(kept).map(
          ([name, e]) => [name, select(last, e, old[name] as Expr)] as const,
        )
        return [
          select(last, next, p),
          { ...slots, ...Object.fromEntries(chosen), gathered: select(last, 0, sums[i] as Expr) },
        ]
      })
    },
  })
