/**
 * Linear algebra over the last two axes; all axes before them are batch axes. Factorisations are primitives
 * (primitives/linalg.ts) and the rest are functions of them. Some have a declared derivative, where that costs less
 * than differentiating the definition.
 *
 * Source of those: M. Giles, "Collected matrix derivative results" (2008).
 */
import * as E from 'fp-ts/lib/Either.js'
import { declareJvp } from '../control/custom.ts'
import { sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import { abs, add, log, mul, sub } from '../primitives/elementwise.ts'
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
  strictlyLower,
  swap,
  upper,
} from '../primitives/linalg.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sameShape } from '../syntax/shape.ts'
import type { FitsSquare, FitsSystem, Leading } from '../types/index.ts'
import { sizeAt } from './derived.ts'
import { determinant, trace } from './determinant.ts'

type Matrix<S extends Shape = Shape> = Expr<S, 'real'>

/** f(), if a holds square matrices; else a diagnostic that names this function and not a primitive inside it. */
const ofSquare = (op: string, a: Expr, f: () => Expr): Expr => {
  const square = squares(a.type)
  return E.isLeft(square) ? refuse(op, square.left, [a]) : f()
}

export interface TriangularOptions {
  /** Read the upper triangle instead of the lower one. Default: false. */
  readonly upper?: boolean
  /** Take every element of the diagonal as 1. Default: false. */
  readonly unit?: boolean
  /** Solve T^T X = B instead of T X = B. Default: false. */
  readonly transpose?: boolean
}
/**
 * Solves T X = B, where T is a triangle of the first matrix.
 *
 * Shape:   [.., n, n], [.., n, k] -> [.., n, k]
 * Law:     T triangularSolve()(T, B) = B; the gradient is 0 in the triangle that is not read
 * Errors:  AxisSizes, NotASide, ElementType
 */
export const triangularSolve = operation(
  'triangularSolve(options?{upper unit transpose})(t, b)',
  ({ upper: up = false, unit = false, transpose = false }: TriangularOptions = {}) =>
    <T extends Shape, S extends Shape>(t: Matrix<T> & FitsSquare<T>, b: Matrix<S> & FitsSystem<T, S>): Matrix<S> =>
      solveTriangular({ lower: !up, unit, transpose })(t, b),
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
 * Solves S X = B, given the Cholesky factor of S.
 *
 * Shape:   [.., n, n], [.., n, k] -> [.., n, k].
 * Errors:  as triangularSolve
 */
export const choleskySolve = operation(
  'choleskySolve(l, b)',
  <L extends Shape, S extends Shape>(l: Matrix<L> & FitsSquare<L>, b: Matrix<S> & FitsSystem<L, S>): Matrix<S> =>
    triangularSolve({ transpose: true })(l, triangularSolve()(l, b)),
)

/**
 * LU factors with partial pivoting: l u = A[perm], where l is lower triangular with a diagonal of ones, u is upper
 * triangular, and perm is the order of the rows. The derivative exists where no pivot but the last is 0.
 *
 * Shape:   [.., n, n] -> l and u [.., n, n], perm int [.., n]
 * Errors:  AxisSizes, RankMismatch, ElementType
 */
export const lu = operation(
  'lu(a)',
  <S extends Shape>(
    a: Matrix<S> & FitsSquare<S>,
  ): { readonly l: Matrix<S>; readonly u: Matrix<S>; readonly perm: Expr } => {
    const [packed, perm] = factorLU(a)
    const part = (f: (x: Expr) => Expr): Expr => ofSquare('lu', packed, () => f(packed))
    return { l: part((x) => add(strictlyLower(x), identityLike(x))), u: part(upper), perm }
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
 * Solves A X = B, by LU factors with partial pivoting.
 *
 * Shape:   [.., n, n], [.., n, k] -> [.., n, k]
 * Law:     A solve(A, B) = B
 * Errors:  AxisSizes, NotASide, ElementType
 *
 * @example
 * const f = programOrThrow([real(2, 2), real(2, 1)], ([a, b]) => solve(a, b))
 * evaluate(f.closed, [Float64Array.of(2, 0, 1, 4), Float64Array.of(6, 7)]) // => [[3, 1]]
 */
export const solve = operation(
  'solve(a, b)',
  <A extends Shape, S extends Shape>(a: Matrix<A> & FitsSquare<A>, b: Matrix<S> & FitsSystem<A, S>): Matrix<S> =>
    ofSquare('solve', a, () =>
      sameShape(shapeOf(a).slice(0, -1), shapeOf(b).slice(0, -1)) && rankOf(b) === rankOf(a)
        ? solveFactored({ ...factored(a), b })
        : refuse('solve', { _tag: 'NotASide', system: shapeOf(a), side: shapeOf(b) }, [a, b]),
    ),
)
/** A^-1. Shape: [.., n, n] -> [.., n, n]. Law: A inverse(A) = 1. Errors: AxisSizes, RankMismatch, ElementType */
export const inverse = operation(
  'inverse(a)',
  <S extends Shape>(a: Matrix<S> & FitsSquare<S>): Matrix<S> => ofSquare('inverse', a, () => solve(a, identityLike(a))),
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
