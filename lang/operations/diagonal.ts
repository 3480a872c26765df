/** Diagonals, triangles, and the identity matrix: matrices seen by the difference of their two indices. */

import { broadcast, sum } from '../primitives/broadcast.ts'
import { constant, filled, iota } from '../primitives/constant.ts'
import { add, eq, le, select, sub } from '../primitives/elementwise.ts'
import { gatherRows } from '../primitives/indexing.ts'
import { cumProd } from '../primitives/reduction.ts'
import { reshape, reverse } from '../primitives/reindex.ts'
import { pad, slice } from '../primitives/window.ts'
import { type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type DType, type Shape } from '../syntax/shape.ts'
import type { Add, AtMost, FitsMatrix, FitsSize, Gradual, Leading, Sub } from '../types/index.ts'
import { concatAll, derived, sizeAt, unless } from './derived.ts'
import { strided } from './slicing.ts'

type AnyRank<S extends Shape> = number extends S['length'] ? true : false
type Least<A extends number, B extends number> = AtMost<A, B> extends true ? A : B
type Short<A extends number, B extends number> = AtMost<B, A> extends true ? Sub<A, B> : 0
type Size<K extends number> = `${K}` extends `-${infer J extends number}` ? J : K
type Diagonal<S extends Shape, K extends number> =
  AnyRank<S> extends true
    ? Gradual
    : S extends readonly [...infer F extends Shape, infer N extends number, infer M extends number]
      ? number extends N | M | K
        ? readonly [...F, number]
        : `${K}` extends `-${infer J extends number}`
          ? readonly [...F, Least<Short<N, J>, M>]
          : readonly [...F, Least<N, Short<M, K>>]
      : Gradual
type Embedded<S extends Shape, K extends number> =
  AnyRank<S> extends true
    ? Gradual
    : S extends readonly [...infer F extends Shape, infer N extends number]
      ? number extends N | K
        ? readonly [...F, number, number]
        : readonly [...F, Add<N, Size<K>>, Add<N, Size<K>>]
      : Gradual
type Powers<S extends Shape, N extends number | undefined> =
  AnyRank<S> extends true
    ? Gradual
    : S extends readonly [...Shape, infer M extends number]
      ? readonly [...S, N extends number ? N : M]
      : Gradual
type Diag<S extends Shape, K extends number> = S extends readonly [number] ? Embedded<S, K> : Diagonal<S, K>

const needsMatrix = (x: Expr, rank: number): Problem | undefined =>
  rankOf(x) < rank ? { _tag: 'RankMismatch', expected: rank, shape: shapeOf(x) } : undefined

/** Diagonal k of an n x m matrix as a slice of its numbers in row-major order: every (m + 1)-th. */
const everyNext = (front: Shape, n: number, m: number, k: number, count: number) => ({
  start: [...front.map(() => 0), count === 0 ? 0 : k < 0 ? -k * m : k],
  shape: [...front, count],
  stride: [...front.map(() => 1), m + 1],
  flat: [...front, n * m],
})
const wholeK = (k: unknown): Problem | undefined => unless(Number.isInteger(k), 'k', 'must be whole')

/**
 * Diagonal k of the last two axes: 0 is the main one, 1 the one above it. Outside of the matrix it is empty.
 *
 * Shape:   [..., n, m] -> [..., min(n, m)], for k = 0
 * Errors:  RankMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => diagonal(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[1, 4]]
 */
export const diagonal = operation(
  'diagonal(x, k?)',
  <S extends Shape, D extends DType, const K extends number = 0>(
    x: Expr<S, D> & FitsMatrix<S>,
    k?: K,
  ): Expr<Diagonal<S, K>, D> => {
    const e: Expr = x
    const at = k ?? 0
    return derived('diagonal', [e], needsMatrix(e, 2) ?? wholeK(at), () => {
      const [front, n, m] = [shapeOf(e).slice(0, -2), sizeAt(e, -2), sizeAt(e, -1)]
      const count = Math.max(0, Math.min(n + Math.min(at, 0), m - Math.max(at, 0)))
      const { flat, start, shape, stride } = everyNext(front, n, m, at, count)
      return slice({ start, shape, stride })(reshape(flat)(e))
    })
  },
)
/**
 * Matrices with the given diagonal k, and 0 elsewhere.
 *
 * Shape:   [..., n] -> [..., n + |k|, n + |k|]
 * Law:     diagonal(diagEmbed(x, k), k) = x
 * Errors:  RankMismatch, InvalidAttribute
 */
export const diagEmbed = operation(
  'diagEmbed(x, k?)',
  <S extends Shape, D extends DType, const K extends number = 0>(x: Expr<S, D>, k?: K): Expr<Embedded<S, K>, D> => {
    const e: Expr = x
    const at = k ?? 0
    return derived('diagEmbed', [e], needsMatrix(e, 1) ?? wholeK(at), () => {
      const [front, count] = [shapeOf(e).slice(0, -1), sizeAt(e, -1)]
      const n = count + Math.abs(at)
      const { flat, start, stride } = everyNext(front, n, n, at, count)
      return reshape([...front, n, n])(pad({ start, shape: flat, stride })(e))
    })
  },
)
/**
 * Of a vector, the matrix with that diagonal k; of a matrix, its diagonal k. As numpy's diag.
 *
 * Law:     diag(x) = diagEmbed(x) for a vector, diagonal(x) for a matrix
 * Errors:  RankMismatch, InvalidAttribute
 */
export const diag = operation(
  'diag(x, k?)',
  <S extends Shape, D extends DType, const K extends number = 0>(x: Expr<S, D>, k?: K): Expr<Diag<S, K>, D> => {
    const e: Expr = x
    const problem: Problem | undefined =
      rankOf(e) === 1 || rankOf(e) === 2 ? undefined : { _tag: 'RankMismatch', expected: 2, shape: shapeOf(e) }
    return derived('diag', [e], problem, () => (rankOf(e) === 1 ? diagEmbed(e, k) : diagonal(e, k)))
  },
)
/**
 * The sum of diagonal k of the last two axes.
 *
 * Shape:   [..., n, m] -> [...]
 * Law:     trace(matmul(x, y)) = trace(matmul(y, x))
 * Errors:  RankMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => trace(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[5]]
 */
export const trace = operation(
  'trace(x, k?)',
  <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D> & FitsMatrix<S>, k?: number): Expr<Leading<S>, D> =>
    sum(-1)(diagonal(x as Expr, k)),
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
  derived(op, [x], needsMatrix(x, 2) ?? wholeK(k), () => {
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

/**
 * The Vandermonde matrix of a vector: row i has the powers of x_i, from the highest to x_i^0, or the other way with
 * `increasing`. Where x_i is 0, x_i^0 is 1.
 *
 * Shape:   [..., m] -> [..., m, n]; n is m by default
 * Errors:  RankMismatch, NotASize
 *
 * @example
 * const f = programOrThrow(real(2), (x) => vander({ n: 3 })(x))
 * evaluate(f.closed, [Float64Array.of(2, 3)]) // => [[4, 2, 1, 9, 3, 1]]
 */
export const vander = operation(
  'vander(options?{n increasing})(x: real)',
  <const N extends number | undefined = undefined>(
    options: { readonly n?: N & FitsSize<N & number>; readonly increasing?: boolean } = {},
  ) =>
    <S extends Shape>(x: Expr<S, 'real'>): Expr<Powers<S, N>, 'real'> => {
      const e: Expr = x
      const n: number = options.n ?? shapeOf(e).at(-1) ?? 0
      return derived('vander', [e], needsMatrix(e, 1) ?? shapeProblem([n]), () => {
        const shape = [...shapeOf(e), n]
        if (n === 0) return constant(shape, 0)
        const factors = broadcast([...shapeOf(e), n - 1], axesOf(rankOf(e)))(e)
        const powers = cumProd(-1)(concatAll(rankOf(e), [constant([...shapeOf(e), 1], 1), factors]))
        return options.increasing ? powers : reverse(rankOf(e))(powers)
      })
    },
)
/**
 * The matrix with constant diagonals, of its first column c and its first row r: element (i, j) is c_(i-j) on and below
 * the diagonal, r_(j-i) above it. r is c by default; its first element is not read.
 *
 * Shape:   [n], [m] -> [n, m]
 * Errors:  RankMismatch, ElementType
 */
export const toeplitz = operation(
  'toeplitz(c, r?)',
  <N extends number, D extends DType, M extends number = N>(
    c: Expr<readonly [N], D>,
    r?: Expr<readonly [M], D>,
  ): Expr<readonly [N, M], D> => {
    const column: Expr = c
    const row: Expr = r ?? c
    const other = [column, row].find((x) => rankOf(x) !== 1)
    const problem: Problem | undefined = other && { _tag: 'RankMismatch', expected: 1, shape: shapeOf(other) }
    return derived('toeplitz', [column, row], problem, () => {
      const [n, m] = [sizeAt(column, 0), sizeAt(row, 0)]
      if (n === 0 || m === 0) return filled(column.type.dtype, [n, m], 0)
      const all = concatAll(0, [reverse(0)(strided(0, 1, m - 1, 1)(row)), column]) // r_(m-1) .. r_1, c_0 .. c_(n-1)
      return gatherRows(0)(all, add(sub(iota([n, m], 0), iota([n, m], 1)), m - 1))
    })
  },
)
