/** Plans that need less memory: masks are computed by their readers, and steps that free memory run early. */
import { describe, expect, test } from 'vitest'
import { memoryOf } from '../../backends/schedule/memory.ts'
import { inOrder } from '../../backends/schedule/order.ts'
import { kernelsOf, typeOf } from '../../backends/schedule/plan.ts'
import { planOf } from '../../backends/wasm/steps/planOf.ts'
import { evaluate } from '../../lang/evaluate.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { gradOrThrow, matmul, mul, programOrThrow, real, relu, sin, sub, sum, tanh } from '../../src/index.ts'
import { same } from '../laws/close.ts'
import { evaluatePlan } from './evaluatePlan.ts'

type Square = Expr<readonly [8, 8], 'real'>
const { NaN: nan, POSITIVE_INFINITY: infinity } = Number

describe('a mask', () => {
  /** Many readers, so that the mask would be stored. */
  const p = programOrThrow({ x: real(8, 8), w: real(8, 8) }, ({ x, w }) => {
    const layer = (a: Square): Square => relu(sub(matmul(a, w), sin(a)) as Square)
    return sum()(mul(layer(layer(layer(x))), 0.5))
  })
  const plan = planOf(gradOrThrow(p).closed)
  test('is not stored', () => {
    expect(plan.steps.filter((s) => s._tag === 'Kernel' && typeOf(plan, s.out).dtype === 'bool')).toEqual([])
  })
  test('of what was clamped is computed from the result: the numbers are those of the program', () => {
    const x = Float64Array.from({ length: 64 }, (_, k) => [nan, -0, 0, 1, -2, infinity, 3e-320, -infinity][k % 8] ?? 0)
    const w = Float64Array.from({ length: 64 }, (_, k) => Math.sin(k))
    for (const inputs of [
      [x, w],
      [w, w],
    ])
      expect(same(evaluatePlan(plan, inputs), evaluate(gradOrThrow(p).closed, inputs))).toBe(true)
  })
  test('that is a result stays', () => {
    const kept = programOrThrow(real(4), (x) => [relu(x), relu(mul(2, relu(x)))] as const)
    const x = [Float64Array.of(nan, -0, 1, -1)]
    expect(same(evaluatePlan(planOf(kept.closed), x), evaluate(kept.closed, x))).toBe(true)
  })
})

describe('the order of steps', () => {
  /** Layers with weights of their own, whose gradients are the last equations of the program. */
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const
  const types = Object.fromEntries([...names, 'x'].map((n) => [n, real(64, 64)]))
  const p = programOrThrow(types, (v) =>
    sum()(names.reduce<Square>((x, n) => tanh(matmul(x as never, v[n] as never)) as never, v.x as never)),
  )
  const wrt = Object.fromEntries(names.map((n) => [n, true]))
  const plan = planOf(gradOrThrow(p, { wrt } as never).closed)
  test('is not changed where nothing is gained', () => {
    expect(inOrder(plan)).toBe(plan)
  })
  test('needs no more memory than a permutation of it does', () => {
    const { extent } = memoryOf(plan)
    // what one layer keeps for its gradient, and the gradient itself, for every layer
    expect(extent).toBeLessThan((2 * names.length + 4) * 64 * 64)
  })
  test('keeps every kernel, and reads nothing before it is written', () => {
    const written = new Set(plan.inputs.map((_, k) => k))
    for (const s of plan.steps) {
      if (s._tag !== 'Kernel') continue
      for (const v of s.reads) expect(written.has(v)).toBe(true)
      written.add(s.out)
    }
    for (const v of plan.outputs) expect(written.has(v)).toBe(true)
    expect(new Set(kernelsOf(plan).map((k) => k.out)).size).toBe(kernelsOf(plan).length)
  })
})
