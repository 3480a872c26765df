/**
 * Batch normalisation: the one layer that uses other examples of the batch, and keeps statistics of those it has seen.
 */

import { square } from '../../lang/operations/comparison.ts'
import { scaleOf } from '../../lang/operations/norm.ts'
import { mean } from '../../lang/operations/statistics.ts'
import { axisSize, pmax, pmean } from '../../lang/primitives/collective.ts'
import { abs, add, div, max, mul, rsqrt, stopGradient, sub } from '../../lang/primitives/elementwise.ts'
import { reduceMax } from '../../lang/primitives/reduction.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import { type Expr, rankOf, shapeOf } from '../../lang/syntax/expr.ts'
import { axesOf, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { ones, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AffineParams, Channels } from './normalization.ts'
import type { AnyReal } from './rule.ts'
import { mixesRows } from './stepwise.ts'

export interface BatchNormOptions {
  /** Added to the variance under the root; 1e-5 by default. */
  readonly eps?: number
  /** The weight of a batch's statistics in the running ones, 0 .. 1; 0.1 by default. */
  readonly momentum?: number
  /** The name of the batch's axis, as given to vmap; 'batch' by default. */
  readonly axis?: string
}
/**
 * Batch normalisation: every channel is normalised over all its pixels and all examples of the batch, with the biased
 * variance. In mode 'eval' it uses running statistics, the state, which take the unbiased variance.
 *
 * Shape:   [C, ...] -> [C, ...]
 * Source:  Ioffe and Szegedy, "Batch normalization" (2015); PyTorch, BatchNorm2d, for the running statistics
 */
export const batchNorm = <const C extends number>(
  channels: C,
  options: BatchNormOptions = {},
): Layer<
  AffineParams<readonly [C]>,
  { readonly mean: Type<readonly [C], 'real'>; readonly variance: Type<readonly [C], 'real'> },
  null,
  Channels<'batchNorm', C>
> => {
  const { eps = 1e-5, momentum = 0.1, axis = 'batch' } = options
  const type: AnyReal = real(channels)
  const shape = [channels]
  return layerAs({
    name: `batchNorm(${channels})`,
    params: { gamma: type, beta: type },
    state: { mean: type, variance: type },
    init: (key) => ({
      params: { gamma: ones(key, shape), beta: zeros(key, shape) },
      state: { mean: zeros(key, shape), variance: ones(key, shape) },
    }),
    step: () => mixesRows(`batchNorm(${channels})`, 'takes channels, not rows'),
    apply: ({ gamma, beta }, running, { mode }, a: Expr) => {
      const pixels = axesOf(rankOf(a)).slice(1)
      const spread: (e: Expr) => Expr = reshape([channels, ...pixels.map(() => 1)])
      if (mode === 'eval') {
        const factor = mul(gamma, rsqrt(add(running.variance, eps)))
        return [add(mul(sub(a, spread(running.mean)), spread(factor)), spread(beta)), running]
      }
      const over = (e: Expr): Expr => pmean(axis)(mean(pixels)(e))
      const centre = over(a)
      const centred = sub(a, spread(centre))
      // as in the operation: divided by the largest magnitude, no square overflows or vanishes
      const least = Math.sqrt(eps)
      const scale = scaleOf(pmax(axis)(reduceMax(pixels)(abs(centred))), least)
      const y = div(centred, spread(scale))
      const power = over(square(y))
      const factor = mul(gamma, rsqrt(add(power, square(div(least, scale)))))
      const b = add(mul(y, spread(factor)), spread(beta))
      const variance = mul(mul(power, scale), scale)
      const n = mul(axisSize(axis), sizeOf(shapeOf(a).slice(1)))
      const unbiased = mul(variance, div(n, max(sub(n, 1), 1)))
      const blend = (old: Expr, fresh: Expr): Expr => stopGradient(add(mul(1 - momentum, old), mul(momentum, fresh)))
      return [b, { mean: blend(running.mean, centre), variance: blend(running.variance, unbiased) }]
    },
  })
}
