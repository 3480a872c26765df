/** Decompositions on every back end, in float32 and in float64: values and gradients of what does not depend on signs. */
import { expect, test } from 'vitest'
import { wasm } from '../../../../backends/index.ts'
import { evaluate } from '../../../../lang/evaluate.ts'
import { product } from '../../../../lang/primitives/linalg.ts'
import * as A from '../../../../src/index.ts'
import { type AnyProgram, compiled } from '../../../backends/execution.ts'
import { backendNamed, backendNames } from '../../../campaign/backends.ts'
import { noise } from '../apply.ts'

type Scalar = A.Expr<readonly [], 'real'>
const total = (x: unknown): A.Expr => A.sum()(A.sin(x as A.Expr)) as A.Expr
const cases: readonly (readonly [string, readonly number[], (a: A.Expr) => A.Expr])[] = [
  ['eigh', [2, 3, 3], (a) => A.add(total(A.eigh(a).values), total(A.square(A.eigh(a).vectors)))],
  ['svd', [4, 3], (a) => A.add(total(A.svd(a).s), total(product(A.svd(a).u as A.Expr, A.svd(a).vh as A.Expr)))],
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
