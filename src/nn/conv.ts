/**
 * Layers that slide filters over images [channels, ...size], and their transposes, along one, two or three axes, with
 * the arithmetic of sizes. Read next: pooling.ts.
 */

import { conv, convTranspose } from '../../lang/operations/convolution.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type {
  ConvOptions,
  ConvShape,
  Dims,
  Div,
  FitsConv,
  FitsSize,
  FitsTransposedConv,
  TransposedConvOptions,
  TransposedConvShape,
} from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import { glorotUniform, type Initializer, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, Fitting, NotAnImage, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

/** [C, ...H] -> [O, ...H'] with a filter W */
export interface Conv<C extends number, W extends Dims, Q extends ConvOptions> extends TypeRule {
  readonly takes: Type<readonly [C, ...Unknown<W>], 'real'>
  readonly out: this['in'] extends Type<infer S, 'real'> ? Fitting<FitsConv<S, W, Q>, ConvShape<S, W, Q>> : NotAnImage
}
/** The rule of the transpose of Conv: [C, ...H'] -> [O, ...H] */
export interface Transposed<C extends number, W extends Dims, Q extends TransposedConvOptions> extends TypeRule {
  readonly takes: Type<readonly [C, ...Unknown<W>], 'real'>
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? Fitting<FitsTransposedConv<S, W>, TransposedConvShape<S, W, Q>>
    : NotAnImage
}
type Unknown<W extends Dims> = W extends readonly [number, number, ...infer K extends Dims]
  ? { readonly [I in keyof K]: number }
  : Dims

interface Starts {
  /** How the filters start; `glorotUniform` by default. */
  readonly weights?: Initializer
  /** How the bias, one number per channel, starts, `zeros` by default; false: there is no bias. */
  readonly bias?: Initializer | false
}
/** Options of a convolution, and how its parameters start. */
export interface ConvLayerOptions extends ConvOptions, Starts {}
/** Options of a transposed convolution, and how its parameters start. */
export interface TransposedConvLayerOptions extends TransposedConvOptions, Starts {}

type Groups<Q> = Q extends { readonly groups: infer G extends number } ? G : 1
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
type TransposedLayer<C extends number, O extends number, W extends Dims, Q extends TransposedConvLayerOptions> = Layer<
  ConvParams<W, O, Q>,
  null,
  null,
  Transposed<C, W, Q>
>

/** A filter and a bias: `slide` takes the options that are not about how they start. */
const filtered = <Q extends object>(
  name: string,
  filter: Dims,
  channels: number,
  { weights = glorotUniform, bias = zeros, ...windows }: Q & Starts,
  slide: (windows: Omit<Q, keyof Starts>) => (x: Expr, w: Expr, b?: Expr) => Expr,
): Layer => {
  const [w, b]: readonly [AnyReal, AnyReal] = [real(...filter), real(channels)]
  const params: { readonly w: AnyReal; readonly b?: AnyReal } = bias === false ? { w } : { w, b }
  return layerAs({
    name,
    params,
    init: (key) => {
      const [forW, forB] = splitKey(2)(key)
      return { params: { w: weights(forW, w.shape), ...(bias !== false && { b: bias(forB, b.shape) }) } }
    },
    apply: (p, state, _, a: Expr) => [slide(windows)(a, p.w, p.b), state],
    step: () => mixesRows(name),
  })
}
const kernelOf = (axes: number, kernel: number | Dims): Dims =>
  typeof kernel === 'number' ? Array.from({ length: axes }, () => kernel) : kernel
const named = (what: string, from: number, to: number, kernel: Dims): string =>
  `${what}(${[from, to, kernel.join(' x ')].join(', ')})`

/** A kernel is one size for every axis, or a tuple of sizes. */
interface Kernels<K extends number> {
  readonly 1: readonly [K]
  readonly 2: readonly [K, K]
  readonly 3: readonly [K, K, K]
}
type Rank = keyof Kernels<number>
type Sizes<R extends Rank> = number | Kernels<number>[R]
type Kernel<R extends Rank, K> = K extends number ? Kernels<K>[R] : K extends Dims ? K : never

type Convolution<R extends Rank> = <
  const C extends number,
  const O extends number,
  const K extends Sizes<R>,
  const Q extends ConvLayerOptions = {},
>(
  from: C & FitsSize<C>,
  to: O & FitsSize<O>,
  kernel: K,
  options?: Q,
) => ConvLayer<C, O, readonly [O, Div<C, Groups<Q>>, ...Kernel<R, K>], Q>
const convolution = <R extends Rank>(axes: R) =>
  typed<Convolution<R>>((from: number, to: number, kernel: number | Dims, options: ConvLayerOptions = {}) => {
    const sizes = kernelOf(axes, kernel)
    const filter = [to, from / (options.groups ?? 1), ...sizes]
    return filtered(named(`conv${axes}d`, from, to, sizes), filter, to, options, conv)
  })

/** A convolution along one axis. Shape: [from, L] -> [to, L'] */
export const conv1d: Convolution<1> = convolution(1)
/**
 * A convolution of images: each output channel has a filter for every input channel, and a bias. With `groups`, input
 * and output channels are split into that many equal runs, and a filter sees the channels of its own run only.
 *
 * Shape:   [from, H, W] -> [to, H', W'], H' = floor((H + padding - dilation (K - 1) - 1) / stride) + 1
 *
 * @example
 * conv2d(1, 32, 5)
 * conv2d(32, 64, [3, 1], { stride: 2, pad: 1, bias: false })
 */
export const conv2d: Convolution<2> = convolution(2)
/** A convolution of volumes. Shape: [from, D, H, W] -> [to, D', H', W'] */
export const conv3d: Convolution<3> = convolution(3)

type Depthwise = <
  const C extends number,
  const K extends Sizes<2>,
  const Q extends Omit<ConvLayerOptions, 'groups'> = {},
>(
  channels: C & FitsSize<C>,
  kernel: K,
  options?: Q,
) => ConvLayer<C, C, readonly [C, 1, ...Kernel<2, K>], Q & { readonly groups: C }>
/**
 * A convolution with one filter per channel: as many groups as channels.
 *
 * Shape:   [C, H, W] -> [C, H', W']
 * Source:  Howard et al., "MobileNets" (2017)
 */
export const depthwiseConv2d = typed<Depthwise>(
  (channels: number, kernel: number | Dims, options: ConvLayerOptions = {}) => {
    const sizes = kernelOf(2, kernel)
    const name = `depthwiseConv2d(${channels}, ${sizes.join(' x ')})`
    return filtered(name, [channels, 1, ...sizes], channels, { ...options, groups: channels }, conv)
  },
)

type TransposedConvolution<R extends Rank> = <
  const C extends number,
  const O extends number,
  const K extends Sizes<R>,
  const Q extends TransposedConvLayerOptions = {},
>(
  from: C & FitsSize<C>,
  to: O & FitsSize<O>,
  kernel: K,
  options?: Q,
) => TransposedLayer<C, O, readonly [C, Div<O, Groups<Q>>, ...Kernel<R, K>], Q>
const transposed = <R extends Rank>(axes: R) =>
  typed<TransposedConvolution<R>>(
    (from: number, to: number, kernel: number | Dims, options: TransposedConvLayerOptions = {}) => {
      const sizes = kernelOf(axes, kernel)
      const filter = [from, to / (options.groups ?? 1), ...sizes]
      return filtered(named(`convTranspose${axes}d`, from, to, sizes), filter, to, options, convTranspose)
    },
  )

/**
 * The transpose, as a linear map, of the convolution with the same filter and options. Decoders use it to enlarge
 * pictures. Filters are stored as the convolution's, [from, to / groups, ...kernel], and start like them.
 *
 * Shape:   [from, L] -> [to, L'], L' = stride (L - 1) + dilation (K - 1) + 1 - padding + outputPad
 * Law:     <conv x, y> = <x, convTranspose y>, without biases
 */
export const convTranspose1d: TransposedConvolution<1> = transposed(1)
/** A transposed convolution of images. Shape: [from, H, W] -> [to, H', W'] */
export const convTranspose2d: TransposedConvolution<2> = transposed(2)
/** A transposed convolution of volumes. Shape: [from, D, H, W] -> [to, D', H', W'] */
export const convTranspose3d: TransposedConvolution<3> = transposed(3)
