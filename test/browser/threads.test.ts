/** Threads in a page: the same bits for any number of them, none left behind, and the reason where there is only one. */
import { describe, expect, test } from 'vitest'
import { call, open } from './open.ts'
import type { Served } from './setup.ts'

const withThreads: readonly Served[] = ['isolated', 'strictWithWorkers']
const withoutThreads: readonly (readonly [Served, string])[] = [
  ['plain', 'one thread: there is no shared memory here; a page has it when it is cross-origin isolated'],
  ['strict', 'one thread: there is no shared memory here; a page has it when it is cross-origin isolated'],
  ['strictIsolated', 'one thread: no worker can be started; a Content-Security-Policy must allow worker-src blob:'],
]
describe.each(withThreads)('a page that is %s', (served) => {
  test.each([2, 3])('%i threads', async (threads) => {
    const { page } = await open(served)
    expect(await call(page, 'openThreads', 1)).toBe('asked for')
    expect(page.workers()).toHaveLength(0)
    const expected = await call(page, 'runThreads', 1)
    expect(expected).toMatch(/^(\d+,){31}\d+ (\d+,){31}\d+$/)
    expect(await call(page, 'openThreads', threads)).toBe('asked for')
    expect(page.workers()).toHaveLength(threads - 1)
    for (let k = 0; k < 5; k++) expect(await call(page, 'runThreads', threads)).toBe(expected)
    await call(page, 'closeThreads', threads)
    await expect.poll(() => page.workers().length).toBe(0)
  })
})
test.each(withoutThreads)('a page that is %s has one thread, and says why', async (served, why) => {
  const { page } = await open(served)
  expect(await call(page, 'openThreads', 2)).toBe(why)
  await call(page, 'openThreads', 1)
  expect(await call(page, 'runThreads', 2)).toBe(await call(page, 'runThreads', 1))
  expect(page.workers()).toHaveLength(0)
})
