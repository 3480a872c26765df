/** Which literal types are dimensions: one non-negative integer, or `number`. */
import type { Dims, ShowDim } from './dims.ts'

export type IsUnion<N, All = N> = N extends All ? ([All] extends [N] ? false : true) : never

/**
 * Refuses 3 | 4: arithmetic on a union would mix up its members. An object, not a sentence, since a literal number and
 * a string have nothing in common and would meet in `never`:
 *
 *     declare const axis: <N extends number>(size: N & NoUnion<N>) => ...
 */
export type NoUnion<N extends number> =
  IsUnion<N> extends true ? { readonly 'a dimension is one number, not one of': N } : unknown

/** Which dimensions of a shape are none: unions, negative numbers and fractions. */
export type FitsDims<S extends Dims> =
  DimsProblem<S> extends string ? DimsProblem<S> : unknown
type DimsProblem<S extends Dims> =
  [number] extends [S['length']] ? unknown
    : [NotDimension<S[number]>] extends [never]
      ? true extends { [I in keyof S]: IsUnion<S[I]> }[number]
        ? 'a dimension is one number, not one of several' : unknown
      : `${ShowDim<NotDimension<S[number]>>} is not a dimension`
export type NotDimension<N extends number> =
  N extends N ? `${N}` extends `-${string}` | `${string}.${string}` | `${string}e-${string}` ? N : never : never
