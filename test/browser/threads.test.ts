/** Threads in a page: the same bits for any number of them, none left behind, and the reason where there is only one. */
import { describe, expect, test } from 'vitest'
import { words } from '../../backends/wasm/threads/protocol.ts'
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
/** In place of a worker's life: the highest range is taken, and never done. */
const dying = `
  const at = new Int32Array(memory.buffer)
  for (let taken = false; !taken; ) {
    const seen = Atomics.load(at, ${words.range / 4})
    taken = seen >> 16 < (seen & 65535) && Atomics.compareExchange(at, ${words.range / 4}, seen, seen - 1) === seen
  }
  throw new Error('on purpose')`
test('a worker that throws inside a range is an error, and the program is lost', { timeout: 30_000 }, async () => {
  const { page } = await open('isolated')
  await page.evaluate((code) => {
    const host = globalThis as unknown as { Blob: new (parts: readonly string[], options: object) => object }
    const Blob = host.Blob
    host.Blob = class extends Blob {
      constructor(parts: readonly string[], options: object) {
        super(
          parts.map((p) => p.replace('work(thread)', code)),
          options,
        )
      }
    }
  }, dying)
  expect(await call(page, 'openThreads', 2)).toBe('asked for')
  const run = (): Promise<string> =>
    call(page, 'runThreads', 2).then(
      () => 'done',
      (error) => String(error),
    )
  let found = await run()
  // the worker may come too late for the first
  for (let k = 0; k < 300 && found === 'done'; k++) found = await run()
  expect(found).toContain('a worker thread has ended')
  expect(await run()).toContain('a worker thread has ended')
})
