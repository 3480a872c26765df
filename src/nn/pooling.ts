/** Layers that summarise windows of images [channels, ...size]. */

import {
  adaptiveMaxPool as adaptiveMaximum,
  adaptiveAvgPool as adaptiveMean,
  maxPool as maximum,
  avgPool as mean,
  type Resized,
} from '../../lang/operations/pooling.ts'
import { mean as average } from '../../lang/operations/statistics.ts'
import { type Expr, rankOf } from '../../lang/syntax/expr.ts'
import { axesOf, type Type } from '../../lang/syntax/shape.ts'
import type { Dims, FitsPool, PoolOptions, PoolShape, WindowOptions } from '../../lang/types/index.ts'
import { type Layer, layer, layerAs } from './layer.ts'
import type { AnyReal, Fitting, NotAnImage, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

/** [C, ...H] -> [C, ...H'] */
export interface Pool<Q extends PoolOptions> extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'> ? Fitting<FitsPool<S, Q>, PoolShape<S, Q>> : NotAnImage
}
type Kernel<K, Q> = { readonly kernel: K } & Q
const pooling = <L extends Layer>(name: string, size: number | Dims, pool: (x: Expr) => Expr): L =>
  layerAs({
    name: `${name}(${size})`,
    apply: (_, state, __, a: Expr) => [pool(a), state],
    step: () => mixesRows(`${name}(${size})`),
  })

/**
 * The largest number of every window; the stride is the kernel by default.
 *
 * Shape:   [C, ...H] -> [C, ...H'], H' = floor((H + padding - kernel) / stride) + 1
 */
export const maxPool = <const K extends number | Dims, const Q extends WindowOptions = {}>(
  kernel: K,
  options?: Q,
): Layer<null, null, null, Pool<Kernel<K, Q>>> => pooling('maxPool', kernel, maximum({ ...options, kernel }))
/** The mean of every window; the stride is the kernel by default. Shape: as maxPool */
export const avgPool = <const K extends number | Dims, const Q extends WindowOptions = {}>(
  kernel: K,
  options?: Q,
): Layer<null, null, null, Pool<Kernel<K, Q>>> => pooling('avgPool', kernel, mean({ ...options, kernel }))

/** [C, ...H] -> [C, ...N] */
export interface Adaptive<N extends number | Dims> extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'> ? Type<Resized<S, N>, 'real'> : NotAnImage
}
/** The means of `size` windows along each axis, for an image of any size. Shape: [C, ...H] -> [C, ...size] */
export const adaptiveAvgPool = <const N extends number | Dims>(size: N): Layer<null, null, null, Adaptive<N>> =>
  pooling('adaptiveAvgPool', size, adaptiveMean(size))
/** The maxima of `size` windows along each axis, for an image of any size. Shape: [C, ...H] -> [C, ...size] */
export const adaptiveMaxPool = <const N extends number | Dims>(size: N): Layer<null, null, null, Adaptive<N>> =>
  pooling('adaptiveMaxPool', size, adaptiveMaximum(size))

/** [C, ...H] -> [C] */
export interface Global extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? S extends readonly [infer C extends number, ...Dims]
      ? Type<readonly [C], 'real'>
      : AnyReal
    : NotAnImage
}
/** The mean of every channel. Shape: [C, ...H] -> [C] */
export const globalAvgPool: Layer<null, null, null, Global> = layer<Global>()({
  name: 'globalAvgPool',
  apply: (_, state, __, a: Expr) => [average(axesOf(rankOf(a)).slice(1))(a), state],
  step: () => mixesRows('globalAvgPool'),
})
