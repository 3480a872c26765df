/** A training run in a page: the loss falls, and every step agrees with the reference. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, type Opened, open } from './open.ts'

const steps = 12
let opened: Opened
let reference: readonly number[]
beforeAll(async () => {
  opened = await open('isolated')
  reference = await call(opened.page, 'train', 'reference', steps)
})
afterAll(() => opened.page.close())

test('the reference learns', () => {
  expect(reference).toHaveLength(steps)
  expect(reference.at(-1)).toBeLessThan(0.5 * (reference[0] as number))
})
test.each(['gpujs:webgl2', 'gpujs:webgpu', 'gpujs:webasm', 'gpujs:cpu', 'wasm', 'wasm:2'])('%s', async (backend) => {
  const losses = await call(opened.page, 'train', backend, steps)
  expect(losses).toHaveLength(steps)
  const gaps = losses.map((loss, k) => Math.abs(loss - (reference[k] as number)))
  expect(Math.max(...gaps)).toBeLessThan(1e-3)
})
