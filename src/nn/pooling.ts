/** Layers that summarise windows of images [channels, ...size]. */

import {
  adaptiveMaxPool as adaptiveMaximum,
  adaptiveAvgPool as adaptiveMean,
  maxPool as maximum,
  avgPool as mean,
  type Resized,
} from '../../lang/operations/pooling.ts'
import { mean as average } from '../../lang/operations/statistics.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { axesOf, type Type } from '../../lang/syntax/shape.ts'
import type { Dims, FitsPool, PoolOptions, PoolShape, WindowOptions } from '../../lang/types/index.ts'
import { type Layer, layer } from './layer.ts'
import type { AnyReal, Fitting, NotAnImage, TypeRule } from './rule.ts'

/** [C, ...H] -> [C, ...H'] */
export interface Pool<Q extends PoolOptions> extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'> ? Fitting<FitsPool<S, Q>, PoolShape<S, Q>> : NotAnImage
}
type Kernel<K, Q> = { readonly kernel: K } & Q
const pooling = (name: string, size: number | Dims, pool: (x: Expr) => Expr): Layer =>
  layer<TypeRule>()({ name: `${name}(${size})`, apply: (_, state, __, a: Expr) => [pool(a), state] }) as never

/** The largest of every window; the stride is the kernel unless it is said. Shape: [C, ...H] -> [C, ...H'] */
export const maxPool = <const K extends number | Dims, const Q extends WindowOptions = {}>(
  kernel: K,
  options?: Q,
): Layer<null, null, null, Pool<Kernel<K, Q>>> => pooling('maxPool', kernel, maximum({ ...options, kernel })) as never
/** The mean of every window. Shape: as maxPool */
export const avgPool = <const K extends number | Dims, const Q extends WindowOptions = {}>(
  kernel: K,
  options?: Q,
): Layer<null, null, null, Pool<Kernel<K, Q>>> => pooling('avgPool', kernel, mean({ ...options, kernel })) as never

/** [C, ...H] -> [C, ...N] */
export interface Adaptive<N extends number | Dims> extends TypeRule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'> ? Type<Resized<S, N>, 'real'> : NotAnImage
}
/** The means of as many windows as wanted, whatever the size of the image. Shape: [C, ...H] -> [C, ...size] */
export const adaptiveAvgPool = <const N extends number | Dims>(size: N): Layer<null, null, null, Adaptive<N>> =>
  pooling('adaptiveAvgPool', size, adaptiveMean(size)) as never
/** The maxima of as many windows as wanted. Shape: [C, ...H] -> [C, ...size] */
export const adaptiveMaxPool = <const N extends number | Dims>(size: N): Layer<null, null, null, Adaptive<N>> =>
  pooling('adaptiveMaxPool', size, adaptiveMaximum(size)) as never

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
  apply: (_, state, __, a: Expr) => [average(axesOf((a.type.shape as Dims).length).slice(1))(a), state],
})
