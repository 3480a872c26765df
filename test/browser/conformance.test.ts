/**
 * The external figures in a page, mode by mode: the runner that Node has. SAMPLE=n takes every n-th case, and the network of
 * most kernels, which a change of kernels once broke on WebGL alone.
 */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSets } from '../conformance/files.ts'
import { call, type Opened, open } from './open.ts'

const every = Number(process.env.SAMPLE ?? 1)
const cases = readSets(fileURLToPath(new URL('../conformance', import.meta.url)), undefined)
  .flatMap(({ name, cases }) => cases.map((c, at) => [`${name} ${c.name}`, name, at] as const))
  .filter(([name], k) => k % every === 0 || name === 'networks unet/v')

describe.each(['gpujs:webgl2', 'gpujs:webgpu', 'gpujs:webasm', 'wasm', 'wasm:2'])('%s', (backend) => {
  let opened: Opened
  beforeAll(async () => {
    opened = await open('isolated')
  })
  afterAll(() => opened.page.close())
  test.each(cases)('%s', async (_, set, at) => {
    const { failures } = await call(opened.page, 'conformanceCase', backend, set, at)
    expect(failures, failures.join('\n')).toEqual([])
  })
})
