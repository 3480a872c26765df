/**
 * Eigenvalues of symmetric matrices, by Jacobi's method on A + c 1, where c is large enough for it to be positive. With
 * M = V^T dA V,
 *
 *   d lambda_i = M_ii     dV = V (F * M),  F_ij = 1 / (lambda_j - lambda_i)
 *
 * Where eigenvalues coincide, up to rounding, F_ij is taken to be 0: the vectors of one eigenvalue do not turn among
 * themselves. What does not depend on the choice of these vectors has its right first derivative then: a function of all
 * vectors of an eigenvalue alone, such as the projection on them, and sums of f(lambda).
 */
import * as E from 'fp-ts/lib/Either.js'
import { declareJvp } from '../control/custom.ts'
import { broadcast, sum } from '../primitives/broadcast.ts'
import { filled } from '../primitives/constant.ts'
import { abs, add, div, eq, min, mul, select, sqrt, sub } from '../primitives/elementwise.ts'
import { argsort, gatherRows } from '../primitives/indexing.ts'
import { diagonal, identityLike, product, squares, swap } from '../primitives/linalg.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsSquare, Smaller } from '../types/index.ts'
import { derivedAll, type Real, sizeAt } from './derived.ts'
import { orthogonalRows } from './jacobi.ts'
import { scaleOf } from './norm.ts'
import { stackOf } from './qr.ts'

/** One number for each matrix of x, at all its elements. */
export const ofEach = (x: Expr, each: Expr): Expr => broadcast(shapeOf(x), [0])(each)
export const symmetric = (x: Expr): Expr => mul(add(x, swap(x)), 0.5)
/** Whether gaps are rounding errors beside numbers as large as `top`, in the arithmetic that computes this. */
export const negligible = (gap: Expr, top: Expr): Expr => eq(add(top, mul(abs(gap), 1 / 64)), top)
/** 1 / x, and 0 where x is negligible. */
export const inverseUnless = (none: Expr, x: Expr): Expr =>
  div(select(none, 0, filled('real', shapeOf(x), 1)), select(none, 1, x))
/** x_j - x_i and x_i + x_j at [m, i, j], of [m, n]. */
export const pairs = (x: Expr): { readonly row: Expr; readonly column: Expr } => {
  const shape = [...shapeOf(x), sizeAt(x, 1)]
  return { row: broadcast(shape, [0, 1])(x), column: broadcast(shape, [0, 2])(x) }
}

interface Eigen {
  readonly values: Expr
  readonly vectors: Expr
}
/** Of m symmetric matrices [m, n, n], whose largest magnitude is about 1. */
const decomposed = (s: Expr): Eigen => {
  const sizes = abs(s)
  const bound = min(sqrt(sum([1, 2])(mul(s, s)) as Expr), reduceMax(1)(sum(2)(sizes) as Expr))
  const [, v] = orthogonalRows(add(s, mul(identityLike(s), ofEach(s, mul(bound, 1.25)))))
  const values = sum(2)(mul(product(v, s), v)) as Expr
  const order = argsort(false)(values)
  return { values: gatherRows(1)(values, order), vectors: swap(gatherRows(1)(v, order)) }
}
export const eigen = declareJvp(
  (x: Expr): Eigen => {
    const scale = scaleOf(reduceMax([1, 2])(abs(x)))
    const { values, vectors } = decomposed(symmetric(div(x, ofEach(x, scale))))
    return { values: mul(values, ofEach(values, scale)), vectors }
  },
  (_, dx, { values, vectors }) => {
    const inside = product(swap(vectors), product(symmetric(dx), vectors))
    const { row, column } = pairs(values)
    const gap = sub(column, row)
    const factor = inverseUnless(negligible(gap, ofEach(gap, reduceMax(1)(abs(values)))), gap)
    return { values: sum(2)(diagonal(inside)) as Expr, vectors: product(vectors, mul(factor, inside)) }
  },
)
/**
 * The eigenvalues of symmetric matrices in ascending order, and their eigenvectors as columns. Only (A + A^T) / 2 is read, so
 * the gradient is symmetric. The sign of a vector is not specified.
 *
 * Where eigenvalues coincide, up to rounding, their vectors do not turn among themselves: the first derivatives of what does
 * not depend on the choice of these vectors are right (projections, sums of f(lambda)), others are a convention. Second
 * derivatives there leave out what would turn them; det, logabsdet, inverse, sqrtm and expm are right.
 *
 * Shape:   [.., n, n] -> values [.., n], vectors [.., n, n]
 * Law:     A V = V diag(values), V^T V = 1
 * Cost:    about 10 sweeps of 8 n^3 products, in n rounds each
 * Errors:  NotSquare, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2, 2), (a) => eigh(a).values)
 * evaluate(f.closed, [Float64Array.of(3, 0, 0, 1)]) // => [[1, 3]]
 */
export const eigh = operation(
  'eigh(a)',
  <S extends Shape>(a: Real<S> & FitsSquare<S>): { readonly values: Real<Smaller<S>>; readonly vectors: Real<S> } => {
    const x: Expr = a
    const square = squares(x.type)
    return derivedAll(['values', 'vectors'], 'eigh', [x], E.isLeft(square) ? square.left : undefined, () => {
      const shape = shapeOf(x)
      if (sizeOf(shape) === 0) return { values: filled('real', shape.slice(0, -1), 0), vectors: x }
      const { values, vectors } = eigen(stackOf(x))
      return { values: reshape(shape.slice(0, -1))(values), vectors: reshape(shape)(vectors) }
    })
  },
)
