/**
 * Matrix products, as numpy defines them.
 *
 *     [k] [k] -> []        [m, k] [k] -> [m]        [k] [..., k, n] -> [..., n]
 *     [..., m, k] [..., k, n] -> [..., m, n]        what stands in front broadcasts
 */
import type { Broadcast, Fits } from './broadcast.ts'
import type { Dims, Gradual, Same, Show, ShowDim, Unless } from './dims.ts'

/** In front, rows or columns (none for a vector), and the dimension that is summed over. */
type Left<A extends Dims> =
  A extends readonly [infer k extends number] ? Part<readonly [], readonly [], k>
    : A extends readonly [...infer F extends Dims, infer m extends number, infer k extends number]
      ? Part<F, readonly [m], k> : never
type Right<B extends Dims> =
  B extends readonly [infer k extends number] ? Part<readonly [], readonly [], k>
    : B extends readonly [...infer F extends Dims, infer k extends number, infer n extends number]
      ? Part<F, readonly [n], k> : never
interface Part<Front extends Dims, Free extends Dims, Inner extends number> {
  readonly front: Front
  readonly free: Free
  readonly inner: Inner
}

export type Matmul<A extends Dims, B extends Dims> =
  number extends A['length'] | B['length'] ? Gradual
    : FitsMatmul<A, B> extends string ? Gradual
    : Product<Left<A>, Right<B>>
type Product<A extends Part<Dims, Dims, number>, B extends Part<Dims, Dims, number>> =
  Broadcast<A['front'], B['front']> extends infer F extends Dims ? readonly [...F, ...A['free'], ...B['free']] : never

export type FitsMatmul<A extends Dims, B extends Dims> = Unless<MatmulProblem<A, B>>
type MatmulProblem<A extends Dims, B extends Dims> =
  number extends A['length'] | B['length'] ? unknown
    : 0 extends A['length'] | B['length'] ? `cannot multiply ${Show<A>} by ${Show<B>}: a number is not a matrix`
    : [Same<Left<A>['inner'], Right<B>['inner']>] extends [never]
      ? `cannot multiply ${Show<A>} by ${Show<B>}: ${ShowDim<Left<A>['inner']>} is not ${ShowDim<Right<B>['inner']>}`
    : Fits<Left<A>['front'], Right<B>['front']>
