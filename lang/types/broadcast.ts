/**
 * Broadcasting: shapes are aligned at the right; equal sizes agree, and size 1 stretches.
 *
 *     [4, 1, 3] with [5, 3] -> [4, 5, 3]
 */
import type { Agree, Dims, Gradual, Identical, Show, ShowDim } from './dims.ts'

/** A condition on the second operand: one that holds always, or one that no expression satisfies. */
export type Fits<A extends Dims, B extends Dims> =
  BroadcastProblem<A, B> extends string ? BroadcastProblem<A, B> : unknown
type BroadcastProblem<A extends Dims, B extends Dims> =
  Identical<A, B> extends true ? unknown
    : [number] extends [A['length'] | B['length']] ? unknown
    : Clash<A, B> extends infer C extends string ? `cannot broadcast ${Show<A>} with ${Show<B>}: ${C}`
    : unknown
/** The last two sizes that clash. */
type Clash<A extends Dims, B extends Dims> =
  A extends readonly [...infer As extends Dims, infer a extends number]
    ? B extends readonly [...infer Bs extends Dims, infer b extends number]
      ? Meets<a, b> extends true ? Clash<As, Bs> : `${ShowDim<a>} is not ${ShowDim<b>}`
      : unknown
    : unknown
/** Whether two aligned axes agree, or one of them stretches. */
export type Meets<A extends number, B extends number> =
  Agree<A, B> extends true ? true : A extends 1 ? true : B extends 1 ? true : false

/** The common shape. After a clash, which Fits reports, it is not known. */
export type Joined<A extends Dims, B extends Dims> =
  Identical<A, B> extends true ? A
    : Identical<B, readonly []> extends true ? A
    : [number] extends [A['length'] | B['length']] ? Gradual
    : Fits<A, B> extends string ? Gradual
    : Zip<A, B>
type Zip<A extends Dims, B extends Dims> =
  A extends readonly [...infer As extends Dims, infer a extends number]
    ? B extends readonly [...infer Bs extends Dims, infer b extends number]
      ? readonly [...Zip<As, Bs>, Meet<a, b>] : A
    : B
/** The size of two aligned axes; a size that is not known may be 1. */
export type Meet<A extends number, B extends number> =
  Identical<A, B> extends true ? A : A extends 1 ? B : B extends 1 ? A : [number] extends [A] ? B : A

/** The common shape, or the sentence that says why there is none. */
export type Broadcast<A extends Dims, B extends Dims> = Fits<A, B> extends string ? Fits<A, B> : Joined<A, B>

/** A stretched to a given shape: only sizes 1 of A stretch. */
export type BroadcastTo<A extends Dims, T extends Dims> =
  [number] extends [T['length']] ? Gradual : FitsTo<A, T> extends string ? Gradual : Readonly<T>
export type FitsTo<A extends Dims, T extends Dims> =
  StretchProblem<A, T> extends string ? StretchProblem<A, T> : unknown
type StretchProblem<A extends Dims, T extends Dims> =
  [number] extends [A['length'] | T['length']] ? unknown : Reaches<A, T, A, T>
type Reaches<A extends Dims, T extends Dims, From extends Dims, To extends Dims> =
  A extends readonly [...infer As extends Dims, infer a extends number]
    ? T extends readonly [...infer Ts extends Dims, infer t extends number]
      ? Agree<a, t> extends true ? Reaches<As, Ts, From, To>
        : a extends 1 ? Reaches<As, Ts, From, To>
        : `cannot broadcast ${Show<From>} to ${Show<To>}: ${ShowDim<a>} is not ${ShowDim<t>}`
      : `cannot broadcast ${Show<From>} to ${Show<To>}: rank ${From['length']} is more than ${To['length']}`
    : unknown
