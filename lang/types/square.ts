/** Square matrices in the last two axes, and systems of equations with them. */
import type { Fits, Joined } from './broadcast.ts'
import type { AtMost } from './digits.ts'
import type { Agree, Dims, Gradual, Show, ShowDim } from './dims.ts'

/** The last two axes must be equal. */
export type FitsSquare<S extends Dims> = SquareProblem<S> extends string ? SquareProblem<S> : unknown
type SquareProblem<S extends Dims> =
  [number] extends [S['length']] ? unknown
    : S extends readonly [...Dims, infer m extends number, infer n extends number]
      ? Agree<m, n> extends true ? unknown : `${Show<S>} is not square: ${ShowDim<m>} is not ${ShowDim<n>}`
    : `${Show<S>} is not a matrix`

/** There must be two axes. */
export type FitsMatrix<S extends Dims> = MatrixProblem<S> extends string ? MatrixProblem<S> : unknown
type MatrixProblem<S extends Dims> =
  [number] extends [S['length']] ? unknown
    : S extends readonly [...Dims, number, number] ? unknown : `${Show<S>} is not a matrix`

/** The axes before the last two. */
export type Leading<S extends Dims> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [...infer L extends Dims, number, number] ? readonly [...L] : Gradual

/**
 * T [.., n, n] X = B [.., n, k]: as many rows, and axes in front that broadcast; a side [n] is a vector. On the right side,
 * X T = B [.., k, n]: as many columns.
 */
export type FitsSystem<T extends Dims, B extends Dims, Left extends boolean = true> =
  SystemProblem<T, B, Left> extends string ? SystemProblem<T, B, Left> : unknown
type SystemProblem<T extends Dims, B extends Dims, Left extends boolean> =
  [number] extends [T['length'] | B['length']] ? unknown
    : T extends readonly [...infer F extends Dims, infer n extends number, number]
      ? B extends readonly [infer m extends number]
        ? Agree<n, m> extends true ? unknown
          : `a system of ${Show<T>} has no side ${Show<B>}: ${ShowDim<n>} rows are not ${ShowDim<m>}`
        : B extends readonly [...infer G extends Dims, infer m extends number, infer k extends number]
        ? Agree<n, Left extends true ? m : k> extends true ? Fits<F, G>
          : Left extends true
            ? `a system of ${Show<T>} has no side ${Show<B>}: ${ShowDim<n>} rows are not ${ShowDim<m>}`
            : `a system of ${Show<T>} has no side ${Show<B>}: ${ShowDim<n>} columns are not ${ShowDim<k>}`
        : `the side ${Show<B>} is neither a vector nor a matrix`
      : unknown
/** The solution of a system: the side, with the axes in front of both. */
export type Solved<T extends Dims, B extends Dims> =
  [number] extends [T['length'] | B['length']] ? Gradual
    : T extends readonly [...infer F extends Dims, number, number]
      ? B extends readonly [infer n extends number] ? readonly [...F, n]
        : B extends readonly [...infer G extends Dims, infer m extends number, infer k extends number]
          ? readonly [...Joined<F, G>, m, k] : Gradual
      : Gradual

/** The smaller side of a matrix. */
type Least<M extends number, N extends number> =
  [number] extends [M] ? number : [number] extends [N] ? number : AtMost<M, N> extends true ? M : N
/** The columns of an orthogonal factor of [.., m, n]: m in the complete form, else min(m, n). */
type Columns<M extends number, N extends number, Mode extends string> = Mode extends 'complete' ? M : Least<M, N>
/** Q of A = Q R. */
export type ReducedQ<S extends Dims, Mode extends string> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [...infer F extends Dims, infer m extends number, infer n extends number]
      ? readonly [...F, m, Columns<m, n, Mode>] : Gradual
/** R of A = Q R. */
export type ReducedR<S extends Dims, Mode extends string> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [...infer F extends Dims, infer m extends number, infer n extends number]
      ? readonly [...F, Columns<m, n, Mode>, n] : Gradual
/** One number for each of the smaller side. */
export type Smaller<S extends Dims> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [...infer F extends Dims, infer m extends number, infer n extends number]
      ? readonly [...F, Least<m, n>] : Gradual
/** The last two axes exchanged. */
export type Flipped<S extends Dims> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [...infer F extends Dims, infer m extends number, infer n extends number]
      ? readonly [...F, n, m] : Gradual
