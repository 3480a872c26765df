/** One plan for what is printed, counted and run: on every entry, on random programs, and on programs that are split. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { plan, wasm } from '../../backends/index.ts'
import { entries } from '../../lang/primitives/index.ts'
import { conv, einsum, gradOrThrow, mul, programOrThrow, real, sin, sum } from '../../src/index.ts'
import { arbitraryProgram } from '../arbitrary/program.ts'
import { withoutFreeAxes } from '../laws/backend.ts'
import { gpujsRunsItsPlan, printedKernels, wasmRunsItsPlan } from '../laws/plannedKernels.ts'
import { type AnyProgram, orFail, programOf } from './execution.ts'
import { large } from './large.ts'
import { blocks, gradients, zoo } from './zoo.ts'

const onEvery = async (free: AnyProgram): Promise<boolean> => {
  const p = withoutFreeAxes(free)
  return (await wasmRunsItsPlan(p)) && (await gpujsRunsItsPlan(p, 'webasm')) && (await gpujsRunsItsPlan(p, 'webgl2'))
}

const longSum = programOrThrow(real(1_000_000), (x) => sum()(sin(x)))
const longProduct = programOrThrow([real(8192, 16), real(8192, 16)], ([a, b]) => einsum('ki,kj->ij')(a, b))
const layer = programOrThrow([real(2, 16, 12, 12), real(16, 16, 5, 5)], ([x, w]) => {
  const y = conv({})(x, w)
  return sum()(mul(y, y))
})
describe('the kernels that plan prints are those that run', () => {
  test.each(entries.flatMap((e) => e.examples.map((x, k) => [`${e.name} ${k}`, programOf(e, x)] as const)))(
    '%s',
    async (_, p) => {
      expect(await onEvery(p)).toBe(true)
    },
  )
  test.each([
    ...zoo.map(([name, p]) => [name, p] as const),
    ...blocks,
    ...gradients.map(([name, , g]) => [name, g] as const),
    ...large,
    ['a long sum', longSum as AnyProgram] as const,
    ['a long product', longProduct as AnyProgram] as const,
    ['the gradient of a convolution', gradOrThrow(layer) as AnyProgram] as const,
  ])('%s', async (_, p) => {
    expect(await onEvery(p)).toBe(true)
  })
  test('of random programs', () =>
    fc.assert(
      fc.asyncProperty(arbitraryProgram(), (p) => onEvery(p as AnyProgram)),
      { numRuns: 100, seed: 5 },
    ))
  test('on several threads', async () => {
    for (const [, p] of [...blocks, ['', longSum] as const])
      expect(await wasmRunsItsPlan(p as AnyProgram, { threads: 4 })).toBe(true)
  })
})
test('a long sum is two kernels, in the plan as in the module', async () => {
  expect((await printedKernels(wasm(), longSum as never)).size).toBe(2)
  expect(orFail(await plan(longSum, wasm())())).toMatch(/\n2 kernels, \d+ flops/)
})
