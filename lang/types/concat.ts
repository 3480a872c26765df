/** Shapes laid side by side, cut, padded and repeated along an axis. */
import type { Axis, FitsAxes, FitsInserted, Inserted, Replaced } from './axes.ts'
import type { Add, AtMost, Div, Mul, Sub } from './digits.ts'
import type { Agree, Dims, Gradual, Same, Show, ShowDim } from './dims.ts'

type Shapes = readonly Dims[]
type Unknown<S extends Shapes, A extends number> =
  [number] extends [S['length'] | A | S[number]['length']] ? true : false

/** Sizes along axis A add up; all others agree. */
export type Concat<S extends Shapes, A extends number> =
  Unknown<S, A> extends true ? Gradual : ConcatAll<S, A> extends infer R extends Dims ? R : Gradual
export type FitsConcat<S extends Shapes, A extends number> =
  ConcatProblem<S, A> extends string ? ConcatProblem<S, A> : unknown
type ConcatProblem<S extends Shapes, A extends number> =
  Unknown<S, A> extends true ? unknown : ConcatAll<S, A>
type ConcatAll<S extends Shapes, A extends number> =
  S extends readonly [infer H extends Dims, ...infer T extends Shapes]
    ? FitsAxes<H, A> extends string ? FitsAxes<H, A> : Fold<Readonly<H>, T, A>
    : 'nothing to concat'
type Fold<S extends Dims, T extends Shapes, A extends number> =
  T extends readonly [infer H extends Dims, ...infer R extends Shapes]
    ? [Clash<S, H, A>] extends [never] ? Fold<Beside<S, H, A>, R, A>
      : `cannot concat ${Show<S>} with ${Show<H>} along axis ${A}: ${Clash<S, H, A>}`
    : S
type Beside<S extends Dims, T extends Dims, A extends number> = {
  readonly [I in keyof S]: I extends `${Axis<S, A>}` ? Add<S[I], Of<T, I>> : Same<S[I], Of<T, I>>
}
type Clash<S extends Dims, T extends Dims, A extends number> =
  S['length'] extends T['length']
    ? { [I in keyof S]: I extends `${Axis<S, A>}` ? never : Differ<S[I], Of<T, I>> }[number]
    : `rank ${S['length']} is not ${T['length']}`
type Differ<A extends number, B extends number> =
  Agree<A, B> extends true ? never : `${ShowDim<A>} is not ${ShowDim<B>}`
type Of<T extends Dims, I> = I extends keyof T ? T[I] & number : never

/** N equal shapes, one above the other along a new axis A. */
export type Stacked<S extends Dims, N extends number, A extends number> = Inserted<S, A, N>
export type FitsStacked<S extends Shapes, A extends number> =
  StackProblem<S, A> extends string ? StackProblem<S, A> : unknown
type StackProblem<S extends Shapes, A extends number> =
  Unknown<S, A> extends true ? unknown
    : S extends readonly [infer H extends Dims, ...infer T extends Shapes]
      ? FitsInserted<H, A> extends string ? FitsInserted<H, A> : Alike<Readonly<H>, T>
      : 'nothing to stack'
type Alike<S extends Dims, T extends Shapes> =
  T extends readonly [infer H extends Dims, ...infer R extends Shapes]
    ? [Unlike<S, H>] extends [never] ? Alike<S, R> : `cannot stack ${Show<S>} with ${Show<H>}: ${Unlike<S, H>}`
    : unknown
type Unlike<S extends Dims, T extends Dims> =
  S['length'] extends T['length'] ? { [I in keyof S]: Differ<S[I], Of<T, I>> }[number]
    : `rank ${S['length']} is not ${T['length']}`

/**
 * Every Step-th position from Start up to, not including, Stop. As in Python negative ones count from the
 * end, and what lies outside is cut off.
 */
export type Sliced<
  S extends Dims, A extends number, Start extends number, Stop extends number | undefined = undefined,
  Step extends number = 1,
> =
  [number] extends [A | S['length']] ? Gradual
    : FitsAxes<S, A> extends string ? Gradual
    : Replaced<S, A, Steps<Between<Place<Along<S, A>, Start>, Place<Along<S, A>, Stop>>, Step>>
type Along<S extends Dims, A extends number> = S[Axis<S, A>]
/** A position from 0 to N. */
type Place<N extends number, P extends number | undefined> =
  [P] extends [undefined] ? N
    : [number] extends [N | P] ? number
    : `${P}` extends `-${infer M extends number}` ? OrZero<Sub<N, M>>
    : P extends number ? Min<N, P> : never
type Min<A extends number, B extends number> = AtMost<A, B> extends true ? A : B
type OrZero<N extends number> = [N] extends [never] ? 0 : N
type Between<Low extends number, High extends number> = OrZero<Sub<High, Low>>
type Steps<N extends number, Step extends number> = Div<Add<N, Sub<Step, 1>>, Step>

/** Axis A longer by Before and After. */
export type Padded<S extends Dims, A extends number, Before extends number, After extends number> =
  [number] extends [A | S['length']] ? Gradual
    : FitsAxes<S, A> extends string ? Gradual
    : Replaced<S, A, Add<Add<Before, Along<S, A>>, After>>

/** S repeated R[d] times along axis d; the shorter of the two is filled with ones in front. */
export type Tiled<S extends Dims, R extends Dims> =
  [number] extends [S['length'] | R['length']] ? Gradual
    : S extends readonly [...infer Ss extends Dims, infer s extends number]
      ? R extends readonly [...infer Rs extends Dims, infer r extends number]
        ? readonly [...Tiled<Ss, Rs>, Mul<s, r>] : S
      : R
