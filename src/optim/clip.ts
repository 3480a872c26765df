/** Gradient clipping: an optimiser that first bounds the gradients. A step still goes downhill. */

import { norm } from '../../lang/operations/norm.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { abs, add, div, lt, max, min, mul, select } from '../../lang/primitives/elementwise.ts'
import { type Expr, rankOf } from '../../lang/syntax/expr.ts'
import { axesOf } from '../../lang/syntax/shape.ts'
import type { Optimizer, Scalar } from './optimizer.ts'
import { limit as bound, optimizerUnless, outOfRange } from './refuse.ts'
import { distance } from './rules.ts'

/** The 2-norm of all numbers of all tensors together, with derivative 0 at 0; no square overflows. */
export const globalNorm = (tensors: readonly Expr[]): Scalar =>
  tensors.map((x): Expr => norm()(x)).reduce(distance, constant([], 0))

/** The optimiser on changed gradients: `clip` sees all of them, and changes one at a time. */
const preparing = (op: string, limit: number, clip: (gradients: readonly Expr[]) => (g: Expr, p: Expr) => Expr) => {
  const wrong = outOfRange(op, [['limit', limit, bound]])
  return <Slot extends string>(o: Optimizer<Slot>): Optimizer<Slot> =>
    optimizerUnless(wrong, {
      ...o,
      step: (tensors, k) => {
        const clipped = clip(tensors.map((x) => x.g))
        return o.step(
          tensors.map((x) => ({ ...x, g: clipped(x.g, x.p) })),
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

/**
 * Adaptive clipping: no unit's gradient is longer than `limit` times its weights. A unit is what one number of the last axis
 * is computed from, all other axes together; a vector's units are its numbers, and a scalar is one.
 *
 *   g = g min(1, limit max(|p|, eps) / |g|) for every unit, eps 1e-3 by default
 *
 * Source:  Brock et al., "High-performance large-scale image recognition without normalization" (2021)
 */
export const clipAdaptive = (limit: number, eps = 1e-3) =>
  preparing('clipAdaptive', limit, () => (g, p) => {
    const most = mul(limit, max(unitNorm(p), eps))
    const length = unitNorm(g)
    return mul(g, select(lt(most, length), div(most, length), 1))
  })
/** The norms of the units, with the axes kept. */
const unitNorm = (x: Expr): Expr => (rankOf(x) < 2 ? abs(x) : norm(axesOf(rankOf(x) - 1) as never, { keep: true })(x))
