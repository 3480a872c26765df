/** Gradient clipping: an optimiser that first bounds the gradients. A step still goes downhill. */

import { sum } from '../../lang/primitives/broadcast.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add, div, max, min, mul } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Optimizer, Scalar } from './optimizer.ts'
import { root } from './rules.ts'

/** The sum of the squares of all numbers of all tensors. */
export const sumOfSquares = (tensors: readonly Expr[]): Scalar =>
  tensors.map((x) => sum()(mul(x, x))).reduce((a, b) => add(a, b), constant([], 0))
/** The 2-norm of all numbers of all tensors together, with derivative 0 at 0. */
export const globalNorm = (tensors: readonly Expr[]): Scalar => root(sumOfSquares(tensors))

/** The optimiser on changed gradients: `clip` sees all of them, and changes one at a time. */
const preparing =
  (clip: (gradients: readonly Expr[]) => (g: Expr) => Expr) =>
  <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot> => ({
    ...o,
    step: (tensors, k) => {
      const clipped = clip(tensors.map((x) => x.g))
      return o.step(
        tensors.map((x) => ({ ...x, g: clipped(x.g) })),
        k,
      )
    },
  })

/**
 * All gradients scaled by one factor, min(1, limit / (norm + 1e-6)), with the 2-norm of all of them together.
 *
 * @example
 * pipe(adam({ rate: 1e-3 }), clipNorm(1))
 */
export const clipNorm = (limit: number) =>
  preparing((gs) => {
    const factor = min(1, div(limit, add(globalNorm(gs), 1e-6)))
    return (g) => mul(g, factor)
  })

/** Every number of every gradient is brought between -limit and limit. */
export const clipValue = (limit: number) => preparing(() => (g) => max(-limit, min(limit, g)))
