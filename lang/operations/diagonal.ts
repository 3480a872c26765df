/** Diagonals, triangles, and the identity matrix: matrices seen by the difference of their two indices. */

import { constant, iota } from '../primitives/constant.ts'
import { add, eq, le, select } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import { pad, slice } from '../primitives/window.ts'
import { type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { DType, Shape } from '../syntax/shape.ts'
import type { AtMost, FitsSize, Gradual, Show } from '../types/index.ts'
import { derived, sizeAt, unless } from './derived.ts'

type AnyRank<S extends Shape> = number extends S['length'] ? true : false
type Diagonal<S extends Shape> =
  AnyRank<S> extends true
    ? Gradual
    : S extends readonly [...infer F extends Shape, infer N extends number, infer M extends number]
      ? number extends N | M
        ? readonly [...F, number]
        : AtMost<N, M> extends true
          ? readonly [...F, N]
          : readonly [...F, M]
      : Gradual
type FitsMatrix<S extends Shape> = MatrixProblem<S> extends string ? MatrixProblem<S> : unknown
type MatrixProblem<S extends Shape> =
  AnyRank<S> extends true
    ? unknown
    : S extends readonly [...Shape, number, number]
      ? unknown
      : `${Show<S>} is not a matrix`
type Embedded<S extends Shape> =
  AnyRank<S> extends true
    ? Gradual
    : S extends readonly [...infer F extends Shape, infer N extends number]
      ? readonly [...F, N, N]
      : Gradual

const needsMatrix = (x: Expr, rank: number): Problem | undefined =>
  rankOf(x) < rank ? { _tag: 'RankMismatch', expected: rank, shape: shapeOf(x) } : undefined

/** The diagonal of an n x m matrix as a slice of its numbers in row-major order: every (m + 1)-th. */
const everyNext = (front: Shape, n: number, m: number, count: number) => ({
  start: [...front.map(() => 0), 0],
  shape: [...front, count],
  stride: [...front.map(() => 1), m + 1],
  flat: [...front, n * m],
})

/**
 * The main diagonal of the last two axes.
 *
 * Shape:   [..., n, m] -> [..., min(n, m)]
 * Errors:  RankMismatch
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => diagonal(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[1, 4]]
 */
export const diagonal = operation(
  'diagonal(x)',
  <S extends Shape, D extends DType>(x: Expr<S, D> & FitsMatrix<S>): Expr<Diagonal<S>, D> => {
    const e: Expr = x
    return derived('diagonal', [e], needsMatrix(e, 2), () => {
      const [front, n, m] = [shapeOf(e).slice(0, -2), sizeAt(e, -2), sizeAt(e, -1)]
      const { flat, start, shape, stride } = everyNext(front, n, m, Math.min(n, m))
      return slice({ start, shape, stride })(reshape(flat)(e))
    })
  },
)
/**
 * Matrices with the given diagonals, and 0 elsewhere.
 *
 * Shape:   [..., n] -> [..., n, n]
 * Law:     diagonal(diagEmbed(x)) = x
 * Errors:  RankMismatch
 */
export const diagEmbed = operation(
  'diagEmbed(x)',
  <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Embedded<S>, D> => {
    const e: Expr = x
    return derived('diagEmbed', [e], needsMatrix(e, 1), () => {
      const [front, n] = [shapeOf(e).slice(0, -1), sizeAt(e, -1)]
      const { flat, start, stride } = everyNext(front, n, n, n)
      return reshape([...front, n, n])(pad({ start, shape: flat, stride })(e))
    })
  },
)
/** The n x n identity matrix. Errors: NotASize */
export const eye = operation(
  'eye(n)',
  <const N extends number>(n: N & FitsSize<N>): Expr<readonly [N, N], 'real'> =>
    derived('eye', [], shapeProblem([n, n]), () =>
      select(eq(iota<Shape>([n, n], 0), iota<Shape>([n, n], 1)), constant<Shape>([n, n], 1), 0),
    ),
)

/** Keeps the elements whose row, shifted by k, and column satisfy the test; the others become 0. */
const triangle = (op: string, k: number, x: Expr, holds: (shifted: Expr, column: Expr) => Expr): Expr =>
  derived(op, [x], needsMatrix(x, 2) ?? unless(Number.isInteger(k), 'k', 'must be whole'), () => {
    const [n, m] = [sizeAt(x, -2), sizeAt(x, -1)]
    const shift = Math.max(-n, Math.min(m, k)) // beyond these all elements are on one side, and a sum could overflow
    return select(holds(add(iota([n, m], 0), shift), iota([n, m], 1)), x, 0)
  })
/**
 * The elements on and above diagonal k of the last two axes, 0 elsewhere. Diagonal 0 is the main one, 1 the one above
 * it. Default: k = 0
 *
 * Errors:  RankMismatch, InvalidAttribute
 */
export const triu = operation(
  'triu(k?)(x)',
  (k = 0) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<S, D> =>
      triangle('triu', k, x, (shifted, column) => le(shifted, column)),
)
/** The elements on and below diagonal k of the last two axes, 0 elsewhere. Default and errors: as triu. */
export const tril = operation(
  'tril(k?)(x)',
  (k = 0) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<S, D> =>
      triangle('tril', k, x, (shifted, column) => le(column, shifted)),
)
