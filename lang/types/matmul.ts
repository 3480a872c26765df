/**
 * Matrix products, as numpy defines them.
 *
 *     [k] [k] -> []        [m, k] [k] -> [m]        [k] [..., k, n] -> [..., n]
 *     [..., m, k] [..., k, n] -> [..., m, n]        the axes in front broadcast
 */
import type { Fits, Joined } from './broadcast.ts'
import type { Agree, Dims, Gradual, Show, ShowDim } from './dims.ts'

/** The axes in front, rows or columns (none for a vector), and the dimension that is summed over. */
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
  [number] extends [A['length'] | B['length']] ? Gradual
    : FitsMatmul<A, B> extends string ? Gradual
    : Product<Left<A>, Right<B>>
type Product<A extends Part<Dims, Dims, number>, B extends Part<Dims, Dims, number>> =
  readonly [...Joined<A['front'], B['front']>, ...A['free'], ...B['free']]

export type FitsMatmul<A extends Dims, B extends Dims> =
  MatmulProblem<A, B> extends string ? MatmulProblem<A, B> : unknown
type MatmulProblem<A extends Dims, B extends Dims> =
  [number] extends [A['length'] | B['length']] ? unknown
    : 0 extends A['length'] | B['length']
      ? `cannot multiply ${Show<A>} by ${Show<B>}: a number is not a matrix`
    : Agree<Left<A>['inner'], Right<B>['inner']> extends true
      ? Fits<Left<A>['front'], Right<B>['front']>
    : Differ<A, B, Left<A>['inner'], Right<B>['inner']>
type Differ<A extends Dims, B extends Dims, K extends number, L extends number> =
  `cannot multiply ${Show<A>} by ${Show<B>}: ${ShowDim<K>} is not ${ShowDim<L>}`
