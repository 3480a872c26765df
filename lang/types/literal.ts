/** Which literal types are dimensions: one non-negative integer, or `number`. */
import type { Dims } from './dims.ts'

export type IsUnion<N, All = N> = N extends All ? ([All] extends [N] ? false : true) : never

/**
 * Refuses 3 | 4: arithmetic on a union would mix up its members. The refusal is an object type, not a sentence:
 * the intersection of a number and a string is `never`.
 *
 *     declare const axis: <N extends number>(size: N & NoUnion<N>) => ...
 */
export type NoUnion<N extends number> =
  Several<N> extends true ? { readonly 'a dimension is one number, not one of': N } : unknown

type Several<N extends number> = [number] extends [N] ? false : IsUnion<N>

/** The members of a shape that are not dimensions: unions, negative numbers and fractions. */
export type FitsDims<S extends Dims> = DimsProblem<S> extends string ? DimsProblem<S> : unknown
type DimsProblem<S extends Dims> =
  [number] extends [S['length']] ? unknown
    : [DimProblem<S>] extends [never] ? unknown : DimProblem<S>
type DimProblem<S extends Dims> = {
  [I in keyof S]:
    Several<S[I]> extends true ? 'a dimension is one number, not one of several'
      : [NotDimension<S[I]>] extends [never] ? never : `${NotDimension<S[I]>} is not a dimension`
}[number]
/** One size: of an axis, a batch or a loop. The refusal is an object type, as that of NoUnion. */
export type FitsSize<N extends number> =
  [NotDimension<N>] extends [never] ? NoUnion<N> : { readonly 'a size is a whole number, not': N }
/** The members of N that are negative or fractions. */
export type NotDimension<N extends number> =
  [number] extends [N] ? never
    : N extends N ? `${N}` extends `-${string}` | `${string}.${string}` | `${string}e-${string}` ? N : never
    : never
