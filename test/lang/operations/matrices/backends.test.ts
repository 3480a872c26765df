/** Decompositions on every back end, in float32 and in float64: values and gradients of what does not depend on signs. */
import { expect, test } from 'vitest'
import { wasm } from '../../../../backends/index.ts'
import { evaluate } from '../../../../lang/evaluate.ts'
import { product, swap } from '../../../../lang/primitives/linalg.ts'
import * as A from '../../../../src/index.ts'
import { type AnyProgram, compiled } from '../../../backends/execution.ts'
import { backendNamed, backendNames } from '../../../campaign/backends.ts'
import { noise } from '../apply.ts'

type Scalar = A.Expr<readonly [], 'real'>
const total = (x: unknown): A.Expr => A.sum()(A.sin(x as A.Expr)) as A.Expr
const cases: readonly (readonly [string, readonly number[], (a: A.Expr) => A.Expr])[] = [
  ['eigh', [2, 3, 3], (a) => A.add(total(A.eigh(a).values), total(A.square(A.eigh(a).vectors)))],
  ['svd', [4, 3], (a) => A.add(total(A.svd(a).s), total(product(A.svd(a).u as A.Expr, A.svd(a).vh as A.Expr)))],
  ['pinv, norms', [4, 3], (a) => A.add(total(A.pinv()(a)), total(A.matrixNorm({ p: 'nuc' })(a)))],
  ['expm', [2, 3, 3], (a) => total(A.expm(A.mul(a, 0.3) as A.Expr))],
  ['sqrtm', [3, 3], (a) => total(A.sqrtm(A.add(product(a, swap(a)), A.eye(3)) as A.Expr))],
  ['lu', [4, 3], (a) => A.add(total(A.lu(a).l), total(A.lu(a, { pivot: false }).u))],
  [
    'slogdet, solveSylvester',
    [3, 3],
    (a) => A.add(A.slogdet(a).logabsdet, total(A.solveSylvester(a as never, A.eye(3), a as never))),
  ],
  ['qr', [4, 3], (a) => A.add(total(A.qr()(a).q), total(A.qr()(a).r))],
]
const backends = [
  ...backendNames.map((name) => [name, backendNamed(name), 1e-4] as const),
  ['wasm:float64', wasm({ precision: 'float64' }), 1e-11] as const,
]
test.each(cases)('%s and its gradient', { timeout: 60_000 }, async (_, shape, f) => {
  const p = A.programOrThrow(A.real(...shape), (a) => f(a) as Scalar)
  const both = A.valueAndGradOrThrow(p) as unknown as AnyProgram
  const size = shape.reduce((m, n) => m * n, 1)
  // squared, since the sines alone have rank 2
  const a = Float64Array.from(noise(size), (x) => Math.fround(x * x + x))
  const expected = evaluate(both.closed, [a])
  for (const [name, backend, within] of backends) {
    const runner = await compiled(backend, both)
    const found = await runner.run([a])
    runner.release()
    for (const [k, e] of expected.entries())
      for (const [i, x] of e.entries())
        expect(Math.abs((found[k]?.[i] as number) - x) / (1 + Math.abs(x)), `${name} ${k} ${i}`).toBeLessThan(within)
  }
})
test.each([
  ['wasm', 1e-6],
  ['wasm:float64', 1e-14],
] as const)(
  '%s: a matrix of order 40 with eigenvalues 3, 1, 1, ..., 1e-6, 0, 0',
  { timeout: 60_000 },
  async (name, eps) => {
    const n = 40
    const p = A.programOrThrow(A.real(n, n), (x) => {
      const { values, vectors } = A.eigh(x)
      const { u, s, vh } = A.svd(x)
      const gram = (v: unknown): A.Expr => A.sub(product(swap(v as A.Expr), v as A.Expr), A.eye(n) as A.Expr) as A.Expr
      const worst = (e: A.Expr): A.Expr => A.reduceMax()(A.abs(e)) as A.Expr
      const back = (l: unknown, d: unknown, r: unknown): A.Expr =>
        worst(A.sub(product(A.mul(l as A.Expr, d as A.Expr) as A.Expr, r as A.Expr), x) as A.Expr)
      return [
        worst(gram(vectors)),
        back(vectors, values, swap(vectors as A.Expr)),
        worst(gram(u)),
        worst(gram(swap(vh as A.Expr))),
        back(u, s, vh),
        A.toReal(A.matrixRank()(x)),
        A.take(0, -1)(values),
      ] as never
    }) as unknown as AnyProgram
    // 1 - 2 w w^T between diagonal matrices
    const w = noise(n)
    const norm = w.reduce((t, x) => t + x * x, 0)
    const d = (k: number): number => (k === 0 ? 3 : k < n - 3 ? 1 : k === n - 3 ? 1e-6 : 0)
    const reflect = (i: number, k: number): number =>
      (i === k ? 1 : 0) - (2 * (w[i] as number) * (w[k] as number)) / norm
    const a = Float64Array.from({ length: n * n }, (_, e) => {
      let t = 0
      for (let k = 0; k < n; k++) t += reflect(Math.floor(e / n), k) * d(k) * reflect(e % n, k)
      return t
    })
    const runner = await compiled(backendNamed(name), p)
    const found = (await runner.run([a])).map((e) => e[0] as number)
    runner.release()
    const [rank, top] = found.slice(5) as [number, number]
    for (const x of found.slice(0, 5)) expect(x).toBeLessThan(4 * eps)
    // in float32 the smallest is among the roundings of the others
    expect(rank).toBe(name === 'wasm' ? n - 3 : n - 2)
    expect(Math.abs(top - 3)).toBeLessThan(4 * eps)
  },
)
test.each(backends)('%s: the rank of a matrix of rank 2, and its pseudo-inverse', async (name, backend, within) => {
  const p = A.programOrThrow(A.real(6, 4), (x) => [
    A.toReal(A.matrixRank({ rtol: 1e-5 })(x)),
    A.reduceMax()(A.abs(A.sub(A.matmul(A.matmul(x, A.pinv({ rtol: 1e-5 })(x)), x), x))),
  ]) as unknown as AnyProgram
  // sines of sums have rank 2
  const runner = await compiled(backend, p)
  const [rank, error] = await runner.run([Float64Array.from(noise(24))])
  runner.release()
  expect([name, rank?.[0]]).toEqual([name, 2])
  expect(error?.[0]).toBeLessThan(within)
})
