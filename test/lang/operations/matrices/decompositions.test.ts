/** eigh, svd and qr: what the factors are, at regular, repeated, zero, graded and rectangular matrices; derivatives. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../lang/evaluate.ts'
import { product, swap } from '../../../../lang/primitives/linalg.ts'
import * as A from '../../../../src/index.ts'
import { seeds, valuesFrom } from '../../../../src/testing/arbitrary/values.ts'
import { vmapIsMap, vmapOfVjp } from '../../../laws/batching.ts'
import {
  type AnyProgram,
  adjointness,
  finiteDifference,
  hessianSymmetry,
  mixedModes,
} from '../../../laws/derivative.ts'
import { noise } from '../apply.ts'

type Build = (a: A.Expr) => A.Expr
const closedOf = (f: Build, ...shape: readonly number[]): AnyProgram => A.programOrThrow(A.real(...shape), f) as never
/** Far from matrices whose singular values coincide. */
const separated =
  (f: Build): Build =>
  (a) => {
    const [m, n] = (a.type.shape as readonly number[]).slice(-2) as [number, number]
    return f(
      A.add(
        a,
        A.tensor(
          [m, n],
          Array.from({ length: m * n }, (_, e) => (e % (n + 1) === 0 ? 3 + 3 * Math.floor(e / n) : 0)),
        ) as never,
      ) as A.Expr,
    )
  }
const at = (p: AnyProgram, data: readonly number[]): readonly number[] => [
  ...(evaluate(p.closed, [Float64Array.from(data)])[0] as Float64Array),
]
const value = (f: Build, data: readonly number[], ...shape: readonly number[]) => at(closedOf(f, ...shape), data)
const largest = (xs: readonly number[]): number =>
  xs.reduce((a, x) => (Number.isNaN(x) ? x : Math.max(a, Math.abs(x))), 0)
const transposed = (x: A.Expr): A.Expr => swap(x)
const columnsTimes = (u: A.Expr, s: A.Expr): A.Expr => A.mul(u, A.unsqueeze(-2)(s) as A.Expr)
const orthonormal = (u: A.Expr): A.Expr => {
  const gram = product(transposed(u), u)
  return A.sub(gram, A.eye((gram.type.shape as readonly number[]).at(-1) as number) as A.Expr)
}

const square = (n: number, f: (i: number, j: number) => number): readonly number[] =>
  Array.from({ length: n * n }, (_, e) => f(Math.floor(e / n), e % n))
const matrices: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['1 x 1', [1, 1], [-3]],
  ['1 x 1 of 0', [1, 1], [0]],
  ['0', [3, 3], square(3, () => 0)],
  ['1', [4, 4], square(4, (i, j) => (i === j ? 1 : 0))],
  ['ones', [5, 5], square(5, () => 1)],
  ['minus ones', [4, 4], square(4, () => -1)],
  ['an exchange', [2, 2], [0, 1, 1, 0]],
  ['Hilbert, order 8', [8, 8], square(8, (i, j) => 1 / (i + j + 1))],
  ['Wilkinson, order 7', [7, 7], square(7, (i, j) => (i === j ? Math.abs(i - 3) : Math.abs(i - j) === 1 ? 1 : 0))],
  ['huge', [3, 3], square(3, (i, j) => 1e300 / (i + j + 1))],
  ['tiny', [3, 3], square(3, (i, j) => 1e-300 / (i + j + 1))],
  ['graded', [4, 4], square(4, (i, j) => 10 ** (-4 * (i + j)))],
  ['without pattern', [6, 6], square(6, (i, j) => noise(36)[6 * Math.min(i, j) + Math.max(i, j)] as number)],
  [
    'of two',
    [2, 3, 3],
    noise(18).map(
      (_, e) =>
        noise(18)[9 * Math.floor(e / 9) + (e % 9 === 3 ? 1 : e % 9 === 6 ? 2 : e % 9 === 7 ? 5 : e % 9)] as number,
    ),
  ],
]
const rectangles: typeof matrices = [
  ['3 x 1', [3, 1], [1, 2, 2]],
  ['1 x 3', [1, 3], [1, 2, 2]],
  ['5 x 2', [5, 2], noise(10)],
  ['2 x 5', [2, 5], noise(10)],
  ['3 x 2 of rank 1', [3, 2], [1, 2, 2, 4, 3, 6]],
  ['2 x 4 of rank 0', [2, 4], Array(8).fill(0)],
  ['4 x 4 without pattern', [4, 4], noise(16)],
  ['4 x 3 with a column of zeros', [4, 3], noise(12).map((x, e) => (e % 3 === 1 ? 0 : x))],
  ['two of 3 x 2', [2, 3, 2], noise(12)],
]
const eps = 1e-13
describe('eigh', () => {
  test.each(matrices)('%s: A V = V L, V^T V = 1, in order', (_, shape, a) => {
    const size = largest(a) || 1
    const residual = value(
      (x) => {
        const { values, vectors } = A.eigh(x)
        return A.sub(product(x, vectors), columnsTimes(vectors, values))
      },
      a,
      ...shape,
    )
    expect(largest(residual) / size).toBeLessThan(eps * 4)
    expect(largest(value((x) => orthonormal(A.eigh(x).vectors as A.Expr), a, ...shape))).toBeLessThan(eps)
    const n = shape.at(-1) as number
    const values = value((x) => A.eigh(x).values as A.Expr, a, ...shape)
    expect(values.every((l, k) => k % n === 0 || (values[k - 1] as number) <= l)).toBe(true)
  })
  test('diagonal matrices are exact, and only the symmetric part is read', () => {
    expect(value((x) => A.eigh(x).values as A.Expr, [3, 0, 0, 0, -1, 0, 0, 0, 2], 3, 3)).toEqual([-1, 2, 3])
    expect(value((x) => A.eigh(x).values as A.Expr, [1, 4, 0, 1], 2, 2).map((x) => x.toFixed(12))).toEqual([
      '-1.000000000000',
      '3.000000000000',
    ])
  })
  test('of no numbers', () => {
    expect(value((x) => A.eigh(x).values as A.Expr, [], 0, 0)).toEqual([])
    expect(value((x) => A.svd(x).u as A.Expr, [], 3, 0)).toEqual([])
    expect(value((x) => A.qr({ mode: 'complete' })(x).q as A.Expr, [], 2, 0)).toEqual([1, 0, 0, 1])
  })
})
describe('svd', () => {
  test.each([...matrices, ...rectangles])('%s: U S V^T = A, U^T U = V^T V = 1, in order', (_, shape, a) => {
    const size = largest(a) || 1
    const whole = value(
      (x) => {
        const { u, s, vh } = A.svd(x)
        return A.sub(product(columnsTimes(u, s), vh as A.Expr), x)
      },
      a,
      ...shape,
    )
    expect(largest(whole) / size).toBeLessThan(eps)
    expect(largest(value((x) => orthonormal(A.svd(x).u as A.Expr), a, ...shape))).toBeLessThan(eps)
    expect(largest(value((x) => orthonormal(transposed(A.svd(x).vh as A.Expr)), a, ...shape))).toBeLessThan(eps)
    const s = value((x) => A.svd(x).s as A.Expr, a, ...shape)
    const k = Math.min(...(shape.slice(-2) as [number, number]))
    expect(s.every((x, i) => x >= 0 && (i % k === 0 || (s[i - 1] as number) >= x))).toBe(true)
  })
  test('small singular values of graded columns have all their digits', () => {
    const s = value((x) => A.svd(x).s as A.Expr, [1, 0, 0, 0, 1e-20, 0, 0, 0, 1e-40], 3, 3)
    expect(s).toEqual([1, 1e-20, 1e-40])
  })
})
describe('qr', () => {
  test.each([...matrices, ...rectangles])('%s: Q R = A, Q^T Q = 1, R upper', (_, shape, a) => {
    const size = largest(a) || 1
    for (const mode of ['reduced', 'complete'] as const) {
      const parts = (x: A.Expr) => A.qr({ mode })(x) as unknown as { readonly q: A.Expr; readonly r: A.Expr }
      expect(largest(value((x) => A.sub(product(parts(x).q, parts(x).r), x), a, ...shape)) / size).toBeLessThan(eps)
      expect(largest(value((x) => orthonormal(parts(x).q), a, ...shape))).toBeLessThan(eps)
      expect(largest(value((x) => A.tril(-1)(parts(x).r), a, ...shape))).toBe(0)
    }
  })
})

describe('derivatives: adjoint, difference, symmetric, mixed, mapped', () => {
  const loss = (x: A.Expr): A.Expr => A.sin(x)
  const squares = (x: A.Expr): A.Expr => A.mul(x, x)
  const cases: readonly (readonly [string, readonly number[], Build])[] = [
    ['eigenvalues', [3, 3], (a) => loss(A.eigh(a).values as A.Expr)],
    // the sign of a vector is free: only squares of its numbers are functions of the matrix
    ['eigenvectors', [3, 3], (a) => squares(A.eigh(a).vectors as A.Expr)],
    ['eigh of two', [2, 2, 2], (a) => squares(A.eigh(a).vectors as A.Expr)],
    ['singular values', [3, 3], (a) => loss(A.svd(a).s as A.Expr)],
    ['left vectors, high', [4, 2], (a) => squares(A.svd(a).u as A.Expr)],
    ['right vectors, high', [4, 2], (a) => squares(A.svd(a).vh as A.Expr)],
    ['left vectors, wide', [2, 3], (a) => squares(A.svd(a).u as A.Expr)],
    ['right vectors, wide', [2, 3], (a) => squares(A.svd(a).vh as A.Expr)],
    ['q of qr', [3, 3], (a) => A.qr()(a).q as A.Expr],
    ['q of qr, high', [4, 2], (a) => A.qr()(a).q as A.Expr],
    ['r of qr, high', [4, 2], (a) => A.qr()(a).r as A.Expr],
    // the columns beyond those of A may turn among themselves: their projection is a function of A
    [
      'q of qr, complete',
      [4, 2],
      (a) => {
        const beyond = A.sliceAlong(1, 2)(A.qr({ mode: 'complete' })(a).q as A.Expr)
        return product(beyond as A.Expr, transposed(beyond as A.Expr))
      },
    ],
    ['q of qr, wide', [2, 4], (a) => A.qr()(a).q as A.Expr],
    ['r of qr, wide', [2, 4], (a) => A.qr()(a).r as A.Expr],
    ['polar, high', [4, 2], (a) => product(A.polar(a).u as A.Expr, A.sin(A.polar(a).p) as A.Expr)],
    ['polar, wide', [2, 3], (a) => A.polar(a).u as A.Expr],
    ['pinv, high', [4, 2], (a) => A.pinv()(a) as A.Expr],
    ['pinv, wide', [2, 3], (a) => A.pinv()(a) as A.Expr],
    ['lstsq', [4, 2], (a) => A.lstsq()(a, A.tensor([4], [1, 2, 0, -1]) as never) as A.Expr],
    ['matrixNorm nuc', [3, 2], (a) => A.matrixNorm({ p: 'nuc' })(a) as A.Expr],
    ['matrixNorm 2, -2', [3, 2], (a) => A.mul(A.matrixNorm({ p: 2 })(a), A.matrixNorm({ p: -2 })(a)) as A.Expr],
    ['matrixNorm 1, -1', [3, 2], (a) => A.mul(A.matrixNorm({ p: 1 })(a), A.matrixNorm({ p: -1 })(a)) as A.Expr],
    ['conditionNumber', [3, 3], (a) => A.conditionNumber()(a) as A.Expr],
    ['slogdet', [3, 3], (a) => A.mul(A.slogdet(a).sign, A.slogdet(a).logabsdet) as A.Expr],
    ['matrixPower', [2, 2], (a) => A.matrixPower(-3)(a) as A.Expr],
    ['expm', [3, 3], (a) => A.expm(A.mul(a, 0.4) as never) as A.Expr],
    ['sqrtm', [3, 3], (a) => A.sqrtm(product(a, transposed(a))) as A.Expr],
    [
      'solveSylvester',
      [2, 2],
      (a) => A.solveSylvester(a as never, product(a, a) as never, A.sin(a) as never) as A.Expr,
    ],
    ['solveLyapunov', [2, 2], (a) => A.solveLyapunov(a as never, A.sin(a) as never) as A.Expr],
    ['lu, high', [4, 2], (a) => A.lu(a).l as A.Expr],
    ['lu, wide', [2, 4], (a) => A.lu(a).u as A.Expr],
    [
      'lu without pivoting',
      [3, 3],
      (a) => product(A.lu(a, { pivot: false }).u as A.Expr, A.lu(a, { pivot: false }).l as A.Expr),
    ],
    ['householderProduct', [4, 2], (a) => A.householderProduct(a, A.tensor([2], [0.7, 1.3]) as never) as A.Expr],
  ]
  test.each(cases)('%s', (_, shape, f) => {
    const p = closedOf(separated(f), ...shape)
    const types = [A.real(...shape)]
    const laws = {
      adjoint: adjointness(p),
      difference: finiteDifference(p),
      mixed: mixedModes(p),
      symmetry: hessianSymmetry(p),
      map: vmapIsMap(p, 2),
      mapBack: vmapOfVjp(p, 2),
    }
    fc.assert(
      fc.property(seeds, (seed) => {
        const [x, y, v, u] = [0, 1, 2, 3].map((k) => valuesFrom(seed + k, types)) as never as readonly [
          readonly Float64Array[],
          readonly Float64Array[],
          readonly Float64Array[],
          readonly Float64Array[],
        ]
        const w = valuesFrom(seed + 4, [p.out as ReturnType<typeof A.real>])
        const z = valuesFrom(seed + 5, [p.out as ReturnType<typeof A.real>])
        expect({
          adjoint: laws.adjoint(x, v, w),
          difference: laws.difference(x, v),
          mixed: laws.mixed(x, v, w),
          symmetry: laws.symmetry(x, v, u, w),
          map: laws.map([x, y]),
          mapBack: laws.mapBack([
            [...x, ...w],
            [...y, ...z],
          ]),
        }).toEqual({ adjoint: true, difference: true, mixed: true, symmetry: true, map: true, mapBack: true })
      }),
      { numRuns: 2 },
    )
  })
})
