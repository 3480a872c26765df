/**
 * Derivatives of second and higher order at points of measure zero, where a guard can drop what a product depends on.
 * The numbers are written out by hand, from the polynomial or the formula beside each.
 */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../lang/evaluate.ts'
import * as A from '../../src/index.ts'
import { compiled } from '../backends/execution.ts'
import { backendNamed, backendNames } from '../campaign/backends.ts'
import type { AnyProgram } from '../laws/derivative.ts'

type Scalar = A.Expr<readonly [], 'real'>
type Function = (t: Scalar) => A.Expr
const programOf = (f: Function): AnyProgram => A.programOrThrow(A.real(), (t) => f(t) as Scalar) as AnyProgram
const forward = (p: AnyProgram): AnyProgram => A.jacfwd(p) as AnyProgram
const reverse = (p: AnyProgram): AnyProgram => A.gradOrThrow(p as never) as AnyProgram
const valueAt = (p: AnyProgram, t: number): number => evaluate(p.closed, [Float64Array.of(t)])[0]?.[0] as number

/** All derivatives of a function at a number, in forward mode, in reverse mode, and in the two in turn. */
const derivatives = (f: Function, t: number, orders: number): readonly (readonly number[])[] => {
  const modes = [() => forward, () => reverse, (k: number) => (k % 2 === 0 ? reverse : forward)]
  return modes.map((mode) => {
    const found: number[] = []
    let p = programOf(f)
    for (let k = 0; k <= orders; k++) {
      found.push(valueAt(p, t) + 0)
      if (k < orders) p = mode(k)(p)
    }
    return found
  })
}
const near = (found: readonly number[], expected: readonly number[], within = 1e-12): void => {
  expect(found.length).toBe(expected.length)
  for (const [k, e] of expected.entries())
    expect(Math.abs((found[k] as number) - e), `${found} instead of ${expected}`).toBeLessThan(
      within * (1 + Math.abs(e)),
    )
}
const stacked = (...xs: readonly A.Expr[]): A.Expr => A.stack(0)(xs as never) as A.Expr
/** n x n, of numbers and expressions in rows. */
const matrix = (t: Scalar, at: (i: number, j: number) => readonly [number, number], n: number): A.Expr => {
  const numbers = (k: 0 | 1) => Array.from({ length: n * n }, (_, e) => at(Math.floor(e / n), e % n)[k])
  return A.add(
    A.tensor([n, n], numbers(0)) as never,
    A.mul(t as never, A.tensor([n, n], numbers(1)) as never),
  ) as A.Expr
}
const det = (a: A.Expr): A.Expr => A.det(a as never) as A.Expr
const one = (i: number, j: number): number => (i === j ? 1 : 0)
const ln23 = Math.log(23)

/** f, the point, and f, f', f'', ... there. */
const cases: readonly (readonly [string, Function, number, readonly number[]])[] = [
  // powers
  ['x^(x - 1)', (x) => A.pow(x, A.sub(x, 1)), 1, [1, 0, 2]],
  ['x^x', (x) => A.pow(x, x), 1, [1, 1, 2, 3]],
  ['(23 + t)^t', (t) => A.pow(A.add(t, 23), t), 0, [1, ln23, 2 / 23 + ln23 ** 2]],
  ['(-2 + t)^(3 + 0 t)', (t) => A.pow(A.sub(t, 2), A.add(A.mul(t, 0), 3)), 0, [-8, 12, -12, 6]],
  ['(-2 + t)^(-1 + 0 t)', (t) => A.pow(A.sub(t, 2), A.sub(A.mul(t, 0), 1)), 0, [-0.5, -0.25, -0.25]],
  ['t^(0 t)', (t) => A.pow(t, A.mul(t, 0)), 0, [1, 0, 0]],
  ['t^(1 + 0 t)', (t) => A.pow(t, A.add(A.mul(t, 0), 1)), 0, [0, 1, 0]],
  ['t^(2 + 0 t)', (t) => A.pow(t, A.add(A.mul(t, 0), 2)), 0, [0, 0, 2, 0]],
  ['t^(3 + 0 t)', (t) => A.pow(t, A.add(A.mul(t, 0), 3)), 0, [0, 0, 0, 6]],
  ['t^(3 + t)', (t) => A.pow(t, A.add(t, 3)), 0, [0, 0, 0]],
  ['t^2, of an array exponent', (t) => A.pow(t, A.constant([], 2)), 0, [0, 0, 2, 0]],
  ['t^2', (t) => A.pow(t, 2), 0, [0, 0, 2, 0]],
  ['t^3', (t) => A.pow(t, 3), 0, [0, 0, 0, 6, 0]],
  ['t^1', (t) => A.pow(t, 1), 0, [0, 1, 0]],
  ['t^0', (t) => A.pow(t, 0), 0, [1, 0, 0]],
  // products with zeros
  ['prod [t, t, 5]', (t) => A.prod()(stacked(t, t, A.constant([], 5)) as never), 0, [0, 0, 10, 0]],
  ['prod [t, 2 t, 3 t]', (t) => A.prod()(stacked(t, A.mul(t, 2), A.mul(t, 3)) as never), 0, [0, 0, 0, 36]],
  ['sum cumProd [t, t, 2]', (t) => A.sum()(A.cumProd(0)(stacked(t, t, A.constant([], 2)) as never)), 0, [0, 1, 6]],
  ['t t / (1 + t)', (t) => A.div(A.mul(t, t), A.add(t, 1)), 0, [0, 0, 2, -6]],
  [
    'a product in a loop',
    (t) => A.fori(3, (_: unknown, c: Scalar) => A.mul(c, t) as Scalar)(A.constant([], 1) as never) as A.Expr,
    0,
    [0, 0, 0, 6],
  ],
  // ties of equal functions
  ['max(t^2, t^2)', (t) => A.max(A.mul(t, t), A.mul(t, t)), 0, [0, 0, 2]],
  ['reduceMax [t^2, t^2]', (t) => A.reduceMax()(stacked(A.mul(t, t), A.mul(t, t)) as never), 0, [0, 0, 2]],
  ['select(t = 0, t^2, t^2)', (t) => A.select(A.eq(t, 0), A.mul(t, t), A.pow(t, 2)), 0, [0, 0, 2]],
  ['logsumexp [t, -t]', (t) => A.logsumexp()(stacked(t, A.neg(t)) as never), 0, [Math.LN2, 0, 1, 0]],
  ['variance [t, -t]', (t) => A.variance()(stacked(t, A.neg(t)) as never), 0, [0, 0, 2]],
  // lengths: 0 at 0, by convention
  ['norm [3 t, -4 t]', (t) => A.norm()(stacked(A.mul(t, 3), A.mul(t, -4)) as never), 0, [0, 0, 0, 0]],
  ['norm [3 t, 4]', (t) => A.norm()(stacked(A.mul(t, 3), A.constant([], 4)) as never), 0, [4, 0, 9 / 4, 0]],
  ['std [t, -t]', (t) => A.std()(stacked(t, A.neg(t)) as never), 0, [0, 0, 0, 0]],
  ['std [t, 2 t], correction 1', (t) => A.std(0, { correction: 1 })(stacked(t, A.mul(t, 2)) as never), 0, [0, 0, 0]],
  // determinants
  ['det [[0, t], [t, 0]]', (t) => det(matrix(t, (i, j) => [0, 1 - one(i, j)], 2)), 0, [0, 0, -2, 0]],
  ['det t 1, 1 x 1', (t) => det(matrix(t, (i, j) => [0, one(i, j)], 1)), 0, [0, 1, 0]],
  ['det t 1, 3 x 3', (t) => det(matrix(t, (i, j) => [0, one(i, j)], 3)), 0, [0, 0, 0, 6]],
  // det(J + t) = t^2 (t + 3), of the 3 x 3 matrix of ones
  ['det (J + t 1), 3 x 3', (t) => det(matrix(t, (i, j) => [1, one(i, j)], 3)), 0, [0, 0, 6, 6]],
  // det(J + t) = t^3 (t + 4)
  ['det (J + t 1), 4 x 4', (t) => det(matrix(t, (i, j) => [1, one(i, j)], 4)), 0, [0, 0, 0, 24]],
  // det(a b' + t) = t^3 (t + b' a), a' b = 1.91: elimination leaves rounding errors, no zeros
  [
    "det (a b' + t 1), 4 x 4",
    (t) => {
      const [a, b] = [
        [0.3, 0.7, 1.1, 0.9],
        [1.3, 0.2, 0.9, 0.7],
      ] as const
      return det(matrix(t, (i, j) => [(a[i] as number) * (b[j] as number), one(i, j)], 4))
    },
    0,
    [0, 0, 0, 6 * (0.39 + 0.14 + 0.99 + 0.63)],
  ],
  // rank 2 of 3: det [[1, t, 0], [t, 1, 0], [0, 0, t]] = t - t^3
  [
    'det of rank 2',
    (t) => det(matrix(t, (i, j) => [i < 2 ? one(i, j) : 0, i === 2 || j === 2 ? one(i, j) : 1 - one(i, j)], 3)),
    0,
    [0, 1, 0, -6],
  ],
  // det [[t, 1], [1, t + 2]] = t^2 + 2 t - 1
  [
    'det of a regular matrix',
    (t) => det(matrix(t, (i, j) => [i + j === 2 ? 2 : 1 - one(i, j), one(i, j)], 2)),
    0,
    [-1, 2, 2, 0],
  ],
]
test.each(cases)('%s', (_, f, t, expected) => {
  for (const found of derivatives(f as Function, t, expected.length - 1)) near(found, expected)
})
test('the derivative in the exponent keeps its sign held at a negative base', () => {
  const [atMinus2] = derivatives((y) => A.pow(A.constant([], -2), y), 3, 1)
  near(atMinus2 as number[], [-8, -8 * Math.LN2])
})

describe('Hessians', () => {
  const hessianOf = (f: (x: A.Expr) => A.Expr, at: readonly number[], ...shape: readonly number[]) => {
    const p = A.programOrThrow(A.real(...shape), (x) => f(x as never) as Scalar)
    const modes = [A.jacfwd(A.gradOrThrow(p)), A.jacrevOrThrow(A.gradOrThrow(p)), A.jacfwd(A.jacfwd(p))]
    return modes.map((h) => [...(evaluate(h.closed, [Float64Array.from(at)])[0] as Float64Array)].map((e) => e + 0))
  }
  /** The same on every back end, forward over reverse. */
  const onBackends = async (f: (x: A.Expr) => A.Expr, at: readonly number[], ...shape: readonly number[]) => {
    const h = A.hessianOrThrow(A.programOrThrow(A.real(...shape), (x) => f(x as never) as Scalar)) as AnyProgram
    const found: (readonly number[])[] = []
    for (const name of backendNames) {
      const runner = await compiled(backendNamed(name), h)
      found.push([...((await runner.run([Float64Array.from(at)]))[0] as Float64Array)])
      runner.release()
    }
    return found
  }
  const power = (v: A.Expr): A.Expr => A.pow(A.take(0, 0)(v as never) as never, A.take(0, 1)(v as never) as never)
  const divergence = (v: A.Expr): A.Expr =>
    A.klDivergence({ reduction: 'sum' })(A.take(0, 0)(v as never) as never, A.take(0, 1)(v as never) as never)
  const ln2 = Math.LN2
  test.each([
    [23, 0, [0, 1 / 23, 1 / 23, ln23 ** 2]],
    [-2, 3, [-12, 4 - 12 * -ln2, 4 - 12 * -ln2, -8 * ln2 ** 2]],
    [1, 0, [0, 1, 1, 0]],
    [1, 1, [0, 1, 1, 0]],
    [0, 2, [2, 0, 0, 0]],
    [0, 3, [0, 0, 0, 0]],
    // the mixed derivative is infinite; all orders of the modes give 0
    [0, 1, [0, 0, 0, 0]],
    [0, 0, [0, 0, 0, 0]],
  ] as const)('x^y at (%d, %d)', (x, y, expected) => {
    for (const found of hessianOf(power, [x, y], 2)) near(found, expected)
  })
  /** d^2 det / da_ij da_kl of a 3 x 3 matrix: the element that the other two rows and columns leave, with its sign. */
  const second = (a: readonly number[]): readonly number[] =>
    Array.from({ length: 81 }, (_, e) => {
      const [i, j, k, l] = [Math.floor(e / 27), Math.floor(e / 9) % 3, Math.floor(e / 3) % 3, e % 3] as const
      if (i === k || j === l) return 0
      const sign = ((k - i + 3) % 3 === 1 ? 1 : -1) * ((l - j + 3) % 3 === 1 ? 1 : -1)
      return sign * (a[3 * (3 - i - k) + 3 - j - l] as number)
    })
  test.each([
    ['0', [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['rank 1', [1, 2, 3, 2, 4, 6, 3, 6, 9]],
    ['rank 1, one element', [0, 0, 0, 0, 0, 0, 0, 0, 2]],
    ['rank 1, with rounding errors', [0.39, 0.06, 0.27, 0.91, 0.14, 0.63, 1.43, 0.22, 0.99]],
    ['rank 2', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['rank 3', [2, 1, 0, 1, 3, 1, 0, 1, 4]],
  ] as const)('det of 3 x 3: %s', (_, a) => {
    for (const found of hessianOf(det, a, 3, 3)) near(found, second(a))
  })
  test.each([
    ['x^y at (23, 0)', power, [23, 0], [2], [0, 1 / 23, 1 / 23, ln23 ** 2]],
    ['x^y at (-2, 3)', power, [-2, 3], [2], [-12, 4 + 12 * ln2, 4 + 12 * ln2, -8 * ln2 ** 2]],
    ['x^y at (0, 2)', power, [0, 2], [2], [2, 0, 0, 0]],
    // p (ln p - q) in q and p: d^2 / dq dp = -1; p ln p has derivative 0 at 0, by convention
    ['klDivergence at (-2, 0)', divergence, [-2, 0], [2], [0, -1, -1, 0]],
    ['klDivergence at (-2, 0.5)', divergence, [-2, 0.5], [2], [0, -1, -1, 2]],
    ['klDivergence at (-Infinity, 0)', divergence, [Number.NEGATIVE_INFINITY, 0], [2], [0, 0, 0, 0]],
    ['norm at 0', (v: A.Expr) => A.norm()(v as never), [0, 0], [2], [0, 0, 0, 0]],
    ['det at 0', det, [0, 0, 0, 0], [2, 2], [0, 0, 0, 1, 0, 0, -1, 0, 0, -1, 0, 0, 1, 0, 0, 0]],
    ['det at rank 1', det, [1, 2, 3, 2, 4, 6, 3, 6, 9], [3, 3], second([1, 2, 3, 2, 4, 6, 3, 6, 9])],
    ['det at rank 3', det, [2, 1, 0, 1, 3, 1, 0, 1, 4], [3, 3], second([2, 1, 0, 1, 3, 1, 0, 1, 4])],
  ] as const)('on every back end: %s', async (_, f, at, shape, expected) => {
    for (const found of [...hessianOf(f, at, ...shape), ...(await onBackends(f, at, ...shape))])
      near(found, expected, 1e-5)
  })
})
