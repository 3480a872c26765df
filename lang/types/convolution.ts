/**
 * Convolution and pooling, over any number of spatial axes, for one image or a batch.
 *
 *     image [C, ...H] or [N, C, ...H], filter [O, C / groups, ...K] -> [O, ...H'] or [N, O, ...H']
 *     H' = floor((H + pad - dilation (K - 1) - 1) / stride) + 1        pad: of both sides together
 *
 * An option is one number for every spatial axis, or a tuple; a padding may also be a pair [before, after].
 */
import type { Add, AtMost, Div, Mul, Sub } from './digits.ts'
import type { Agree, Dims, Gradual, Show, ShowDim } from './dims.ts'

export interface WindowOptions {
  readonly stride?: number | Dims
  /** 'same': as much as gives ceil(H / stride) places. 'valid': none. */
  readonly pad?: number | 'same' | 'valid' | readonly (number | readonly [number, number])[]
  readonly dilation?: number | Dims
}
export interface ConvOptions extends WindowOptions {
  readonly groups?: number
  /** How many parts of the batch are convolved apart, each with its part of the filters. Default: 1. */
  readonly batchGroups?: number
}
export interface TransposedConvOptions extends ConvOptions {
  readonly pad?: number | readonly (number | readonly [number, number])[]
  readonly outputPad?: number | Dims
}
export interface PoolOptions extends WindowOptions {
  readonly kernel: number | Dims
  /** Whether a last window may stick out at the end: sizes are rounded up. Default: false. */
  readonly ceilMode?: boolean
}

// -- one axis; I is its index in options that are tuples -------------------------------------------

type Option<O, Name extends string, I, Default extends number> =
  Name extends keyof O ? PerAxis<O[Name], I> : Default
type PerAxis<V, I> =
  [V] extends [number] ? V
    : [V] extends ['valid'] ? 0
    : [V] extends [readonly unknown[]] ? (I extends keyof V ? V[I] : number) : number
type Count<V> = V extends number ? V : number
type BothSides<V> =
  V extends readonly [infer A extends number, infer B extends number] ? Add<A, B> : Mul<2, Count<V>>

type Stride<O, I, Default extends number = 1> = Count<Option<O, 'stride', I, Default>>
/** H with its padding. */
type Room<H extends number, O, I> = Add<H, BothSides<Option<O, 'pad', I, 0>>>
/** What a filter of K covers, holes included: dilation (K - 1) + 1. */
type Span<K extends number, O, I> = Add<Mul<Count<Option<O, 'dilation', I, 1>>, Sub<K, 1>>, 1>
/** How many positions a window has; never when it does not fit. */
type Places<Room extends number, Span extends number, Stride extends number> =
  Add<Div<Sub<Room, Span>, Stride>, 1>
/** The quotient rounded up, which padding 'same' gives. */
type Covered<H extends number, Stride extends number> = Add<Div<Sub<H, 1>, Stride>, 1>

/** One axis after a convolution; never when the filter does not fit. */
export type ConvOut<H extends number, K extends number, O extends WindowOptions, I = '0'> =
  O extends { readonly pad: 'same' } ? Covered<H, Stride<O, I>> : Places<Room<H, O, I>, Span<K, O, I>, Stride<O, I>>

/** One axis after pooling: the default stride is the size of the kernel. */
export type PoolOut<H extends number, O extends PoolOptions, I = '0'> =
  O extends { readonly pad: 'same' } ? Covered<H, Stride<O, I, Kernel<O, I>>>
    : O extends { readonly ceilMode: true }
      ? CeilPlaces<H, Room<H, O, I>, Span<Kernel<O, I>, O, I>, Stride<O, I, Kernel<O, I>>, Option<O, 'pad', I, 0>>
    : Places<Room<H, O, I>, Span<Kernel<O, I>, O, I>, Stride<O, I, Kernel<O, I>>>
/** Places, rounded up, less one if the last window begins behind the array. */
type CeilPlaces<H extends number, Room extends number, Span extends number, Stride extends number, Pad> =
  Begun<Covered<Sub<Add<Room, Stride>, Span>, Stride>, Add<H, Before<Pad>>, Stride>
type Begun<N extends number, End extends number, Stride extends number> =
  [AtMost<End, Mul<Sub<N, 1>, Stride>>] extends [true] ? Sub<N, 1> : N
/** The padding before an axis. */
type Before<Pad> = Pad extends readonly [infer A extends number, number] ? A : Count<Pad>
type Kernel<O extends PoolOptions, I> = Count<Option<O, 'kernel', I, number>>

/** The size whose convolution has size H: stride (H - 1) + dilation (K - 1) + 1 - pad + outputPad. */
export type TransposedConvOut<H extends number, K extends number, O extends TransposedConvOptions, I = '0'> =
  Sub<
    Add<Add<Mul<Stride<O, I>, Sub<H, 1>>, Span<K, O, I>>, Count<Option<O, 'outputPad', I, 0>>>,
    BothSides<Option<O, 'pad', I, 0>>
  >

// -- whole shapes ------------------------------------------------------------------------------------

/** Image and filter taken apart; never when the ranks do not match. */
type Parts<X extends Dims, W extends Dims> =
  W extends readonly [infer F extends number, infer G extends number, ...infer K extends Dims]
    ? X extends readonly [infer C extends number, ...infer H extends Dims]
      ? H['length'] extends K['length'] ? Part<readonly [], C, H, F, G, K>
        : H extends readonly [infer D extends number, ...infer J extends Dims]
          ? J['length'] extends K['length'] ? Part<readonly [C], D, J, F, G, K> : never
          : never
      : never
    : never
interface Part<
  Batch extends Dims, C extends number, H extends Dims, F extends number, G extends number, K extends Dims,
> {
  readonly batch: Batch
  readonly channels: C
  readonly image: H
  readonly first: F
  readonly second: G
  readonly kernel: K
}
type AnyPart = Part<Dims, number, Dims, number, number, Dims>
type At<S extends Dims, I> = I extends keyof S ? S[I] & number : never
/** Meaningless options, such as a stride of 0, become `never`; the diagnostic at run time says more. */
type Sound<N extends number> = [N] extends [never] ? number : N

export type ConvShape<X extends Dims, W extends Dims, O extends ConvOptions = {}> =
  [number] extends [X['length'] | W['length']] ? Gradual
    : FitsConv<X, W, O> extends string ? Gradual
    : Convolved<Parts<X, W>, O>
type Convolved<P extends AnyPart, O extends ConvOptions> =
  readonly [...BatchPart<P['batch'], O>, P['first'], ...ConvOuts<P['image'], P['kernel'], O>]
type BatchPart<B extends Dims, O> =
  O extends { readonly batchGroups: infer G extends number } ? { readonly [I in keyof B]: Div<B[I], G> } : B
type ConvOuts<H extends Dims, K extends Dims, O extends ConvOptions> = {
  readonly [I in keyof H]: Sound<ConvOut<H[I], At<K, I>, O, I>>
}

export type FitsConv<X extends Dims, W extends Dims, O extends ConvOptions = {}> =
  ConvProblem<X, W, O> extends string ? ConvProblem<X, W, O> : unknown
type ConvProblem<X extends Dims, W extends Dims, O extends ConvOptions> =
  [number] extends [X['length'] | W['length']] ? unknown
    : [Parts<X, W>] extends [never] ? `a filter ${Show<W>} needs another rank than that of ${Show<X>}`
    : ChannelProblem<X, W, O> extends infer P extends string ? P
    : TooWide<Parts<X, W>['image'], Parts<X, W>['kernel'], O> extends infer P
      ? [P] extends [never] ? unknown : `a filter ${Show<W>} does not fit ${Show<X>}: ${P & string}` : never
type ChannelProblem<X extends Dims, W extends Dims, O extends ConvOptions> =
  Channels<X, W, Parts<X, W>['channels'], Mul<Parts<X, W>['second'], Groups<O>>>
type Groups<O> = Count<Option<O, 'groups', '0', 1>>
type Channels<X extends Dims, W extends Dims, C extends number, D extends number> =
  Agree<C, D> extends true ? unknown
    : `a filter ${Show<W>} does not fit ${Show<X>}: ${ShowDim<D>} channels are not ${ShowDim<C>}`
type TooWide<H extends Dims, K extends Dims, O> = {
  [I in keyof H]: Wider<Span<At<K, I>, O, I>, Room<H[I], O, I>>
}[number]
type Wider<Span extends number, Room extends number> =
  [AtMost<Span, Room>] extends [false] ? `a span of ${Span} is more than ${Room}` : never

/** image [C, ...H], filter [C, O / groups, ...K] -> [O, ...H'], with or without a batch in front. */
export type TransposedConvShape<X extends Dims, W extends Dims, O extends TransposedConvOptions = {}> =
  [number] extends [X['length'] | W['length']] ? Gradual
    : FitsTransposedConv<X, W> extends string ? Gradual
    : Transposed<Parts<X, W>, O>
type Transposed<P extends AnyPart, O extends TransposedConvOptions> =
  readonly [...P['batch'], Mul<P['second'], Groups<O>>, ...TransposedOuts<P['image'], P['kernel'], O>]
type TransposedOuts<H extends Dims, K extends Dims, O extends TransposedConvOptions> = {
  readonly [I in keyof H]: Sound<TransposedConvOut<H[I], At<K, I>, O, I>>
}
export type FitsTransposedConv<X extends Dims, W extends Dims> =
  TransposedConvProblem<X, W> extends string ? TransposedConvProblem<X, W> : unknown
type TransposedConvProblem<X extends Dims, W extends Dims> =
  [number] extends [X['length'] | W['length']] ? unknown
    : [Parts<X, W>] extends [never] ? `a filter ${Show<W>} needs another rank than that of ${Show<X>}`
    : Channels<X, W, Parts<X, W>['channels'], Parts<X, W>['first']>

// -- pooling -----------------------------------------------------------------------------------------

/** A kernel that is a tuple pools the last axes; one that is a number all but the first, the channels. */
export type PoolShape<S extends Dims, O extends PoolOptions> =
  UnknownPool<S, O> extends true ? Gradual
    : FitsPool<S, O> extends string ? Gradual
    : readonly [...Split<S, O['kernel']>[0], ...PoolOuts<Split<S, O['kernel']>[1], O>]
type PoolOuts<H extends Dims, O extends PoolOptions> = { readonly [I in keyof H]: Sound<PoolOut<H[I], O, I>> }
type UnknownPool<S extends Dims, O extends PoolOptions> =
  [number] extends [S['length']] ? true
    : [O['kernel']] extends [number] ? false
    : [O['kernel']] extends [Dims] ? ([number] extends [O['kernel']['length']] ? true : false) : true

/** The axes in front, and those that are pooled; never when there are too few. */
type Split<S extends Dims, K> =
  [K] extends [number]
    ? S extends readonly [infer C extends number, ...infer H extends Dims] ? [readonly [C], H] : never
    : K extends Dims ? SplitLast<S, K['length']> : never
type SplitLast<S extends Dims, N extends number, Last extends Dims = readonly []> =
  Last['length'] extends N ? [S, Last]
    : S extends readonly [...infer F extends Dims, infer L extends number]
      ? SplitLast<F, N, readonly [L, ...Last]> : never

export type FitsPool<S extends Dims, O extends PoolOptions> =
  PoolProblem<S, O> extends string ? PoolProblem<S, O> : unknown
type PoolProblem<S extends Dims, O extends PoolOptions> =
  UnknownPool<S, O> extends true ? unknown
    : [Split<S, O['kernel']>] extends [never] ? `${Show<S>} has too few axes to pool`
    : TooWidePool<Split<S, O['kernel']>[1], O> extends infer P
      ? [P] extends [never] ? unknown : `a window does not fit ${Show<S>}: ${P & string}` : never
type TooWidePool<H extends Dims, O extends PoolOptions> = {
  [I in keyof H]:
    | Wider<Span<Kernel<O, I>, O, I>, Room<H[I], O, I>>
    | Overhang<Span<Kernel<O, I>, O, I>, Option<O, 'pad', I, 0>>
}[number]
/** Padding wider than half of a window. */
type Overhang<Span extends number, Pad> =
  Pad extends readonly [infer A extends number, infer B extends number] ? Half<Span, A> | Half<Span, B>
    : Half<Span, Count<Pad>>
type Half<Span extends number, Pad extends number> =
  [AtMost<Mul<2, Pad>, Span>] extends [false] ? `a pad of ${Pad} is more than half of ${Span}` : never
