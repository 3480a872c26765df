/** Derivatives where eigenvalues or singular values coincide: right where the quantity is smooth, never NaN. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../lang/evaluate.ts'
import { product, swap } from '../../../../lang/primitives/linalg.ts'
import * as A from '../../../../src/index.ts'

type Scalar = A.Expr<readonly [], 'real'>
type Build = (a: A.Expr) => A.Expr
const gradient = (f: Build, a: readonly number[], n: number): readonly number[] => {
  const p = A.programOrThrow(A.real(n, n), (x) => f(x as never) as Scalar)
  return [...(evaluate(A.gradOrThrow(p).closed, [Float64Array.from(a)])[0] as Float64Array)]
}
const hessian = (f: Build, a: readonly number[], n: number): readonly (readonly number[])[] => {
  const p = A.programOrThrow(A.real(n, n), (x) => f(x as never) as Scalar)
  const modes = [A.jacfwd(A.gradOrThrow(p)), A.jacrevOrThrow(A.gradOrThrow(p)), A.jacfwd(A.jacfwd(p))]
  return modes.map((h) => [...(evaluate(h.closed, [Float64Array.from(a)])[0] as Float64Array)])
}
const near = (found: readonly number[], expected: readonly number[], within = 1e-12): void => {
  expect(found.length).toBe(expected.length)
  for (const [k, e] of expected.entries())
    expect(Math.abs((found[k] as number) - e), `${found} instead of ${expected}`).toBeLessThan(within)
}
const times = (k: number, xs: readonly number[]): readonly number[] => xs.map((x) => k * x)
const one = [1, 0, 0, 0, 1, 0, 0, 0, 1]
const zero = one.map(() => 0)
/** Eigenvalues 4, 1, 1 along (1, 1, 1) and across it. */
const double = [2, 1, 1, 1, 2, 1, 1, 1, 2]
const points = [
  ['1', one],
  ['0', zero],
  ['a double eigenvalue', double],
] as const
const sumOf = (x: unknown): A.Expr => A.sum()(x as A.Expr) as A.Expr

describe.each(points)('at %s', (_, a) => {
  test('the sum of squares of eigenvalues and of singular values has gradient 2 A', () => {
    near(
      gradient((x) => sumOf(A.square(A.eigh(x).values)), a, 3),
      times(2, a),
    )
    near(
      gradient((x) => sumOf(A.square(A.svd(x).s)), a, 3),
      times(2, a),
    )
  })
  test('the sum of exponentials of eigenvalues has the gradient exp A', () => {
    const expA = (l: number, m: number): readonly number[] => one.map((d) => m * d + (l - m) / 3)
    const expected = a === double ? expA(Math.exp(4), Math.E) : times(a === one ? Math.E : 1, one)
    near(
      gradient((x) => sumOf(A.exp(A.eigh(x).values)), a, 3),
      expected,
      1e-10,
    )
  })
  test('nothing of first or second order is NaN', () => {
    const all = (x: A.Expr): A.Expr => {
      const { values, vectors } = A.eigh(x)
      const { u, s, vh } = A.svd(x)
      const { q, r } = A.qr()(x)
      return [values, vectors, u, s, vh, q, r].map((e) => sumOf(A.sin(e as A.Expr))).reduce((x, y) => A.add(x, y))
    }
    for (const xs of [gradient(all, a, 3), ...hessian(all, a, 3)]) expect(xs.every(Number.isFinite)).toBe(true)
  })
})
test('projections on the vectors of a double eigenvalue', () => {
  // P = 1 - J / 3 at the double eigenvalue; along dA it moves by -(P dA (1 - P) + its transpose) / 3
  const weights = [1, 2, 0, -1, 3, 1, 2, 2, 5]
  const projection = (x: A.Expr): A.Expr => {
    const v = A.sliceAlong(1, 0, 2)(A.eigh(x).vectors as A.Expr) as A.Expr
    return A.dot(product(v, swap(v)), A.tensor([3, 3], weights) as A.Expr)
  }
  const p = (i: number, j: number): number => (i === j ? 1 : 0) - 1 / 3
  const at = (i: number, j: number): number => weights[3 * i + j] as number
  const expected = one.map((_, e) => {
    const [i, j] = [Math.floor(e / 3), e % 3]
    let s = 0
    for (let k = 0; k < 3; k++)
      for (let l = 0; l < 3; l++) {
        const w = (at(k, l) + at(l, k)) / 2
        s -= (w * (p(i, k) * (1 / 3) + p(j, k) * (1 / 3))) / 3
      }
    return s
  })
  near(gradient(projection, double, 3), expected)
})
test('the orthogonal polar factor is right to first order where singular values coincide', () => {
  // U V^T at c 1 moves by the antisymmetric part of dA / c
  const polar = (x: A.Expr): A.Expr => {
    const { u, vh } = A.svd(x)
    return A.dot(product(u as A.Expr, vh as A.Expr), A.tensor([3, 3], [0, 1, 0, 0, 0, 0, 0, 0, 0]) as A.Expr)
  }
  near(gradient(polar, times(2, one), 3), [0, 0.25, 0, -0.25, 0, 0, 0, 0, 0])
  // so the nuclear norm has its Hessian: half the antisymmetric part over c
  const nuclear = (x: A.Expr): A.Expr => sumOf(A.svd(x).s)
  const expected = Array.from({ length: 81 }, (_, e) => {
    const [i, j, k, l] = [Math.floor(e / 27), Math.floor(e / 9) % 3, Math.floor(e / 3) % 3, e % 3]
    return (i === k && j === l ? 0.25 : 0) - (i === l && j === k ? 0.25 : 0)
  })
  for (const h of hessian(nuclear, times(2, one), 3)) near(h, expected)
})
