/**
 * What singular values give: pseudo-inverses, least squares, ranks, and norms of matrices. A singular value counts as 0 if it
 * is at most rtol times the largest; by default rtol is max(m, n) roundings of the arithmetic that computes it.
 *
 *   dP = -P dA P + P P^T dA^T (1 - A P) + (1 - P A) dA^T P^T P        P: the pseudo-inverse of A, at constant rank
 *
 * Source: G. Golub, V. Pereyra, "The differentiation of pseudo-inverses" (1973).
 */
import { declareJvp } from '../control/custom.ts'
import { broadcast, sum } from '../primitives/broadcast.ts'
import { filled } from '../primitives/constant.ts'
import { abs, add, div, eq, le, mul, neg, not, select, sub, toInt } from '../primitives/elementwise.ts'
import { product, swap } from '../primitives/linalg.ts'
import { reduceMax, reduceMin } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsMatmul, FitsMatrix, FitsSquare, Flipped, Gradual, Leading, Matmul } from '../types/index.ts'
import { type Reduction, total } from './along.ts'
import { derived, matrixProblem, notAmong, notReal, type Real, sizeAt, unless } from './derived.ts'
import { inverse } from './linalg.ts'
import { length } from './norm.ts'
import { matmul } from './product.ts'
import { stackOf } from './qr.ts'
import { singular, svd } from './svd.ts'

interface Tolerance {
  /** Singular values of at most this part of the largest count as 0. Default: max(m, n) roundings. */
  readonly rtol?: number
}
const toleranceProblem = ({ rtol }: Tolerance): Problem | undefined =>
  unless(rtol === undefined || (Number.isFinite(rtol) && rtol >= 0), 'rtol', 'must be finite and not negative')
/** Which of the singular values s [m, k], in descending order, count as 0; `side`: the longer side of the matrix. */
const vanishing = (s: Expr, side: number, { rtol }: Tolerance): Expr => {
  const top = broadcast(shapeOf(s), [0])(reduceMax(1)(s))
  if (rtol !== undefined) return le(s, mul(top, rtol))
  // 1 + x is 1 up to half the distance between 1 and the next number
  return eq(add(1, div(div(s, select(eq(top, 0), 1, top)), 2 * side)), 1)
}
const pseudoInverse = (options: Tolerance) =>
  declareJvp(
    (x: Expr): Expr => {
      const { u, s, vh } = singular(x)
      const none = vanishing(s, Math.max(sizeAt(x, 1), sizeAt(x, 2)), options)
      const inverses = div(select(none, 0, filled('real', shapeOf(s), 1)), select(none, 1, s))
      return product(mul(swap(vh), broadcast(shapeOf(swap(vh)), [0, 2])(inverses)), swap(u))
    },
    (x, dx, p) => {
      const [px, back] = [swap(p), swap(dx)]
      const left = product(product(p, px), sub(back, product(back, product(x, p))))
      const right = product(sub(back, product(p, product(x, back))), product(px, p))
      return add(neg(product(p, product(dx, p))), add(left, right))
    },
  )
/**
 * The pseudo-inverse of Moore and Penrose. Its derivative is that at constant rank, of every order.
 *
 * Shape:   [.., m, n] -> [.., n, m]
 * Law:     A P A = A, P A P = P, and A P and P A are symmetric
 * Cost:    that of svd
 * Errors:  RankMismatch, ElementType; InvalidAttribute for a negative rtol
 *
 * @example
 * const f = programOrThrow(real(2, 2), (a) => pinv()(a))
 * evaluate(f.closed, [Float64Array.of(2, 0, 0, 0)]) // => [[0.5, 0, 0, 0]]
 */
export const pinv = operation(
  'pinv(options?{rtol})(a)',
  (options: Tolerance = {}) =>
    <S extends Shape>(a: Real<S> & FitsMatrix<S>): Real<Flipped<S>> => {
      const x: Expr = a
      return derived('pinv', [x], toleranceProblem(options) ?? notReal(x) ?? matrixProblem(x), () => {
        const shape = [...shapeOf(x).slice(0, -2), sizeAt(x, -1), sizeAt(x, -2)]
        if (sizeOf(shape) === 0) return filled('real', shape, 0)
        return reshape(shape)(pseudoInverse(options)(stackOf(x)))
      })
    },
)
/**
 * The x of least length among those that make |A x - b| least. A side [m] is a vector; otherwise axes in front broadcast, as
 * in matmul.
 *
 * Shape:   [.., m, n], [.., m, k] -> [.., n, k]      [.., m, n], [m] -> [.., n]
 * Law:     lstsq()(a, b) = matmul(pinv()(a), b)
 * Cost:    that of svd
 * Errors:  as pinv and matmul
 *
 * @example
 * const f = programOrThrow([real(2, 1), real(2)], ([a, b]) => lstsq()(a, b))
 * evaluate(f.closed, [Float64Array.of(1, 1), Float64Array.of(2, 4)])[0]?.map((x) => Math.round(x)) // => [3]
 */
export const lstsq = operation(
  'lstsq(options?{rtol})(a, b)',
  (options: Tolerance = {}) =>
    <A extends Shape, B extends Shape>(
      a: Real<A> & FitsMatrix<A>,
      b: Real<B> & FitsMatmul<Flipped<A>, B>,
    ): Real<Matmul<Flipped<A>, B>> =>
      matmul(pinv(options)(a as Expr) as Real<Gradual>, b),
)
/** The singular values as [m, k], with all axes in front as one. */
const valuesOf = (x: Expr): Expr => {
  const s: Expr = svd(x).s
  return reshape([sizeOf(shapeOf(s).slice(0, -1)), sizeAt(s, -1)])(s)
}
/**
 * How many singular values do not count as 0.
 *
 * Shape:   [.., m, n] -> int [..]
 * Errors:  as pinv
 */
export const matrixRank = operation(
  'matrixRank(options?{rtol})(a)',
  (options: Tolerance = {}) =>
    <S extends Shape>(a: Real<S> & FitsMatrix<S>): Expr<Leading<S>, 'int'> => {
      const x: Expr = a
      return derived('matrixRank', [x], toleranceProblem(options) ?? notReal(x) ?? matrixProblem(x), () => {
        const front = shapeOf(x).slice(0, -2)
        if (sizeOf(shapeOf(x)) === 0) return filled('int', front, 0)
        const none = vanishing(valuesOf(x), Math.max(sizeAt(x, -1), sizeAt(x, -2)), options)
        return reshape(front)(sum(1)(toInt(not(none))))
      })
    },
)

/** Norms of matrices: 'fro' by Frobenius, 'nuc' the nuclear one, 1 and Infinity of columns and rows, 2 the spectral one. */
type MatrixP = 'fro' | 'nuc' | 1 | -1 | 2 | -2 | typeof Number.POSITIVE_INFINITY
const { POSITIVE_INFINITY: inf, NEGATIVE_INFINITY: minusInf } = Number
/** Of the last two axes. */
const normOf = (p: MatrixP, x: Expr): Expr => {
  const rank = shapeOf(x).length
  const front = shapeOf(x).slice(0, -2)
  const extreme = (reduce: Reduction, across: number): Expr => reduce([rank - 2])(total([across])(abs(x)))
  const ofValues = (reduce: Reduction): Expr => reshape(front)(reduce([1])(valuesOf(x)))
  const [most, least]: readonly [Reduction, Reduction] = [
    (axes) => (e) => reduceMax(axes)(e),
    (axes) => (e) => reduceMin(axes)(e),
  ]
  switch (p) {
    case 'fro':
      return length([rank - 2, rank - 1])(x)
    case 'nuc':
      return ofValues(total)
    case 2:
      return ofValues(most)
    case -2:
      return ofValues(least)
    case 1:
      return extreme(most, rank - 2)
    case -1:
      return extreme(least, rank - 2)
  }
  return extreme(p === inf ? most : least, rank - 1)
}
const words: readonly unknown[] = ['fro', 'nuc', 1, -1, 2, -2, inf, minusInf]
interface MatrixNorm {
  /**
   * 'fro': the root of the sum of squares. 'nuc': the sum of singular values. 2 and -2: the largest and the smallest singular
   * value. 1 and -1: the largest and the smallest sum of absolute values of a column; Infinity and -Infinity: of a row.
   * Default: 'fro'.
   */
  readonly p?: MatrixP
}
/**
 * Norms of matrices in the last two axes. Equal largest and smallest ones share their derivative evenly; that of 'fro' is 0 at
 * 0. For norms of vectors, and other axes, see norm.
 *
 * Shape:   [.., m, n] -> [..]
 * Cost:    that of svd for 'nuc', 2 and -2
 * Errors:  RankMismatch, ElementType; EmptyAxis; InvalidAttribute for another p
 *
 * @example
 * const f = programOrThrow(real(2, 2), (a) => matrixNorm({ p: 1 })(a))
 * evaluate(f.closed, [Float64Array.of(1, -2, 3, 4)]) // => [[6]]
 */
export const matrixNorm = operation(
  'matrixNorm(options?{p})(a)',
  ({ p = 'fro' }: MatrixNorm = {}) =>
    <S extends Shape>(a: Real<S> & FitsMatrix<S>): Real<Leading<S>> => {
      const x: Expr = a
      return derived('matrixNorm', [x], notAmong('p', p, words) ?? notReal(x) ?? matrixProblem(x), () => normOf(p, x))
    },
)
/**
 * The condition number |A| |A^-1|, by a norm of matrixNorm; for 2, the default, the largest singular value over the smallest,
 * which rectangular matrices have too.
 *
 * Shape:   [.., n, n] -> [..]
 * Errors:  as matrixNorm; NotSquare for another p than 2 and -2
 */
export const conditionNumber = operation(
  'conditionNumber(options?{p})(a)',
  ({ p = 2 }: MatrixNorm = {}) =>
    <S extends Shape>(a: Real<S> & FitsMatrix<S>): Real<Leading<S>> => {
      const x: Expr = a
      return derived('conditionNumber', [x], notAmong('p', p, words) ?? notReal(x) ?? matrixProblem(x), () => {
        if (p === 2 || p === -2) return div(normOf(p, x), normOf(p === 2 ? -2 : 2, x))
        return mul(normOf(p, x), normOf(p, inverse(x as Real<Gradual> & FitsSquare<Gradual>)))
      })
    },
)
