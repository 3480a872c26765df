/** Reshape: the same numbers in another shape; one size may be -1, and is computed. */
import type { Axis, FitsAxes } from './axes.ts'
import type { Div, Mod, Mul } from './digits.ts'
import type { Agree, Dims, Gradual, Show } from './dims.ts'
import type { NotDimension } from './literal.ts'

/** How many elements there are. */
export type Size<S extends Dims> = [number] extends [S['length'] | S[number]] ? number : Product<S>
type Product<S extends Dims> =
  S extends readonly [infer H extends number, ...infer T extends Dims] ? Mul<H, Product<T>> : 1

/** The size of T without its -1. */
type Given<T extends Dims> = Size<{ readonly [I in keyof T]: T[I] extends -1 ? 1 : T[I] }>

/** T, its -1 inferred. Where S is not known, the rest of T still is. */
export type Reshaped<S extends Dims, T extends Dims> =
  FitsReshape<S, T> extends string ? Gradual
    : [number] extends [T['length']] ? Gradual
    : { readonly [I in keyof T]: T[I] extends -1 ? Div<Size<S>, Given<T>> : T[I] }

export type FitsReshape<S extends Dims, T extends Dims> =
  ReshapeProblem<S, T> extends string ? ReshapeProblem<S, T> : unknown
type ReshapeProblem<S extends Dims, T extends Dims> =
  [number] extends [S['length'] | T['length'] | T[number]] ? unknown
    : [NotDimension<Exclude<T[number], -1>>] extends [never]
      ? Holes<T> extends [] ? (Agree<Size<S>, Size<T>> extends true ? unknown : SizesDiffer<S, T>)
      : Holes<T> extends [0] ? Divides<S, T, Size<S>, Given<T>>
      : `cannot reshape ${Show<S>} to ${Show<T>}: only one dimension can be -1`
    : `cannot reshape ${Show<S>} to ${Show<T>}: ${NotDimension<Exclude<T[number], -1>>} is not a dimension`
type Holes<T extends Dims> =
  T extends readonly [infer H, ...infer R extends Dims] ? (H extends -1 ? [0, ...Holes<R>] : Holes<R>) : []
type SizesDiffer<S extends Dims, T extends Dims> =
  `cannot reshape ${Show<S>} to ${Show<T>}: ${Size<S>} elements are not ${Size<T>}`
type Divides<S extends Dims, T extends Dims, N extends number, By extends number> =
  [number] extends [N | By] ? unknown
    : By extends 0 ? `cannot reshape ${Show<S>} to ${Show<T>}: -1 beside 0 could be anything`
    : Mod<N, By> extends 0 ? unknown
    : `cannot reshape ${Show<S>} to ${Show<T>}: ${N} is not a multiple of ${By}`

/** The axes from `From` to the last become one; a scalar becomes a vector of one number. */
export type Flattened<S extends Dims, From extends number = 0> =
  [number] extends [S['length'] | From] ? Gradual
    : S extends readonly [] ? readonly [1]
    : FitsAxes<S, From> extends string ? Gradual
    : Merge<S, Axis<S, From>>
/** The axis must exist; a scalar has none, and is flattened from 0. */
export type FitsFlattened<S extends Dims, From extends number> =
  FlattenProblem<S, From> extends string ? FlattenProblem<S, From> : unknown
type FlattenProblem<S extends Dims, From extends number> =
  [number] extends [S['length'] | From] ? unknown
    : S['length'] extends 0 ? (From extends 0 ? unknown : FitsAxes<S, From>)
    : FitsAxes<S, From>
type Merge<S extends Dims, From extends number, Seen extends Dims = readonly []> =
  Seen['length'] extends From ? readonly [...Seen, Size<S>]
    : S extends readonly [infer H extends number, ...infer T extends Dims]
      ? Merge<T, From, readonly [...Seen, H]> : never
