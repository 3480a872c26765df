/** Boxes within arrays. */
import type { AtMost } from './digits.ts'
import type { Dims, Show } from './dims.ts'

/** A box of sizes Z must have the rank of S, and be nowhere longer. */
export type FitsBox<S extends Dims, Z extends Dims> =
  BoxProblem<S, Z> extends string ? BoxProblem<S, Z> : unknown
type BoxProblem<S extends Dims, Z extends Dims> =
  [number] extends [S['length'] | Z['length']] ? unknown
    : S['length'] extends Z['length'] ? Longer<S, Z> extends never ? unknown : `a box ${Show<Z>} does not fit ${Show<S>}`
    : `a box ${Show<Z>} needs another rank than that of ${Show<S>}`
type Longer<S extends Dims, Z extends Dims> = {
  [I in keyof Z]: I extends keyof S ? Exceeds<Z[I], S[I] & number> : never
}[number]
type Exceeds<N extends number, Limit extends number> = [AtMost<N, Limit>] extends [false] ? true : never
