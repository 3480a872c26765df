/** Axes, also counted from the end; and shapes with axes removed, kept, inserted, replaced, permuted. */
import type { AtMost, Less, Sub } from './digits.ts'
import type { Agree, Dims, Gradual, Show, ShowDim } from './dims.ts'

/** A literal axis, counted from the front: -1 becomes the last one. never if the shape has no such axis. */
export type Axis<S extends Dims, A extends number> =
  [number] extends [A | S['length']] ? number
    : A extends A ? `${A}` extends keyof S ? A : FromEnd<S['length'], A> : never
type FromEnd<Rank extends number, A extends number> =
  `${A}` extends `-${infer N extends number}` ? Sub<Rank, N> : never

/** Axes as users name them: -1 is the last, undefined means every axis. */
export type Axes = number | Dims | undefined
/** Axes, or an array in their place, which `AxesFirst` refuses. */
export type AxesOrArray = Axes | { readonly node: unknown }
/** Refuses sum(x) instead of sum()(x). */
export type AxesFirst<A, Call extends string> =
  A extends { readonly node: unknown } ? `write ${Call}: the axes come first, then the array` : unknown
/** A number, or an array in its place, which `NumberFirst` refuses. */
export type NumberOrArray = number | { readonly node: unknown }
/** Refuses softplus(x) instead of softplus()(x). */
export type NumberFirst<A, Call extends string> =
  A extends { readonly node: unknown } ? `write ${Call}: the number comes first, then the array` : unknown
type Named<A> = A extends Dims ? A : A extends number ? readonly [A] : readonly []
/** Whether the axes or the rank are unknown. */
type Unknown<S extends Dims, A extends AxesOrArray> =
  [number] extends [S['length'] | A | Named<A>['length'] | Named<A>[number]] ? true : false

/** Every axis must exist, and be named once. */
export type FitsAxes<S extends Dims, A extends AxesOrArray> =
  AxesProblem<S, A> extends string ? AxesProblem<S, A> : unknown
type AxesProblem<S extends Dims, A extends AxesOrArray> =
  Unknown<S, A> extends true ? unknown : AxisProblem<S, Named<A>>
type AxisProblem<S extends Dims, A extends Dims, Seen = never> =
  A extends readonly [infer H extends number, ...infer T extends Dims]
    ? [Axis<S, H>] extends [never] ? `${Show<S>} has no axis ${H}`
      : Axis<S, H> extends Seen ? `axis ${H} of ${Show<S>} is named twice`
      : AxisProblem<S, T, Seen | Axis<S, H>>
    : unknown

/** S without the axes A; all of them when A is undefined. */
export type Reduced<S extends Dims, A extends AxesOrArray> =
  Unknown<S, A> extends true ? Gradual
    : [A] extends [undefined] ? readonly []
    : FitsAxes<S, A> extends string ? Gradual
    : Without<S, Axis<S, Named<A>[number]>>
type Without<S extends Dims, A extends number, Seen extends readonly 0[] = []> =
  S extends readonly [infer H extends number, ...infer T extends Dims]
    ? Seen['length'] extends A ? Without<T, A, [...Seen, 0]> : readonly [H, ...Without<T, A, [...Seen, 0]>]
    : readonly []

/** S with size 1 on each axis of A. */
export type Kept<S extends Dims, A extends AxesOrArray> =
  Unknown<S, A> extends true ? Gradual
    : [A] extends [undefined] ? { readonly [I in keyof S]: 1 }
    : FitsAxes<S, A> extends string ? Gradual
    : Put<S, Axis<S, Named<A>[number]>, 1>

/** Axis d of the result is axis P[d] of S. */
export type Permuted<S extends Dims, P extends Dims> =
  Unknown<S, P> extends true ? Gradual
    : FitsPermutation<S, P> extends string ? Gradual
    : { readonly [I in keyof P]: S[Axis<S, P[I]>] }
export type FitsPermutation<S extends Dims, P extends Dims> =
  PermutationProblem<S, P> extends string ? PermutationProblem<S, P> : unknown
type PermutationProblem<S extends Dims, P extends Dims> =
  Unknown<S, P> extends true ? unknown
    : P['length'] extends S['length'] ? FitsAxes<S, P>
    : `${Show<P>} does not permute the axes of ${Show<S>}: rank ${P['length']} is not ${S['length']}`

/** S with axis From at position To; the others keep their order. */
export type Moved<S extends Dims, From extends number, To extends number> =
  [number] extends [From | To | S['length']] ? Gradual
    : FitsAxes<S, From> extends string ? Gradual
    : FitsAxes<S, To> extends string ? Gradual
    : Insert<Without<S, Axis<S, From>>, Axis<S, To>, S[Axis<S, From>]>
export type FitsMoved<S extends Dims, From extends number, To extends number> =
  FitsAxes<S, From> extends string ? FitsAxes<S, From> : FitsAxes<S, To>

/** S with an axis of size N (1 if not said) before axis A; -1 puts it at the end. */
export type Inserted<S extends Dims, A extends number, N extends number = 1> =
  [number] extends [A | S['length']] ? Gradual
    : FitsInserted<S, A> extends string ? Gradual : Insert<S, Axis<readonly [N, ...S], A>, N>
type Insert<S extends Dims, A extends number, N extends number, Seen extends Dims = readonly []> =
  Seen['length'] extends A ? readonly [...Seen, N, ...S]
    : S extends readonly [infer H extends number, ...infer T extends Dims]
      ? Insert<T, A, N, readonly [...Seen, H]> : never
export type FitsInserted<S extends Dims, A extends number> =
  InsertionProblem<S, A> extends string ? InsertionProblem<S, A> : unknown
type InsertionProblem<S extends Dims, A extends number> =
  [number] extends [A | S['length']] ? unknown
    : [Axis<readonly [1, ...S], A>] extends [never] ? `no axis ${A} can be inserted into ${Show<S>}` : unknown

/** S without axis A, of whatever size. */
export type Removed<S extends Dims, A extends number> = Reduced<S, A>
/** Only an axis of size 1 can be removed without losing numbers. */
export type FitsRemoved<S extends Dims, A extends number> =
  RemovalProblem<S, A> extends string ? RemovalProblem<S, A> : unknown
type RemovalProblem<S extends Dims, A extends number> =
  [number] extends [A | S['length']] ? unknown
    : [Axis<S, A>] extends [never] ? `${Show<S>} has no axis ${A}`
    : Agree<S[Axis<S, A>], 1> extends true ? unknown
    : `axis ${A} of ${Show<S>} is ${ShowDim<S[Axis<S, A>]>}, not 1`

/** S with size N on axis A. */
export type Replaced<S extends Dims, A extends number, N extends number> =
  [number] extends [A | S['length']] ? Gradual
    : FitsAxes<S, A> extends string ? Gradual : Put<S, Axis<S, A>, N>
type Put<S extends Dims, A extends number, N extends number> = {
  readonly [I in keyof S]: I extends `${A}` ? N : S[I]
}

/** An index on axis A, counted from the end if negative. */
export type FitsIndex<S extends Dims, A extends number, I extends number> =
  IndexProblem<S, A, I> extends string ? IndexProblem<S, A, I> : unknown
type IndexProblem<S extends Dims, A extends number, I extends number> =
  [number] extends [A | I | S['length']] ? unknown
    : [Axis<S, A>] extends [never] ? `${Show<S>} has no axis ${A}`
    : [Reaches<S[Axis<S, A>], I>] extends [false] ? `index ${I} is outside axis ${A} of ${Show<S>}` : unknown
type Reaches<N extends number, I extends number> =
  [number] extends [N] ? true
    : `${I}` extends `${string}.${string}` ? false
    : `${I}` extends `-${infer K extends number}` ? AtMost<K, N> : Less<I, N>
