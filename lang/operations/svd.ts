/**
 * Singular values, by Jacobi's method on the columns: A V has orthogonal columns, of lengths sigma. With P = U^T dA V, H and
 * K its symmetric and antisymmetric parts,
 *
 *   d sigma_i = P_ii                                            E_ij = 1 / (sigma_j - sigma_i)
 *   dU = U (H * E + K * G) + (1 - U U^T) dA V / sigma           G_ij = 1 / (sigma_i + sigma_j)
 *   dV = V (H * E - K * G) + (1 - V V^T) dA^T U / sigma
 *
 * Where singular values coincide, up to rounding, E_ij is taken to be 0, and 1 / sigma and G_ij where they are 0.
 */
import { declareJvp } from '../control/custom.ts'
import { broadcast, sum } from '../primitives/broadcast.ts'
import { filled } from '../primitives/constant.ts'
import { abs, add, div, lt, mul, select, sub } from '../primitives/elementwise.ts'
import { argsort, gatherRows } from '../primitives/indexing.ts'
import { diagonal, product, swap } from '../primitives/linalg.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsMatrix, Gradual, Leading, ReducedQ, ReducedR, Smaller } from '../types/index.ts'
import { derivedAll, matrixProblem, notReal, type Real, sizeAt } from './derived.ts'
import { inverseUnless, negligible, ofEach, pairs, symmetric } from './eigen.ts'
import { orthogonalRows } from './jacobi.ts'
import { length, scaleOf } from './norm.ts'
import { matmul } from './product.ts'
import { orthogonalTriangular, stackOf } from './qr.ts'

interface Singular {
  readonly u: Expr
  readonly s: Expr
  readonly vh: Expr
}
/** Of m matrices [m, p, q], at least as high as wide. */
const decomposed = (x: Expr): Singular => {
  const [p, q] = [sizeAt(x, 1), sizeAt(x, 2)]
  if (p > q) {
    const { q: outer, r } = orthogonalTriangular(q)(x)
    const { u, s, vh } = decomposed(r)
    return { u: product(outer, u), s, vh }
  }
  const [w, v] = orthogonalRows(swap(x))
  const sizes = length([2])(w)
  const order = argsort(true)(sizes)
  // the columns of A V are orthogonal: R is diagonal, and Q has orthonormal columns where A V has zeros too
  const { q: u, r } = orthogonalTriangular(q)(swap(gatherRows(1)(w, order)))
  const signs = select(lt(sum(2)(diagonal(r)) as Expr, 0), filled('real', shapeOf(sizes), -1), 1)
  const columns = broadcast(shapeOf(u), [0, 2])(signs)
  return { u: mul(u, columns), s: gatherRows(1)(sizes, order), vh: gatherRows(1)(v, order) }
}
const transposed = ({ u, s, vh }: Singular): Singular => ({ u: swap(vh), s, vh: swap(u) })
export const singular = declareJvp(
  (x: Expr): Singular => {
    const scale = scaleOf(reduceMax([1, 2])(abs(x)))
    const y = div(x, ofEach(x, scale))
    const found = sizeAt(x, 1) < sizeAt(x, 2) ? transposed(decomposed(swap(y))) : decomposed(y)
    return { ...found, s: mul(found.s, ofEach(found.s, scale)) }
  },
  (_, dx, { u, s, vh }) => {
    const v = swap(vh)
    const inside = product(swap(u), product(dx, v))
    const [even, odd] = [mul(add(inside, swap(inside)), 0.5), mul(sub(inside, swap(inside)), 0.5)]
    const { row, column } = pairs(s)
    const [gap, both] = [sub(column, row), add(column, row)]
    const top = reduceMax(1)(s)
    const alike = mul(even, inverseUnless(negligible(gap, ofEach(gap, top)), gap))
    const across = mul(odd, inverseUnless(negligible(both, ofEach(both, top)), both))
    const inverse = inverseUnless(negligible(s, ofEach(s, top)), s)
    const turned = (y: Expr, turn: Expr, moved: Expr): Expr => {
      const within = product(y, turn)
      if (sizeAt(y, 1) === sizeAt(y, 2)) return within
      const outside = sub(moved, product(y, product(swap(y), moved)))
      return add(within, mul(outside, broadcast(shapeOf(outside), [0, 2])(inverse)))
    }
    return {
      u: turned(u, add(alike, across), product(dx, v)),
      s: sum(2)(diagonal(inside)) as Expr,
      vh: swap(turned(v, sub(alike, across), product(swap(dx), u))),
    }
  },
)
/**
 * A = U diag(s) V^T: the singular values in descending order, with their vectors as the columns of u and the rows of vh.
 * The reduced form: as many as the smaller side has. The signs of the vectors are not specified.
 *
 * Where singular values coincide, up to rounding, their vectors do not turn together: the first derivatives of what does not
 * depend on their choice are right (sums of f(s), projections, U V^T), others are a convention. So are those of the vectors
 * of singular values that are 0. Second derivatives there leave out what would turn them.
 *
 * Shape:   [.., m, n] -> u [.., m, k], s [.., k], vh [.., k, n], where k is min(m, n)
 * Law:     matmul(mul(u, s), vh) = a, where s broadcasts along rows
 * Cost:    about 10 sweeps of 8 k^3 products, in k rounds each, and qr
 * Errors:  RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2, 1), (a) => svd(a).s)
 * evaluate(f.closed, [Float64Array.of(3, 4)]) // => [[5]]
 */
export const svd = operation(
  'svd(a)',
  <S extends Shape>(
    a: Real<S> & FitsMatrix<S>,
  ): {
    readonly u: Real<ReducedQ<S, 'reduced'>>
    readonly s: Real<Smaller<S>>
    readonly vh: Real<ReducedR<S, 'reduced'>>
  } => {
    const x: Expr = a
    return derivedAll(['u', 's', 'vh'], 'svd', [x], notReal(x) ?? matrixProblem(x), () => {
      const [front, m, n] = [shapeOf(x).slice(0, -2), sizeAt(x, -2), sizeAt(x, -1)]
      const k = Math.min(m, n)
      const none = sizeOf(shapeOf(x)) === 0
      const found = none ? undefined : singular(stackOf(x))
      const shaped = (name: keyof Singular, ...own: Shape): Expr =>
        found === undefined ? filled('real', [...front, ...own], 0) : reshape([...front, ...own])(found[name])
      return { u: shaped('u', m, k), s: shaped('s', k), vh: shaped('vh', k, n) }
    })
  },
)

/**
 * A = U P, where U has orthonormal columns, or rows if A is wide, and P is symmetric and positive semidefinite. U is the
 * nearest such matrix to A. Its first derivative is right where singular values coincide; it has none where they are 0.
 *
 * Shape:   [.., m, n] -> u [.., m, n], p [.., n, n]
 * Law:     matmul(u, p) = a
 * Cost:    that of svd
 * Errors:  as svd
 */
export const polar = operation(
  'polar(a)',
  <S extends Shape>(
    a: Real<S> & FitsMatrix<S>,
  ): { readonly u: Real<S>; readonly p: Real<readonly [...Leading<S>, number, number]> } => {
    const x: Expr = a
    return derivedAll(['u', 'p'], 'polar', [x], notReal(x) ?? matrixProblem(x), () => {
      const { u, vh } = svd(a)
      const factor: Expr = matmul(u as Expr as Real<Gradual>, vh)
      const p: Expr = matmul(swap(factor) as Real<Gradual>, x)
      return { u: factor, p: symmetric(p) }
    })
  },
)
