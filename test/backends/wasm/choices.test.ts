/** Choices that change how fast a program runs, and none of its numbers. */
import { expect, test, vi } from 'vitest'
import { contractionIn } from '../../../backends/rewrite/contraction.ts'
import { kernelsOf } from '../../../backends/schedule/plan.ts'
import { float32 } from '../../../backends/wasm/assembler/index.ts'
import { tilingOf } from '../../../backends/wasm/gemm/tiling.ts'
import { maySleep } from '../../../backends/wasm/host/features.ts'
import { chainsIn, lower } from '../../../backends/wasm/kernel/lower.ts'
import { compilePlan } from '../../../backends/wasm/steps/compile.ts'
import { planOf } from '../../../backends/wasm/steps/planOf.ts'
import { fn, index, load, reduce } from '../../../lang/kernel/index.ts'
import { conv, matmul } from '../../../lang/operations/index.ts'
import { concat } from '../../../lang/primitives/concat.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { real } from '../../../lang/syntax/shape.ts'

const product = (rows: number, depth: number, columns: number) =>
  planOf(programOrThrow([real(rows, depth), real(depth, columns)], ([x, y]) => matmul(x, y)).closed)
const tiling = (rows: number, depth: number, columns: number, threads: number) => {
  const [k] = kernelsOf(product(rows, depth, columns))
  const c = k && contractionIn(k.indices, k.body)
  return c && tilingOf(float32, c, threads)
}
test('a block of columns that just fits the cache is not cut', () => {
  expect(tiling(64, 256, 256, 1)?.blocks).toBe(1)
  expect(tiling(64, 512, 256, 1)?.blocks).toBe(2)
})
test('threads share one block, and take apart many', () => {
  expect(tiling(64, 256, 256, 1)?.apart).toBe(false)
  expect(tiling(8, 8, 20, 2)).toMatchObject({ blocks: 1, apart: false })
  expect(tiling(64, 512, 2048, 2)?.apart).toBe(true)
})
test('the lanes are an axis where the sum would read no less, and the sum where the axis jumps', () => {
  const [i, n] = [index(64), 64]
  const lanes = (at: 'j' | 'ij'): boolean => {
    const sum = reduce('add', [n], ([j]) =>
      fn('mul', load(0, at === 'j' ? [j as never] : [i, j as never], 'real'), load(1, [i], 'real')),
    )
    const found = lower([i], sum, [at === 'j' ? [n] : [n, n], [n]])
    return found.axes.some((a) => found.lanes.has(a))
  }
  expect([lanes('j'), lanes('ij')]).toEqual([true, false])
})
test('the loops of one sum share an accumulator', () => {
  const sum = reduce('add', [3, 4], ([i, j]) => load(0, [i as never, j as never], 'real'))
  expect(chainsIn(sum).size).toBe(1)
  expect(chainsIn(fn('exp', sum)).size).toBe(1)
})
test('windows of few products run on one thread', () => {
  const threads = (size: number): number => {
    const types = [real(1, 8, size, size), real(8, 1, 3, 3)] as const
    const layer = ([x, w]: readonly [Expr, Expr]) => conv({ groups: 8 } as never)(x as never, w as never) as Expr
    const p = programOrThrow(types as never, layer as never) as unknown as { readonly closed: never }
    return compilePlan(planOf(p.closed), 0, { threads: 2 }).threads
  }
  expect([threads(14), threads(100)]).toEqual([1, 2])
})
test('multiplications and additions are not fused unless it is asked for', () => {
  const plan = product(64, 64, 64)
  expect(compilePlan(plan).bytes).toEqual(compilePlan(plan, 0, { relaxed: false }).bytes)
  expect(compilePlan(plan).bytes).not.toEqual(compilePlan(plan, 0, { relaxed: true }).bytes)
})
test('a kernel reads as many arrays as there are', () => {
  const p = programOrThrow(
    Array.from({ length: 40 }, () => real(3)) as never,
    ((xs: readonly Expr[]) => concat(0)(xs as never)) as never,
  ) as unknown as { readonly closed: never }
  expect(kernelsOf(planOf(p.closed)).map((k) => k.reads.length)).toEqual([40])
})
test('a thread that the host does not let sleep is found', () => {
  expect(maySleep()).toBe(true)
  const wait = vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    throw new TypeError('Atomics.wait cannot be called in this context')
  })
  expect(maySleep()).toBe(false)
  wait.mockRestore()
})
