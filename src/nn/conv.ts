/** Layers that slide windows over images [channels, ...size]: convolutions and pooling, with the arithmetic of sizes. */
import type { Expr } from '../../lang/expr.ts'
import { conv } from '../../lang/operations/convolution.ts'
import { maxPool as maximum, avgPool as mean } from '../../lang/operations/pooling.ts'
import { mean as average } from '../../lang/operations/statistics.ts'
import { real, type Type } from '../../lang/shape.ts'
import type {
  ConvOptions,
  ConvShape,
  Dims,
  Div,
  FitsConv,
  FitsPool,
  NoUnion,
  PoolOptions,
  PoolShape,
  WindowOptions,
} from '../../lang/types/index.ts'
import { split } from '../data/key.ts'
import { glorotUniform, type Initializer, zeros } from './initial.ts'
import { type Layer, layer } from './layer.ts'
import type { AnyReal, Rule } from './rule.ts'

type NotReal = 'an image of real numbers is wanted'
type Fitting<Problem, S extends Dims> = Problem extends string ? Problem : Type<S, 'real'>

/** [C, ...H] -> [O, ...H'] with a filter W */
export interface Conv<C extends number, W extends Dims, Q extends ConvOptions> extends Rule {
  readonly takes: Type<readonly [C, ...Unknown<W>], 'real'>
  readonly out: this['in'] extends Type<infer S, 'real'> ? Fitting<FitsConv<S, W, Q>, ConvShape<S, W, Q>> : NotReal
}
type Unknown<W extends Dims> = W extends readonly [number, number, ...infer K extends Dims]
  ? { readonly [I in keyof K]: number }
  : Dims

export interface ConvLayerOptions extends ConvOptions {
  readonly weights?: Initializer
  /** How the bias starts, a number per channel; false for none. */
  readonly bias?: Initializer | false
}
type Groups<Q> = Q extends { readonly groups: infer G extends number } ? G : 1
type Filter<C extends number, O extends number, K extends Dims, Q> = readonly [O, Div<C, Groups<Q>>, ...K]
type ConvParams<W extends Dims, O extends number, Q> = { readonly w: Type<W, 'real'> } & (Q extends {
  readonly bias: false
}
  ? unknown
  : { readonly b: Type<readonly [O], 'real'> })
type ConvLayer<C extends number, O extends number, W extends Dims, Q extends ConvLayerOptions> = Layer<
  ConvParams<W, O, Q>,
  null,
  null,
  Conv<C, W, Q>
>

const convolution = (name: string, from: number, to: number, kernel: Dims, options: ConvLayerOptions): Layer => {
  const { weights = glorotUniform, bias = zeros, ...windows } = options
  const w = real(to, from / (windows.groups ?? 1), ...kernel)
  const b = real(to)
  return layer<Rule>()({
    name: `${name}(${[from, to, kernel.join(' x ')].join(', ')})`,
    params: bias === false ? { w } : { w, b },
    init: (key) => {
      const [forW, forB] = split(key, 2) as readonly [typeof key, typeof key]
      return { params: { w: weights(forW, w.shape), ...(bias !== false && { b: bias(forB, b.shape) }) } }
    },
    apply: (params, state, _, a: Expr) => {
      const p = params as { readonly w: Expr; readonly b?: Expr }
      return [conv(windows)(a, p.w, p.b), state]
    },
  }) as never
}

type Side = number | readonly [number, number]
type Square<K extends Side> = K extends number
  ? readonly [K, K]
  : K extends readonly [infer A extends number, infer B extends number]
    ? readonly [A, B]
    : never
/**
 * A convolution of images, each with its own filters from every channel, and a bias per channel.
 *
 * Shape:   [from, H, W] -> [to, H', W'], H' = floor((H + padding - dilation (K - 1) - 1) / stride) + 1
 *
 * @example
 * conv2d(1, 32, 5)
 * conv2d(32, 64, [3, 1], { stride: 2, pad: 1, bias: false })
 */
export const conv2d = <
  const C extends number,
  const O extends number,
  const K extends Side,
  const Q extends ConvLayerOptions = {},
>(
  from: C & NoUnion<C>,
  to: O & NoUnion<O>,
  kernel: K,
  options?: Q,
): ConvLayer<C, O, Filter<C, O, Square<K>, Q>, Q> =>
  convolution(
    'conv2d',
    from,
    to,
    typeof kernel === 'number' ? [kernel, kernel] : (kernel as Dims),
    options ?? {},
  ) as never

/** The same along one axis. Shape: [from, L] -> [to, L'] */
export const conv1d = <
  const C extends number,
  const O extends number,
  const K extends number,
  const Q extends ConvLayerOptions = {},
>(
  from: C & NoUnion<C>,
  to: O & NoUnion<O>,
  kernel: K,
  options?: Q,
): ConvLayer<C, O, Filter<C, O, readonly [K], Q>, Q> =>
  convolution('conv1d', from, to, [kernel], options ?? {}) as never

/** [C, ...H] -> [C, ...H'] */
export interface Pool<Q extends PoolOptions> extends Rule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'> ? Fitting<FitsPool<S, Q>, PoolShape<S, Q>> : NotReal
}
type Kernel<K, Q> = { readonly kernel: K } & Q
const pooling = (name: string, kernel: number | Dims, pool: (x: Expr) => Expr): Layer =>
  layer<Rule>()({ name: `${name}(${kernel})`, apply: (_, state, __, a: Expr) => [pool(a), state] }) as never

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

/** [C, ...H] -> [C] */
export interface Global extends Rule {
  readonly takes: AnyReal
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? S extends readonly [infer C extends number, ...Dims]
      ? Type<readonly [C], 'real'>
      : AnyReal
    : NotReal
}
/** The mean of every channel. */
export const globalAvgPool: Layer<null, null, null, Global> = layer<Global>()({
  name: 'globalAvgPool',
  apply: (_, state, __, a: Expr) => {
    const space = (a.type.shape as Dims).slice(1).map((_, d) => d + 1)
    return [average(space)(a), state]
  },
})
