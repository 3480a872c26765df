/** Split kernels: the same elements, and no guard inside a long sum of products. */
import { describe, expect, test } from 'vitest'
import { kernelsFor } from '../../../backends/gpujs/plan/kernels.ts'
import { planOf } from '../../../backends/gpujs/plan/planOf.ts'
import { reducesIn } from '../../../backends/rewrite/scalars.ts'
import { splitShifted } from '../../../backends/rewrite/splitShifted.ts'
import { kernelsOf } from '../../../backends/schedule/plan.ts'
import { schedule } from '../../../backends/schedule/schedule.ts'
import { evaluate } from '../../../lang/evaluate.ts'
import {
  fn,
  guard,
  type Index,
  index,
  inside,
  load,
  plus,
  reduce,
  type Scalar,
  times,
} from '../../../lang/kernel/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { conv, gradOrThrow, mul, programOrThrow, real, sum } from '../../../src/index.ts'
import { valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { closeAll } from '../../laws/close.ts'
import { evaluatePlan } from '../evaluatePlan.ts'

const layer = (size: number, options: object) =>
  programOrThrow([real(2, 16, 12, 12), real(16, 16, size, size)], ([x, w]) => {
    const y = conv(options)(x, w)
    return sum()(mul(y, y))
  })
/** The program, and a bound on the characters of its largest kernel. */
const cases = [
  ['a filter of 5', layer(5, {}), 4000],
  ['padding', layer(3, { pad: 1 }), 5000],
  ['a stride', layer(3, { stride: 2 }), 4000],
  ['a dilation', layer(3, { dilation: 2 }), 4000],
] as const

describe.each(cases)('the gradient of a convolution with %s', (_, f, most) => {
  const { closed } = gradOrThrow(f)
  const plan = planOf(closed, 'webgpu')
  test('has the same elements as before', () => {
    const x = valuesFrom(1, inTypes(closed))
    expect(closeAll(evaluatePlan(plan, x), evaluate(closed, x))).toBe(true)
  })
  test('has sources that a device compiles quickly', () => {
    for (const k of kernelsFor(plan, 'webgpu')) {
      expect(k.printed.source.length, k.printed.source).toBeLessThan(most)
      expect(k.printed.source).not.toMatch(/&&|\|\|/)
    }
  })
})
test('pairs of a shifted sum are multiplied before they meet', () => {
  const { closed } = gradOrThrow(cases[0][1])
  const parts = kernelsOf(planOf(closed, 'webgpu')).length
  expect(parts).toBeGreaterThan(kernelsOf(schedule(closed)).length)
})
describe('pairs are not stored', () => {
  const out = [index(14), index(14)]
  const [h, w] = out as [Index, Index]
  /** sum_{k, u, v} [tests] g[k, h - u, w - v] f[k, u, v] */
  const shifted = (tests: (u: Scalar, v: Scalar) => readonly Scalar[], row: (u: Scalar) => Scalar): Scalar =>
    reduce('add', [16, 3, 3], ([k, u, v]) =>
      guard(
        tests(u as Scalar, v as Scalar),
        fn(
          'mul',
          load(0, [k as Scalar, row(u as Scalar), plus(w, times(v as Scalar, -1))], 'real'),
          load(1, [k as Scalar, u as Scalar, v as Scalar], 'real'),
        ),
      ),
    )
  const at = (i: Scalar, by: Scalar): Scalar => plus(i, times(by, -1))
  const both = (u: Scalar, v: Scalar): readonly Scalar[] => [...inside(at(h, u), 12), ...inside(at(w, v), 12)]
  test('except here', () => {
    expect(
      splitShifted(
        out,
        shifted(both, (u) => at(h, u)),
        2,
        1,
      ),
    ).toBeDefined()
  })
  test('where the direct sum has no more products than that', () => {
    expect(
      splitShifted(
        out,
        shifted(both, (u) => at(h, u)),
        2,
        2,
      ),
    ).toBeUndefined()
  })
  test('where one axis is in two bounds', () => {
    const twice = (u: Scalar, v: Scalar) => [...inside(at(h, u), 12), ...inside(at(h, v), 12)]
    expect(
      splitShifted(
        out,
        shifted(twice, (u) => at(h, u)),
        2,
        1,
      ),
    ).toBeUndefined()
  })
  test('where a test is of another kind', () => {
    const odd = (u: Scalar, v: Scalar) => [...both(u, v), fn('ne', u, v)]
    expect(
      splitShifted(
        out,
        shifted(odd, (u) => at(h, u)),
        2,
        1,
      ),
    ).toBeUndefined()
  })
})
test('a long sum is a sum of many shorter ones', () => {
  const f = programOrThrow(real(1 << 16), (x) => sum()(mul(x, x)))
  const [first, second] = kernelsOf(planOf(f.closed, 'webgpu'))
  expect(first?.indices.map((i) => i.size)).toEqual([256])
  expect(reducesIn(second?.body as never).map((r) => r.index.size)).toEqual([256])
  const x = valuesFrom(2, inTypes(f.closed))
  expect(closeAll(evaluatePlan(planOf(f.closed, 'webgpu'), x), evaluate(f.closed, x))).toBe(true)
})
