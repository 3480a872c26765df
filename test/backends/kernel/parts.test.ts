/** Kernels in two rounds: the same elements, and no guard in what is summed over many products. */
import { describe, expect, test } from 'vitest'
import { kernelsFor } from '../../../backends/gpujs/kernels.ts'
import { planOf } from '../../../backends/gpujs/plan.ts'
import { reducesIn } from '../../../backends/kernel/scalars.ts'
import { kernelsOf } from '../../../backends/schedule/plan.ts'
import { schedule } from '../../../backends/schedule/schedule.ts'
import { inTypes } from '../../../lang/closed.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import { conv, gradOrThrow, mul, programOrThrow, real, sum } from '../../../src/index.ts'
import { valuesFrom } from '../../arbitrary/values.ts'
import { closeAll } from '../../laws/close.ts'
import { evaluatePlan } from '../evaluatePlan.ts'

const layer = (size: number, options: object) =>
  programOrThrow([real(2, 16, 12, 12), real(16, 16, size, size)], ([x, w]) => {
    const y = conv(options)(x, w)
    return sum()(mul(y, y))
  })
const cases = [
  ['a filter of 5', layer(5, {})],
  ['padding', layer(3, { padding: 'same' })],
  ['a stride', layer(3, { stride: 2 })],
  ['a dilation', layer(3, { dilation: 2 })],
] as const

describe.each(cases)('the gradient of a convolution with %s', (_, f) => {
  const { closed } = gradOrThrow(f)
  const plan = planOf(closed, 'webgpu')
  test('has the elements that it had', () => {
    const x = valuesFrom(1, inTypes(closed))
    expect(closeAll(evaluatePlan(plan, x), evaluate(closed, x))).toBe(true)
  })
  test('is printed within what a device compiles at once', () => {
    for (const k of kernelsFor(plan, 'webgpu')) {
      expect(k.printed.source.length, k.printed.source).toBeLessThan(4000)
      expect(k.printed.source).not.toMatch(/&&|\|\|/)
    }
  })
})
test('pairs of a shifted sum are multiplied before they meet', () => {
  const { closed } = gradOrThrow(cases[0][1])
  const parts = kernelsOf(planOf(closed, 'webgpu')).length
  expect(parts).toBeGreaterThan(kernelsOf(schedule(closed)).length)
})
test('a long sum is one of many shorter ones', () => {
  const f = programOrThrow(real(1 << 16), (x) => sum()(mul(x, x)))
  const [first, second] = kernelsOf(planOf(f.closed, 'webgpu'))
  expect(first?.indices.map((i) => i.size)).toEqual([256])
  expect(reducesIn(second?.body as never).map((r) => r.index.size)).toEqual([256])
  const x = valuesFrom(2, inTypes(f.closed))
  expect(closeAll(evaluatePlan(planOf(f.closed, 'webgpu'), x), evaluate(f.closed, x))).toBe(true)
})
