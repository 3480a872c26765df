/** The exponential function and those built on it, as gpu.js computes them, over the whole range of float32. */
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import { erf as erfOf } from '../../lang/kernel/erf.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { erf, exp, expm1, logistic, programOrThrow, real, tanh } from '../../src/index.ts'
import { type AnyProgram, compiled } from './execution.ts'

const n = 100_001
const grid = (low: number, high: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => Math.fround(low + ((high - low) * i) / (n - 1)))
const cases: readonly (readonly [string, (x: Expr) => unknown, (x: number) => number, number, number])[] = [
  ['exp', exp as never, Math.exp, -87, 88.7],
  ['expm1', expm1 as never, Math.expm1, -30, 88],
  ['expm1 of small numbers', expm1 as never, Math.expm1, -0.5, 0.5],
  ['tanh', tanh as never, Math.tanh, -20, 20],
  ['tanh of small numbers', tanh as never, Math.tanh, -0.4, 0.4],
  ['logistic', logistic as never, (x) => 1 / (1 + Math.exp(-x)), -80, 80],
  ['erf', erf as never, erfOf, -5, 5],
]
describe.each(['cpu', 'webasm'] as const)('gpujs:%s', (mode) => {
  test.each(cases)('%s', async (_, f, exact, low, high) => {
    const xs = grid(low, high)
    const r = await compiled(gpujs({ mode }), programOrThrow(real(n), (x) => f(x as never) as never) as AnyProgram)
    const [ys = []] = await r.run([xs])
    const worst = xs.reduce(
      (most, x, i) => Math.max(most, Math.abs((ys[i] as number) - exact(x)) / Math.abs(exact(x) || 1)),
      0,
    )
    expect(worst).toBeLessThan(6e-7)
    r.release()
  })
  test('exp overflows to infinity, and underflows through subnormal numbers to 0', async () => {
    const xs = Float64Array.from([88.72, 88.73, 1e30, -87.4, -100, -103.9, -105, -1e30], Math.fround)
    const r = await compiled(gpujs({ mode }), programOrThrow(real(8), (x) => exp(x)) as AnyProgram)
    const [ys = []] = await r.run([xs])
    expect((ys[0] as number) / Math.exp(xs[0] as number)).toBeCloseTo(1, 6)
    expect([ys[1], ys[2]]).toEqual([Infinity, Infinity])
    for (const k of [3, 4, 5, 6, 7])
      expect(Math.abs((ys[k] as number) - Math.exp(xs[k] as number))).toBeLessThanOrEqual(1.5e-45)
    r.release()
  })
})
