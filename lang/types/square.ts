/** Square matrices in the last two axes, and systems of equations with them. */
import type { Agree, Dims, Gradual, Show, ShowDim } from './dims.ts'

/** The last two axes must be equal. */
export type FitsSquare<S extends Dims> = SquareProblem<S> extends string ? SquareProblem<S> : unknown
type SquareProblem<S extends Dims> =
  [number] extends [S['length']] ? unknown
    : S extends readonly [...Dims, infer m extends number, infer n extends number]
      ? Agree<m, n> extends true ? unknown : `${Show<S>} is not square: ${ShowDim<m>} is not ${ShowDim<n>}`
    : `${Show<S>} is not a matrix`

/** The axes before the last two. */
export type Leading<S extends Dims> =
  [number] extends [S['length']] ? Gradual
    : S extends readonly [...infer L extends Dims, number, number] ? readonly [...L] : Gradual

/** T [.., n, n] X = B [.., n, k]: as many rows, and the same axes in front. */
export type FitsSystem<T extends Dims, B extends Dims> =
  SystemProblem<T, B> extends string ? SystemProblem<T, B> : unknown
type SystemProblem<T extends Dims, B extends Dims> =
  [number] extends [T['length'] | B['length']] ? unknown
    : T extends readonly [...infer F extends Dims, infer n extends number, number]
      ? B extends readonly [...infer G extends Dims, infer m extends number, number]
        ? Agree<n, m> extends true
          ? F['length'] extends G['length'] ? unknown
            : `a system of ${Show<T>} has no side ${Show<B>}: rank ${T['length']} is not ${B['length']}`
          : `a system of ${Show<T>} has no side ${Show<B>}: ${ShowDim<n>} rows are not ${ShowDim<m>}`
        : `the side ${Show<B>} is not a matrix: make it a column with unsqueeze(-1)`
      : unknown
