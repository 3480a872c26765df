/**
 * Functions of square matrices: exponential, square root, powers, and the equations of Sylvester and Lyapunov.
 *
 * Sources: N. Higham, "The scaling and squaring method for the matrix exponential revisited" (2005), and "Functions of
 * Matrices" (2008).
 */
import * as E from 'fp-ts/lib/Either.js'
import { declareJvp } from '../control/custom.ts'
import { broadcast, sum } from '../primitives/broadcast.ts'
import { condClosed } from '../primitives/cond.ts'
import { filled, iota } from '../primitives/constant.ts'
import { abs, add, lt, mul, select, sqrt, stopGradient, sub, toInt, toReal } from '../primitives/elementwise.ts'
import { identityLike, product, squares, swap } from '../primitives/linalg.ts'
import { prod, reduceMax } from '../primitives/reduction.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import { scanClosed } from '../primitives/scan.ts'
import { closeOver, numbered } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { bool, real, type Shape, sizeOf } from '../syntax/shape.ts'
import type { FitsSquare } from '../types/index.ts'
import { exp2 } from './comparison.ts'
import { derived, notReal, type Real, sizeAt, unless } from './derived.ts'
import { eigen, inverseUnless, negligible, ofEach, pairs, symmetric } from './eigen.ts'
import { kron } from './kron.ts'
import { inverse, solve } from './linalg.ts'
import { stackOf } from './qr.ts'

/** f of m square matrices [m, n, n], under the name of an operation. */
const ofSquares = (op: string, x: Expr, f: (x: Expr) => Expr, problem?: Problem): Expr => {
  const square = squares(x.type)
  return derived(op, [x], problem ?? (E.isLeft(square) ? square.left : undefined), () =>
    sizeOf(shapeOf(x)) === 0 ? x : reshape(shapeOf(x))(f(stackOf(x))),
  )
}

// -- the exponential --------------------------------------------------------------------------------------------------

/** The degree of both polynomials of Pade's approximant, and the 1-norm up to which it is right to all digits. */
const [degree, reach] = [7, 0.95] as const
/** The most squarings: for a 1-norm of up to 2^20. */
const most = 20
/** p_k of degree! / (2 degree)! sum_k p_k A^k, with p_degree = 1. */
const coefficients: readonly number[] = Array.from({ length: degree }).reduce<readonly number[]>(
  (found) => {
    const k = degree - found.length
    return [(nth(found, 0) * (k + 1) * (2 * degree - k)) / (degree - k), ...found]
  },
  [1],
)
const approximant = (a: Expr): Expr => {
  const one = identityLike(a)
  const second = product(a, a)
  const even = [one, second, product(second, second)]
  even.push(product(nth(even, 2), second))
  const polynomial = (odd: 0 | 1): Expr =>
    even.map((x, k) => mul(x, nth(coefficients, 2 * k + odd))).reduce((x, y) => add(x, y))
  const [u, v] = [product(a, polynomial(1)), polynomial(0)]
  return solve(sub(v, u) as never, add(v, u) as never)
}
/** exp A = (exp(A / 2^s))^(2^s), each of m matrices with its own s. */
const exponential = (x: Expr): Expr => {
  const [m, n] = [sizeAt(x, 0), sizeAt(x, 1)]
  const norm = stopGradient(reduceMax(1)(sum(1)(abs(x))))
  const steps = [most, m]
  const limits = mul(exp2(toReal(iota(steps, 0))), reach)
  const needed = lt(limits, broadcast(steps, [1])(norm))
  const scale = prod(0)(select(needed, 0.5, filled('real', steps, 1))) as Expr
  const [every, matrix] = [real(m, n, n), real(m, n, n)]
  const square = closeOver(numbered([matrix, bool(m)]), ([y, now]) => {
    const each = broadcast([m, n, n], [0])(now as Expr)
    return [select(each, product(y as Expr, y as Expr), y as Expr)]
  })
  const same = closeOver(numbered([matrix, bool(m)]), ([y]) => [y as Expr])
  const body = closeOver(numbered([every, bool(m)]), ([y, now]) =>
    condClosed(lt(0, sum()(toInt(now as Expr))), square, same)(y as Expr, now as Expr),
  )
  const y = approximant(mul(x, ofEach(x, scale)))
  const result = nth(scanClosed(most, false, body)([y], [needed], []), 0)
  const far = lt(reach * 2 ** most, norm)
  return select(ofEach(x, far), Number.NaN, result)
}
/**
 * The exponential of square matrices, sum of A^k / k!, by scaling and squaring. Its derivatives are those of the computation,
 * of every order, also where eigenvalues coincide.
 *
 * Shape:   [.., n, n] -> [.., n, n]
 * Domain:  1-norms up to 10^6; NaN beyond
 * Law:     matmul(expm(a), expm(-a)) = 1
 * Cost:    5 n^3 products, solve, and n^3 for each doubling of the norm beyond 1
 * Errors:  NotSquare, RankMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2, 2), (a) => expm(a))
 * evaluate(f.closed, [Float64Array.of(0, 1, 0, 0)])[0]?.map((x) => Math.round(x)) // => [1, 1, 0, 1]
 */
export const expm = operation(
  'expm(a)',
  <S extends Shape>(a: Real<S> & FitsSquare<S>): Real<S> => ofSquares('expm', a, exponential),
)

// -- the square root --------------------------------------------------------------------------------------------------

interface Rooted {
  readonly root: Expr
  /** The eigenvalues and vectors of the root, whose derivatives nothing reads. */
  readonly values: Expr
  readonly vectors: Expr
}
/** Y with X Y + Y X = C, for the symmetric X of these eigenvalues: 0 where two of them sum to 0. */
const between = ({ values, vectors, c }: Rooted & { readonly c: Expr }): Expr => {
  const { row, column } = pairs(values)
  const both = add(row, column)
  const none = negligible(both, ofEach(both, reduceMax(1)(abs(values))))
  const inside = product(swap(vectors), product(c, vectors))
  return product(vectors, product(mul(inside, inverseUnless(none, both)), swap(vectors)))
}
/** The same with derivatives of this many orders: X dY + dY X = dC - dX Y - Y dX. */
const equation = (orders: number): ((x: Rooted & { readonly c: Expr }) => Expr) =>
  orders === 0
    ? between
    : declareJvp(between, (x, d, y) =>
        equation(orders - 1)({ ...x, c: sub(d.c, add(product(d.root, y), product(y, d.root))) }),
      )
const rooted = declareJvp(
  (x: Expr): Rooted => {
    const { values, vectors } = eigen(x)
    const zero = negligible(values, ofEach(values, reduceMax(1)(abs(values))))
    const roots = sqrt(select(zero, 0, values))
    const scaled = mul(vectors, broadcast(shapeOf(vectors), [0, 2])(roots))
    return { root: product(scaled, swap(vectors)), values: roots, vectors }
  },
  (_, dx, y) => ({ root: equation(3)({ ...y, c: symmetric(dx) }), values: null, vectors: null }),
)
/**
 * The square root of symmetric positive semidefinite matrices: the symmetric one without negative eigenvalues. Only
 * (A + A^T) / 2 is read. Its derivatives, from X dX + dX X = dA, are right up to the fourth, also where eigenvalues coincide;
 * on the null space of A, where there are none, they are 0. A negative eigenvalue gives NaN.
 *
 * Shape:   [.., n, n] -> [.., n, n]
 * Law:     matmul(sqrtm(a), sqrtm(a)) = a
 * Cost:    that of eigh
 * Errors:  NotSquare, RankMismatch, ElementType
 */
export const sqrtm = operation(
  'sqrtm(a)',
  <S extends Shape>(a: Real<S> & FitsSquare<S>): Real<S> => ofSquares('sqrtm', a, (x) => rooted(x).root),
)

// -- powers -----------------------------------------------------------------------------------------------------------

/**
 * A to a whole power, by repeated squaring; negative powers are those of the inverse.
 *
 * Shape:   [.., n, n] -> [.., n, n]
 * Law:     matrixPower(2)(a) = matmul(a, a), matrixPower(0)(a) = 1
 * Cost:    n^3 products, at most 2 log2 k times
 * Errors:  NotSquare, RankMismatch, ElementType; InvalidAttribute for a k that is not whole
 */
export const matrixPower = operation(
  'matrixPower(k)(a)',
  (k: number) =>
    <S extends Shape>(a: Real<S> & FitsSquare<S>): Real<S> => {
      const power = (x: Expr, n: number): Expr => {
        if (n === 1) return x
        const half = power(x, Math.floor(n / 2))
        return n % 2 === 0 ? product(half, half) : product(product(half, half), x)
      }
      const whole = unless(Number.isSafeInteger(k), 'k', 'must be whole')
      return ofSquares(
        'matrixPower',
        a,
        (x) => (k === 0 ? identityLike(x) : power(k < 0 ? (inverse(x as never) as Expr) : x, Math.abs(k))),
        whole,
      )
    },
)

// -- equations --------------------------------------------------------------------------------------------------------

type Square<N extends number> = Real<readonly [N, N]>
const sylvester = (op: string, a: Expr, b: Expr, c: Expr): Expr => {
  const ill = [a, b].map((x) => squares(x.type)).find(E.isLeft)
  const [n, m] = [shapeOf(a)[0] ?? 0, shapeOf(b)[0] ?? 0]
  const matrices = [a, b, c].find((x) => rankOf(x) !== 2)
  const problem: Problem | undefined =
    notReal(a, b, c) ??
    (matrices && { _tag: 'RankMismatch', expected: 2, shape: shapeOf(matrices) }) ??
    ill?.left ??
    (shapeOf(c).join() === `${n},${m}` ? undefined : { _tag: 'ShapeMismatch', shapes: [[n, m], shapeOf(c)] })
  return derived(op, [a, b, c], problem, () => {
    const one = (size: number): Expr => identityLike(filled('real', [size, size], 0))
    // row by row: (A (x) 1 + 1 (x) B^T) vec X = vec C
    const system = add(kron(a as never, one(m) as never) as Expr, kron(one(n) as never, swap(b) as never) as Expr)
    return reshape([n, m])(solve(system as never, reshape([n * m])(c) as never) as Expr)
  })
}
/**
 * The X of A X + X B = C, by one system of n m equations. Map it for more matrices.
 *
 * Shape:   [n, n], [m, m], [n, m] -> [n, m]
 * Cost:    (n m)^3 / 3 products
 * Errors:  NotSquare, ShapeMismatch, RankMismatch, ElementType
 */
export const solveSylvester = operation(
  'solveSylvester(a, b, c)',
  <N extends number, M extends number>(a: Square<N>, b: Square<M>, c: Real<readonly [N, M]>): Real<readonly [N, M]> =>
    sylvester('solveSylvester', a, b, c),
)
/**
 * The X of A X + X A^T = C, as solveSylvester. C need not be symmetric.
 *
 * Shape:   [n, n], [n, n] -> [n, n]
 * Cost:    n^6 / 3 products
 * Errors:  as solveSylvester
 */
export const solveLyapunov = operation(
  'solveLyapunov(a, c)',
  <N extends number>(a: Square<N>, c: Square<NoInfer<N>>): Square<N> => {
    const x: Expr = a
    const back = rankOf(x) === 2 ? permute([1, 0])(x) : x
    return sylvester('solveLyapunov', x, back, c)
  },
)
