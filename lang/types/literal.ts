/** Which literal types are dimensions: one non-negative integer, or `number`. */
import type { AtMost } from './digits.ts'
import type { Dims } from './dims.ts'

export type IsUnion<N, All = N> = N extends All ? ([All] extends [N] ? false : true) : never

/**
 * One size, of an axis, a batch or a loop. Refuses -1, 1.5 and 3 | 4: arithmetic on a union would mix up its members.
 * The refusal is an object type, not a sentence: the intersection of a number and a string is `never`.
 *
 *     declare const axis: <N extends number>(size: N & FitsSize<N>) => ...
 */
export type FitsSize<N extends number> = SizeProblem<N> extends object ? SizeProblem<N> : unknown
type SizeProblem<N extends number> =
  Several<N> extends true ? { readonly 'a dimension is one number, not one of': N }
    : [NotDimension<N>] extends [never] ? unknown : { readonly 'a dimension is a whole number, not': N }

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
/** The members of N that are negative, fractions, or more than the largest int32. */
export type NotDimension<N extends number> =
  [number] extends [N] ? never
    : N extends N ? IsDimension<N, `${N}`> extends true ? never : N
    : never
type IsDimension<N extends number, Text extends string> =
  Text extends `-${string}` | `${string}.${string}` | `${string}e${string}` ? false
    : TenOrMore<Text> extends true ? AtMost<N, 2147483647> : true
/** Whether a number has ten digits or more; others need no comparison. */
type TenOrMore<Text extends string> =
  Text extends `${infer _0}${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${string}`
    ? true : false
