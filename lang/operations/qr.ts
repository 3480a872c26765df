/**
 * A = Q R by Householder's reflections 1 - tau v v^T, as LAPACK: v is 1 on the diagonal and 0 above it, what is below is
 * kept in place of the zeros of R. Derivative, with Q square and C = Q^T dA R^-1 of the first columns:
 *
 *   dQ = Q W     dR = Q^T dA - W R     W: the part of C below the diagonal, minus its transpose
 *
 * Sources: LAPACK's geqrf and orgqr; M. Seeger et al., "Auto-differentiating linear algebra" (2017).
 */
import { declareJvp } from '../control/custom.ts'
import { broadcast, sum } from '../primitives/broadcast.ts'
import { filled, iota } from '../primitives/constant.ts'
import { contract } from '../primitives/contraction.ts'
import { abs, add, and, div, eq, le, lt, mul, neg, select, sqrt, sub } from '../primitives/elementwise.ts'
import { product, solveTriangular, swap } from '../primitives/linalg.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import { scanClosed } from '../primitives/scan.ts'
import { pad } from '../primitives/window.ts'
import { closeOver, numbered } from '../syntax/closed.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { int, real, type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsMatrix, ReducedQ, ReducedR } from '../types/index.ts'
import { derived, derivedAll, matrixProblem, notAmong, notReal, type Real, sizeAt } from './derived.ts'
import { scaleOf } from './norm.ts'
import { strided } from './slicing.ts'

/** Some axes of matrices with one axis in front. */
const at = (x: Expr, k: Expr): Expr => broadcast(shapeOf(x), [])(k)
const index = (x: Expr, axis: number): Expr => iota(shapeOf(x), axis)
/** Ones on the main diagonal of matrices. */
export const mainDiagonal = (shape: Shape): Expr =>
  select(eq(iota(shape, shape.length - 2), iota(shape, shape.length - 1)), filled('real', shape, 1), 0)
/** x with the axes in front as one. */
export const stackOf = (x: Expr): Expr => reshape([sizeOf(shapeOf(x).slice(0, -2)), ...shapeOf(x).slice(-2)])(x)
/** The first `rows` rows and `columns` columns. */
export const corner = (rows: number, columns: number, x: Expr): Expr =>
  strided(rankOf(x) - 1, 0, columns, 1)(strided(rankOf(x) - 2, 0, rows, 1)(x))
/** (1 - tau v v^T) x, for each of m matrices. */
const reflect = (tau: Expr, v: Expr, x: Expr): Expr => {
  const all = shapeOf(x)
  const along = contract({ x: 'mi', y: 'mij', out: 'mj', ties: [] })(v, x)
  const scaled = mul(broadcast(all, [0])(tau), broadcast(all, [0, 1])(v))
  return sub(x, mul(scaled, broadcast(all, [0, 2])(along)))
}
/** The k-th column of [m, n, q], below the diagonal as it stands, 1 on it, 0 above. */
const reflector = (column: Expr, k: Expr): Expr => {
  const i = index(column, 1)
  return select(lt(at(column, k), i), column, select(eq(i, at(column, k)), 1, 0))
}
const columnsFirst = (x: Expr): Expr => permute([2, 0, 1])(x)

/** R and the reflectors below it, and tau, of m matrices [m, p, q]. */
const factored = (x: Expr): readonly [Expr, Expr] => {
  const [m, p, q] = [sizeAt(x, 0), sizeAt(x, 1), sizeAt(x, 2)]
  const count = Math.min(p, q)
  const body = closeOver(numbered([real(m, p, q), int()]), ([before, k]) => {
    const all = before as Expr
    const here = select(eq(index(all, 2), at(all, k as Expr)), all, 0)
    const column = sum(2)(here) as Expr
    const i = index(column, 1)
    const now = at(column, k as Expr)
    const below = select(lt(now, i), column, 0)
    const alpha = sum(1)(select(eq(i, now), column, 0)) as Expr
    const rest = sum(1)(mul(below, below)) as Expr
    const none = eq(rest, 0)
    const length = sqrt(add(mul(alpha, alpha), rest))
    const beta = select(lt(alpha, 0), length, neg(length))
    const tau = div(select(none, 0, sub(beta, alpha)), select(none, 1, beta))
    const v = div(below, broadcast([m, p], [0])(select(none, 1, sub(alpha, beta))))
    const reflected = reflect(tau, reflector(v, k as Expr), all)
    const done = select(lt(now, i), v, select(eq(i, now), broadcast([m, p], [0])(select(none, alpha, beta)), column))
    const j = index(all, 2)
    const next = select(lt(at(all, k as Expr), j), reflected, all)
    return [select(eq(j, at(all, k as Expr)), broadcast([m, p, q], [0, 1])(done), next), tau]
  })
  const [packed, taus] = scanClosed(count, false, body)([x], [iota([count])], [])
  return [packed as Expr, permute([1, 0])(taus as Expr)]
}
/** The first `columns` columns of the product of reflections, of m matrices [m, p, q] and taus [m, k]. */
const multiplied = (packed: Expr, tau: Expr, columns: number): Expr => {
  const [m, p, count] = [sizeAt(packed, 0), sizeAt(packed, 1), sizeAt(tau, 1)]
  const body = closeOver(numbered([real(m, p, columns), real(m, p), real(m), int()]), ([q, column, t, k]) => [
    reflect(t as Expr, reflector(column as Expr, k as Expr), q as Expr),
  ])
  const start = mainDiagonal([m, p, columns])
  const vs = columnsFirst(strided(2, 0, count, 1)(packed))
  return nth(scanClosed(count, true, body)([start], [vs, permute([1, 0])(tau), iota([count])], []), 0)
}

/**
 * The first columns of the product of reflections (1 - tau_1 v_1 v_1^T) (1 - tau_2 v_2 v_2^T) ... Column k of the matrix has
 * v_k below its diagonal; v_k is 1 on it and 0 above. As LAPACK's orgqr.
 *
 * Shape:   [.., m, n], [.., k] -> [.., m, n], where k is at most n and n at most m
 * Cost:    2 m n k products, in k steps
 * Errors:  RankMismatch, ShapeMismatch, ElementType
 */
export const householderProduct = operation(
  'householderProduct(a, tau)',
  <S extends Shape, T extends Shape>(a: Real<S> & FitsMatrix<S>, tau: Real<T>): Real<S> => {
    const [x, t]: readonly [Expr, Expr] = [a, tau]
    const [front, k] = [shapeOf(x).slice(0, -2), shapeOf(t).at(-1) ?? 0]
    const fits = [...front, k].join() === shapeOf(t).join() && k <= sizeAt(x, -1) && sizeAt(x, -1) <= sizeAt(x, -2)
    const problem =
      notReal(x, t) ??
      matrixProblem(x) ??
      (fits ? undefined : ({ _tag: 'ShapeMismatch', shapes: [shapeOf(x), shapeOf(t)] } as const))
    return derived('householderProduct', [x, t], problem, () =>
      reshape(shapeOf(x))(multiplied(stackOf(x), reshape([sizeOf(front), k])(t), sizeAt(x, -1))),
    )
  },
)

/** What is strictly below the diagonal, minus its transpose, of k columns in front of zeros: [m, p, p] of [m, p, k]. */
const skew = (c: Expr): Expr => {
  const [m, p, k] = [sizeAt(c, 0), sizeAt(c, 1), sizeAt(c, 2)]
  const wide = pad({ start: [0, 0, 0], shape: [m, p, Math.max(p, k)], stride: [1, 1, 1] })(c)
  const below = select(lt(index(wide, 2), index(wide, 1)), wide, 0)
  const square = strided(2, 0, p, 1)(below)
  return sub(square, swap(square))
}
const upperPart = (x: Expr): Expr => select(le(index(x, 1), index(x, 2)), x, 0)
/** Q [m, p, columns] and R [m, columns, q] of m matrices [m, p, q], at any scale. */
export const orthogonalTriangular = (columns: number) =>
  declareJvp(
    (x: Expr): { readonly q: Expr; readonly r: Expr } => {
      const each = broadcast(shapeOf(x), [0])(scaleOf(reduceMax([1, 2])(abs(x))))
      const [packed, tau] = factored(div(x, each))
      const r = strided(1, 0, columns, 1)(mul(upperPart(packed), each))
      return { q: multiplied(packed, tau, columns), r }
    },
    (_, dx, { q, r }) => {
      const [p, n] = [sizeAt(q, 1), sizeAt(r, 2)]
      const k = Math.min(p, n)
      const triangle = corner(k, k, r)
      // a pivot of 0 does not divide: A has no derivative there, but R^T R has
      const pivot = and(eq(index(triangle, 1), index(triangle, 2)), eq(triangle, 0))
      const solvable = select(pivot, 1, triangle)
      const timesInverse = (y: Expr): Expr =>
        swap(solveTriangular({ lower: false, unit: false, transpose: true })(solvable, swap(y)))
      const first = strided(2, 0, k, 1)(dx)
      const inside = product(swap(q), dx)
      const turn = skew(timesInverse(strided(2, 0, k, 1)(inside)))
      const dq = product(q, turn)
      const dr = upperPart(sub(inside, product(turn, r)))
      if (columns === p) return { q: dq, r: dr }
      return { q: add(dq, timesInverse(sub(first, product(q, product(swap(q), first))))), r: dr }
    },
  )

interface QROptions {
  /** 'reduced': Q has as many columns as the smaller side. 'complete': Q is square. Default: 'reduced'. */
  readonly mode?: 'reduced' | 'complete'
}
type Mode<O> = O extends { readonly mode: 'complete' } ? 'complete' : 'reduced'
/**
 * A = Q R, where the columns of Q are orthonormal and R is upper triangular; signs are those of LAPACK. The derivative exists
 * where the first min(m, n) columns are independent. In the complete form the columns of Q beyond those of A turn as little
 * as they can. Where a pivot of R is 0 the derivative takes it as 1, so that it is a number.
 *
 * Shape:   [.., m, n] -> q [.., m, k], r [.., k, n]; k is min(m, n), or m in the complete form
 * Law:     matmul(q, r) = a, matmul(q^T, q) = 1
 * Cost:    4 m n k products, in 2 min(m, n) steps
 * Errors:  RankMismatch, ElementType; InvalidAttribute for another mode
 *
 * @example
 * const f = programOrThrow(real(2, 1), (a) => qr()(a).r)
 * evaluate(f.closed, [Float64Array.of(3, 4)]) // => [[-5]]
 */
export const qr = operation(
  'qr(options?{mode})(a)',
  <const O extends QROptions>(options?: O) =>
    <S extends Shape>(
      a: Real<S> & FitsMatrix<S>,
    ): { readonly q: Real<ReducedQ<S, Mode<O>>>; readonly r: Real<ReducedR<S, Mode<O>>> } => {
      const x: Expr = a
      const mode = options?.mode ?? 'reduced'
      const problem = notReal(x) ?? matrixProblem(x) ?? notAmong('mode', mode, ['reduced', 'complete'])
      return derivedAll(['q', 'r'], 'qr', [x], problem, () => {
        const [front, p, n] = [shapeOf(x).slice(0, -2), sizeAt(x, -2), sizeAt(x, -1)]
        const columns = mode === 'complete' ? p : Math.min(p, n)
        const shapes = { q: [...front, p, columns], r: [...front, columns, n] }
        if (sizeOf(shapeOf(x)) === 0) return { q: mainDiagonal(shapes.q), r: filled('real', shapes.r, 0) }
        const { q, r } = orthogonalTriangular(columns)(stackOf(x))
        return { q: reshape(shapes.q)(q), r: reshape(shapes.r)(r) }
      })
    },
)
