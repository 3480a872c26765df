/** Graphics contexts in a page: a lost one is an error, not zeros, and no more are held than are in use. */
import { expect, test } from 'vitest'
import { call, open } from './open.ts'

const modes = ['gpujs:webgl2', 'gpujs:webgl']

test.each(modes)('%s: a context that is lost', async (backend) => {
  const { page } = await open('isolated')
  const expected = [[2, 4, 6], 'DeviceLost', [2, 4, 6], [2, 4, 6]]
  expect(await call(page, 'losing', backend)).toEqual(expected)
})
test.each(modes)('%s: twenty programs, one after another', async (backend) => {
  const { page, warnings } = await open('isolated')
  const before = await call(page, 'opening', backend, 1)
  expect(await call(page, 'opening', backend, 20)).toBeLessThanOrEqual(before + 1)
  expect(warnings.filter((w) => w.includes('Too many active WebGL contexts'))).toEqual([])
})
