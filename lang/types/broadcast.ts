/**
 * Broadcasting: shapes meet from the right; equal sizes agree, and 1 stretches.
 *
 *     [4, 1, 3] with [5, 3] -> [4, 5, 3]
 */
import type { Dims, Gradual, Same, Show, ShowDim, Unless } from './dims.ts'

/** The common shape, or the sentence that says where there is none. */
export type Broadcast<A extends Dims, B extends Dims> =
  number extends A['length'] | B['length'] ? Gradual
    : [A, B] extends [B, A] ? A
    : Zip<A, B> extends infer R ? (R extends Clash<infer a, infer b> ? CannotBroadcast<A, B, a, b> : R) : never

type Zip<A extends Dims, B extends Dims> =
  A extends readonly [...infer As extends Dims, infer a extends number]
    ? B extends readonly [...infer Bs extends Dims, infer b extends number] ? Join<Zip<As, Bs>, a, b, Stretch<a, b>>
      : A
    : B
type Join<S, A extends number, B extends number, N extends number> =
  [N] extends [never] ? Clash<A, B> : S extends Dims ? readonly [...S, N] : S
type Stretch<A extends number, B extends number> =
  number extends A ? (B extends 1 ? number : Same<A, B>)
    : A extends 1 ? (number extends B ? number : B)
    : B extends 1 ? A : Same<A, B>
interface Clash<A extends number, B extends number> {
  readonly clash: readonly [A, B]
}
type CannotBroadcast<A extends Dims, B extends Dims, a extends number, b extends number> =
  `cannot broadcast ${Show<A>} with ${Show<B>}: ${ShowDim<a>} is not ${ShowDim<b>}`

/** What the second operand must also be: nothing more, or something that no expression is. */
export type Fits<A extends Dims, B extends Dims> =
  Unless<number extends A['length'] | B['length'] ? unknown : Broadcast<A, B>>
/** The shape of a broadcast operation's result. After a clash, which Fits reports, it is not known. */
export type Joined<A extends Dims, B extends Dims> =
  number extends A['length'] | B['length'] ? Gradual : Broadcast<A, B> extends Dims ? Broadcast<A, B> : Gradual

/** A stretched to a given shape: only A's ones stretch. */
export type BroadcastTo<A extends Dims, T extends Dims> =
  number extends T['length'] ? Gradual : FitsTo<A, T> extends string ? Gradual : Readonly<T>
export type FitsTo<A extends Dims, T extends Dims> =
  Unless<number extends A['length'] | T['length'] ? unknown : Reaches<A, T, A, T>>
type Reaches<A extends Dims, T extends Dims, From extends Dims, To extends Dims> =
  A extends readonly [...infer As extends Dims, infer a extends number]
    ? T extends readonly [...infer Ts extends Dims, infer t extends number]
      ? a extends 1 ? Reaches<As, Ts, From, To>
        : [Same<a, t>] extends [never]
          ? `cannot broadcast ${Show<From>} to ${Show<To>}: ${ShowDim<a>} is not ${ShowDim<t>}`
          : Reaches<As, Ts, From, To>
      : `cannot broadcast ${Show<From>} to ${Show<To>}: rank ${From['length']} is more than ${To['length']}`
    : unknown
