/** Clipping: an optimiser that first bounds the gradients. Both keep the direction of descent downhill. */

import { sum } from '../../lang/primitives/broadcast.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add, div, max, min, mul } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Optimizer, Scalar } from './optimizer.ts'
import { root } from './rules.ts'

/** The squares of all numbers of all tensors, added up. */
export const sumOfSquares = (tensors: readonly Expr[]): Scalar =>
  tensors.map((x) => sum()(mul(x, x))).reduce((a, b) => add(a, b), constant([], 0))
/** The 2-norm of all numbers of all tensors together; its derivative at 0 is 0. */
export const globalNorm = (tensors: readonly Expr[]): Scalar => root(sumOfSquares(tensors))

const preparing =
  (clip: (gradients: readonly Expr[]) => readonly Expr[]) =>
  <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot> => ({
    ...o,
    step: (tensors, k) => {
      const gs = clip(tensors.map((x) => x.g))
      return o.step(
        tensors.map((x, i) => ({ ...x, g: gs[i] as Expr })),
        k,
      )
    },
  })

/**
 * All gradients scaled by one factor, min(1, limit / (norm + 1e-6)).
 *
 * @example
 * pipe(adam({ rate: 1e-3 }), clipNorm(1))
 */
export const clipNorm = (limit: number) =>
  preparing((gs) => {
    const factor = min(1, div(limit, add(globalNorm(gs), 1e-6)))
    return gs.map((g) => mul(g, factor))
  })

/** Every number of every gradient between -limit and limit. */
export const clipValue = (limit: number) => preparing((gs) => gs.map((g) => max(-limit, min(limit, g))))
