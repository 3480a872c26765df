/** Which literal types are dimensions: one non-negative integer, or `number`. */
import type { Dims } from './dims.ts'

export type IsUnion<N, All = N> = N extends All ? ([All] extends [N] ? false : true) : never

/**
 * Refuses 3 | 4: arithmetic on a union would mix up its members. An object, not a sentence: a number and a
 * string have nothing in common and would meet in `never`.
 *
 *     declare const axis: <N extends number>(size: N & NoUnion<N>) => ...
 */
export type NoUnion<N extends number> =
  Several<N> extends true ? { readonly 'a dimension is one number, not one of': N } : unknown

type Several<N extends number> = [number] extends [N] ? false : IsUnion<N>

/** Which dimensions of a shape are none: unions, negative numbers and fractions. */
export type FitsDims<S extends Dims> = DimsProblem<S> extends string ? DimsProblem<S> : unknown
type DimsProblem<S extends Dims> =
  [number] extends [S['length']] ? unknown
    : [DimProblem<S>] extends [never] ? unknown : DimProblem<S>
type DimProblem<S extends Dims> = {
  [I in keyof S]:
    Several<S[I]> extends true ? 'a dimension is one number, not one of several'
      : [NotDimension<S[I]>] extends [never] ? never : `${NotDimension<S[I]>} is not a dimension`
}[number]
/** What N has of negative numbers and fractions. */
export type NotDimension<N extends number> =
  [number] extends [N] ? never
    : N extends N ? `${N}` extends `-${string}` | `${string}.${string}` | `${string}e-${string}` ? N : never
    : never
