/**
 * Linear algebra over the last two axes; all axes before them are batch axes. Factorisations are primitives
 * (primitives/linalg.ts) and the rest are functions of them. Some have a declared derivative, where that costs less
 * than differentiating the definition.
 *
 * Source of those: M. Giles, "Collected matrix derivative results" (2008).
 */
import * as E from 'fp-ts/lib/Either.js'
import { declareJvp } from '../control/custom.ts'
import { broadcast, broadcastTo, sum } from '../primitives/broadcast.ts'
import { constant, iota } from '../primitives/constant.ts'
import { abs, add, and, log, lt, mul, rem, sign, stopGradient, sub, toInt, toReal } from '../primitives/elementwise.ts'
import { refuse } from '../primitives/entry.ts'
import { gatherRows } from '../primitives/indexing.ts'
import {
  diagonal,
  factorCholesky,
  factorLU,
  identityLike,
  product,
  solveTriangular,
  squares,
  swap,
} from '../primitives/linalg.ts'
import { prod } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, broadcastShapes, type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsMatrix, FitsSquare, FitsSystem, Leading, ReducedQ, ReducedR, Solved } from '../types/index.ts'
import { derived, derivedAll, matrixProblem, notAmong, notReal, sizeAt } from './derived.ts'
import { determinant, trace } from './determinant.ts'
import { tril, triu } from './diagonal.ts'
import { eliminated } from './elimination.ts'
import { corner, mainDiagonal, stackOf } from './qr.ts'

type Matrix<S extends Shape = Shape> = Expr<S, 'real'>

/** f(), if a holds square matrices; else a diagnostic that names this function and not a primitive inside it. */
const ofSquare = (op: string, a: Expr, f: () => Expr): Expr => {
  const square = squares(a.type)
  return E.isLeft(square) ? refuse(op, square.left, [a]) : f()
}
/**
 * f of the matrices and the sides B as matrices, with the same axes in front of both. A side [n] is a column; the
 * result is then a vector again. On the right side B has as many columns as the matrix.
 */
const withSide = (op: string, a: Expr, b: Expr, left: boolean, f: (a: Expr, b: Expr) => Expr): Expr =>
  ofSquare(op, a, () => {
    const vector = rankOf(b) === 1
    const column = vector ? reshape(left ? [...shapeOf(b), 1] : [1, ...shapeOf(b)])(b) : b
    const front = broadcastShapes(shapeOf(a).slice(0, -2), shapeOf(column).slice(0, -2))
    const problem: Problem | undefined =
      notReal(a, b) ??
      (front === undefined || rankOf(b) === 0 || shapeOf(column).at(left ? -2 : -1) !== sizeAt(a, -1)
        ? { _tag: 'NotASide', system: shapeOf(a), side: shapeOf(b) }
        : undefined)
    return derived(op, [a, b], problem, () => {
      const wide = (x: Expr): Expr => broadcastTo([...(front ?? []), ...shapeOf(x).slice(-2)])(x)
      const x = f(wide(a), wide(column))
      return vector ? reshape([...shapeOf(a).slice(0, -2), ...shapeOf(b)])(x) : x
    })
  })

export interface TriangularOptions {
  /** Read the upper triangle instead of the lower one. Default: false. */
  readonly upper?: boolean
  /** Take every element of the diagonal as 1. Default: false. */
  readonly unit?: boolean
  /** Solve T^T X = B instead of T X = B. Default: false. */
  readonly transpose?: boolean
  /** Whether the triangle is on the left, T X = B, or on the right, X T = B. Default: true. */
  readonly left?: boolean
}
type Side<O> = O extends { readonly left: false } ? false : true
/**
 * Solves T X = B, where T is a triangle of the first matrix; with { left: false } X T = B. A side [n] is a vector. Axes in
 * front broadcast.
 *
 * Shape:   [.., n, n], [.., n, k] -> [.., n, k]      [.., n, n], [n] -> [.., n]
 * Law:     T triangularSolve()(T, B) = B; the gradient is 0 in the triangle that is not read
 * Cost:    n^2 k products, in n steps
 * Errors:  NotSquare, NotASide, ElementType
 *
 * @example
 * const f = programOrThrow([real(2, 2), real(2)], ([t, b]) => triangularSolve()(t, b))
 * evaluate(f.closed, [Float64Array.of(2, 0, 1, 4), Float64Array.of(6, 7)]) // => [[3, 1]]
 */
export const triangularSolve = operation(
  'triangularSolve(options?{upper unit transpose left})(t, b)',
  <const O extends TriangularOptions>(options?: O) =>
    <T extends Shape, S extends Shape>(
      t: Matrix<T> & FitsSquare<T>,
      b: Matrix<S> & FitsSystem<T, S, Side<O>>,
    ): Matrix<Solved<T, S>> => {
      const { upper: up = false, unit = false, transpose = false, left = true } = options ?? {}
      // X T = B is T^T X^T = B^T
      return withSide('triangularSolve', t, b, left, (a, side) =>
        left
          ? solveTriangular({ lower: !up, unit, transpose })(a, side)
          : swap(solveTriangular({ lower: !up, unit, transpose: !transpose })(a, swap(side))),
      )
    },
)

/**
 * The Cholesky factor of a symmetric positive definite S: the lower triangular L with L L^T = S. Only (S + S^T) / 2 is
 * read, so the gradient is symmetric. Where S is not positive definite, L is NaN.
 *
 * Shape:   [.., n, n] -> [.., n, n]
 * Errors:  AxisSizes, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2, 2), (s) => cholesky(s))
 * evaluate(f.closed, [Float64Array.of(4, 2, 2, 10)]) // => [[2, 0, 1, 3]]
 */
export const cholesky = operation(
  'cholesky(s)',
  <S extends Shape>(s: Matrix<S> & FitsSquare<S>): Matrix<S> =>
    ofSquare('cholesky', s, () => factorCholesky(mul(add(s, swap(s)), 0.5))),
)
/**
 * Solves S X = B, given the Cholesky factor of S. Sides are those of triangularSolve.
 *
 * Shape:   [.., n, n], [.., n, k] -> [.., n, k]      [.., n, n], [n] -> [.., n]
 * Law:     S choleskySolve(cholesky(S), B) = B
 * Errors:  as triangularSolve
 */
export const choleskySolve = operation(
  'choleskySolve(l, b)',
  <L extends Shape, S extends Shape>(
    l: Matrix<L> & FitsSquare<L>,
    b: Matrix<S> & FitsSystem<L, S>,
  ): Matrix<Solved<L, S>> =>
    withSide('choleskySolve', l, b, true, (t, side) => {
      const by = (transpose: boolean) => solveTriangular({ lower: true, unit: false, transpose })
      return by(true)(t, by(false)(t, side))
    }),
)

/**
 * LU factors with partial pivoting: l u = A[perm], where l is lower triangular with a diagonal of ones, u is upper
 * triangular, and perm is the order of the rows. With { pivot: false } the rows keep their order; this loses digits, and all
 * where a pivot is 0. The derivative exists where no pivot but the last is 0.
 *
 * Shape:   [.., m, n] -> l [.., m, k], u [.., k, n], perm int [.., m], where k is min(m, n)
 * Law:     matmul(l, u) = gather(a, perm)
 * Cost:    m n k products at most, in k steps; twice for a rectangle
 * Errors:  RankMismatch, ElementType
 */
export const lu = operation(
  'lu(a, options?{pivot})',
  <S extends Shape>(
    a: Matrix<S> & FitsMatrix<S>,
    { pivot = true }: { readonly pivot?: boolean } = {},
  ): {
    readonly l: Matrix<ReducedQ<S, 'reduced'>>
    readonly u: Matrix<ReducedR<S, 'reduced'>>
    readonly perm: Expr
  } => {
    const x: Expr = a
    const problem = notReal(x) ?? matrixProblem(x) ?? notAmong('pivot', pivot, [true, false])
    return derivedAll(['l', 'u', 'perm'], 'lu', [x], problem, () => {
      const [front, m, n] = [shapeOf(x).slice(0, -2), sizeAt(x, -2), sizeAt(x, -1)]
      const k = Math.min(m, n)
      const [packed, order] =
        sizeOf(shapeOf(x)) === 0 ? [stackOf(x), iota([sizeOf(front), m], 1)] : eliminated(stackOf(x), pivot)
      const shaped = (e: Expr, ...own: Shape): Expr => reshape([...front, ...own])(e)
      const low = corner(m, k, packed)
      const l = add(tril(-1)(low), mainDiagonal(shapeOf(low)))
      return { l: shaped(l, m, k), u: shaped(triu()(corner(k, n, packed)), k, n), perm: shaped(order, m) }
    })
  },
)

// -- systems ----------------------------------------------------------------------------------------------------------

const fromFactors = (packed: Expr, perm: Expr, b: Expr): Expr =>
  solveTriangular({ lower: false, unit: false, transpose: false })(
    packed,
    solveTriangular({ lower: true, unit: true, transpose: false })(packed, gatherRows(rankOf(packed) - 2)(b, perm)),
  )
interface Factored {
  readonly a: Expr
  readonly packed: Expr
  readonly perm: Expr
}
const factored = (a: Expr): Factored => {
  const [packed, perm] = factorLU(a)
  return { a, packed, perm }
}
/** dX = A^-1 (dB - dA X). The tangents of the factors are not used: the factors are functions of A. */
const solveFactored = declareJvp(
  ({ packed, perm, b }: Factored & { readonly b: Expr }): Expr => fromFactors(packed, perm, b),
  ({ packed, perm }, d, x) => fromFactors(packed, perm, sub(d.b, product(d.a, x))),
)
/**
 * Solves A X = B, by LU factors with partial pivoting. A side [n] is a vector; any other is matrices, whose axes in front
 * broadcast with those of A. Write unsqueeze(-1) for one vector of each matrix.
 *
 * Shape:   [.., n, n], [.., n, k] -> [.., n, k]      [.., n, n], [n] -> [.., n]
 * Law:     A solve(A, B) = B
 * Cost:    n^3 / 3 + n^2 k products, in n steps each
 * Errors:  NotSquare, NotASide, ElementType
 *
 * @example
 * const f = programOrThrow([real(2, 2), real(2)], ([a, b]) => solve(a, b))
 * evaluate(f.closed, [Float64Array.of(2, 0, 1, 4), Float64Array.of(6, 7)]) // => [[3, 1]]
 */
export const solve = operation(
  'solve(a, b)',
  <A extends Shape, S extends Shape>(
    a: Matrix<A> & FitsSquare<A>,
    b: Matrix<S> & FitsSystem<A, S>,
  ): Matrix<Solved<A, S>> =>
    withSide('solve', a, b, true, (wide, side) => solveFactored({ ...factored(wide), b: side })),
)
/** A^-1. Shape: [.., n, n] -> [.., n, n]. Law: A inverse(A) = 1. Errors: AxisSizes, RankMismatch, ElementType */
export const inverse = operation(
  'inverse(a)',
  <S extends Shape>(a: Matrix<S> & FitsSquare<S>): Matrix<S> =>
    ofSquare('inverse', a, () => solveFactored({ ...factored(a), b: identityLike(a) })),
)

// -- determinants -----------------------------------------------------------------------------------------------------

/** d ln|det A| = tr(A^-1 dA) */
const logabsdetFactored = declareJvp(
  ({ packed }: Factored): Expr => sum(-1)(log(abs(sum(-1)(diagonal(packed))))),
  ({ packed, perm }, d) => trace(fromFactors(packed, perm, d.a)),
)
/** ln|det A|. Shape: [.., n, n] -> [..]. Errors: AxisSizes, RankMismatch, ElementType */
export const logabsdet = operation(
  'logabsdet(a)',
  <S extends Shape>(a: Matrix<S> & FitsSquare<S>): Matrix<Leading<S>> =>
    ofSquare('logabsdet', a, () => logabsdetFactored(factored(a))),
)

/** 1 where an order of n numbers, [.., n], has an even number of inversions, else -1. */
const parity = (perm: Expr): Expr => {
  const [front, n] = [axesOf(rankOf(perm) - 1), sizeAt(perm, -1)]
  const shape = [...shapeOf(perm), n]
  const [i, j] = [broadcast(shape, axesOf(rankOf(perm)))(perm), broadcast(shape, [...front, rankOf(perm)])(perm)]
  const later = lt(iota(shape, rankOf(perm) - 1), iota(shape, rankOf(perm)))
  const odd = rem(sum([-2, -1])(toInt(and(later, lt(j, i)))), 2)
  return sub(1, mul(2, toReal(odd)))
}
/**
 * The sign of the determinant, 0 where A is singular, and the logarithm of its absolute value, as NumPy's slogdet.
 *
 * Shape:   [.., n, n] -> sign [..], logabsdet [..]
 * Law:     det(a) = sign exp(logabsdet)
 * Errors:  NotSquare, RankMismatch, ElementType
 */
export const slogdet = operation(
  'slogdet(a)',
  <S extends Shape>(
    a: Matrix<S> & FitsSquare<S>,
  ): { readonly sign: Matrix<Leading<S>>; readonly logabsdet: Matrix<Leading<S>> } => {
    const square = squares(a.type)
    return derivedAll(['sign', 'logabsdet'], 'slogdet', [a], E.isLeft(square) ? square.left : undefined, () => {
      const found = factored(a)
      const signs = prod(-1)(sign(sum(-1)(diagonal(found.packed)))) as Expr
      return { sign: mul(stopGradient(signs), parity(found.perm)), logabsdet: logabsdetFactored(found) }
    })
  },
)

/**
 * The determinant. Its derivatives of every order up to 8 are right at singular matrices of any rank; so are those of
 * higher orders, if the rank is at least n - 8.
 *
 * Shape:   [.., n, n] -> [..]
 * Law:     det(A B) = det(A) det(B)
 * Errors:  AxisSizes, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2, 2), (a) => det(a))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3, 4)]) // => [[-2]]
 */
export const det = operation(
  'det(a)',
  <S extends Shape>(a: Matrix<S> & FitsSquare<S>): Matrix<Leading<S>> =>
    ofSquare('det', a, () => (sizeAt(a, -1) === 0 ? constant(shapeOf(a).slice(0, -2), 1) : determinant(a))),
)
