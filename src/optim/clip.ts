/** Gradient clipping: an optimiser that first bounds the gradients. A step still goes downhill. */

import { norm } from '../../lang/operations/norm.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add, div, max, min, mul } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Optimizer, Scalar } from './optimizer.ts'
import { limit as bound, optimizerUnless, outOfRange } from './refuse.ts'
import { distance } from './rules.ts'

/** The 2-norm of all numbers of all tensors together, with derivative 0 at 0; no square overflows. */
export const globalNorm = (tensors: readonly Expr[]): Scalar =>
  tensors.map((x): Expr => norm()(x)).reduce(distance, constant([], 0))

/** The optimiser on changed gradients: `clip` sees all of them, and changes one at a time. */
const preparing = (op: string, limit: number, clip: (gradients: readonly Expr[]) => (g: Expr) => Expr) => {
  const wrong = outOfRange(op, [['limit', limit, bound]])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot> =>
    optimizerUnless(wrong, {
      ...o,
      step: (tensors, k) => {
        const clipped = clip(tensors.map((x) => x.g))
        return o.step(
          tensors.map((x) => ({ ...x, g: clipped(x.g) })),
          k,
        )
      },
    })
}

/**
 * All gradients scaled by one factor, min(1, limit / (norm + 1e-6)), with the 2-norm of all of them together.
 *
 * @example
 * pipe(adam({ rate: 1e-3 }), clipNorm(1))
 */
export const clipNorm = (limit: number) =>
  preparing('clipNorm', limit, (gs) => {
    const factor = min(1, div(limit, add(globalNorm(gs), 1e-6)))
    return (g) => mul(g, factor)
  })

/** Every number of every gradient is brought between -limit and limit. */
export const clipValue = (limit: number) => preparing('clipValue', limit, () => (g) => max(-limit, min(limit, g)))
