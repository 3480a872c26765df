/** A kernel of a plan is printed once: what is compiled and what is shown are the same text. */

import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Device } from '../../../backends/gpujs/device/device.ts'
import type { KernelSource } from '../../../backends/gpujs/device/kernelTypes.ts'
import { hostMemory } from '../../../backends/gpujs/device/memory.ts'
import { type Mode, modes } from '../../../backends/gpujs/device/modes.ts'
import { execute } from '../../../backends/gpujs/execute.ts'
import { kernelPlan, kernelsFor, kernelsIn } from '../../../backends/gpujs/plan/kernels.ts'
import { planOf } from '../../../backends/gpujs/plan/planOf.ts'
import { showOn } from '../../../backends/gpujs/plan/show.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { add, constant, matmul, mul, programOrThrow, real } from '../../../src/index.ts'
import { chain, zoo } from '../zoo.ts'

/** A device that compiles nothing and keeps what it is given. */
const recording = (mode: Mode): { readonly device: Device; readonly given: KernelSource[] } => {
  const given: KernelSource[] = []
  const device: Device = {
    ...hostMemory,
    mode,
    reason: 'asked for',
    fault: () => undefined,
    largest: Number.POSITIVE_INFINITY,
    build: async (k) => {
      given.push(k)
      return E.right(() => new Float32Array(1))
    },
    chain: async (links) => {
      given.push(...links.map((l) => l.printed))
      return E.right(async () => [])
    },
    release: () => undefined,
  }
  return { device, given }
}
/** The sources in the text of a plan, each as its lines. */
const shownSources = (text: string): readonly string[] =>
  text
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2))

describe.each(modes)('gpujs %s', (mode) => {
  test.each([...zoo, ['a chain', chain(20)] as const].map(([name, p]) => [name, p] as const))('%s', async (_, p) => {
    const kernels = kernelPlan(planOf(p.closed, mode), mode)
    const { device, given } = recording(mode)
    expect(E.isRight(await execute(kernels, device))).toBe(true)
    const printed = [...kernels.units.values()].flat().flatMap(kernelsIn)
    expect(given.length).toBe(printed.length)
    for (const [k, source] of given.entries()) expect(source).toBe(printed[k]?.printed)
    const lines = given.flatMap((k) => k.source.split('\n')).filter((line) => line !== '')
    expect([...shownSources(showOn(kernels))].sort()).toEqual(lines.sort())
  })
})

test('a plan numbers its pipelines from 1: beside each of their kernels, and after all kernels', () => {
  const products = programOrThrow(real(4, 4), (x) => {
    let y = x as Expr
    for (let k = 0; k < 6; k++) y = matmul(x, y) as Expr
    return y
  })
  const text = showOn(kernelPlan(planOf(products.closed, 'webasm'), 'webasm'))
  expect(text.match(/ threads.*, pipeline 1$/gm)).toHaveLength(6)
  expect(text.split('\n').at(-1)).toBe('pipeline 1: 6 kernels')
})
const special = programOrThrow(real(2), (x) => mul(add(x, constant([], -Infinity)), constant([], NaN)))
test.each(modes)(
  '%s: infinities and NaN are written in JavaScript, and are arguments in the shading languages',
  (mode) => {
    const [kernel] = kernelsFor(planOf(special.closed, mode), mode)
    const isJavascript = mode === 'cpu' || mode === 'webasm'
    expect(kernel?.printed.numbers).toEqual(isJavascript ? [] : [-Infinity, NaN])
    expect(kernel?.printed.source.startsWith(isJavascript ? 'function(a0){' : 'function(a0,c0,c1){')).toBe(true)
  },
)
