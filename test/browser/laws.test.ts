/** Random programs and special floats in a page, mode by mode. RUNS=n draws n programs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { special } from '../backends/special.ts'
import { deviations } from '../device/deviations.ts'
import { seed } from '../seed.ts'
import { call, type Opened, open } from './open.ts'

const runs = Number(process.env.RUNS ?? 25)
let opened: Opened
beforeAll(async () => {
  opened = await open('isolated')
})
afterAll(() => opened.page.close())

test.each(['gpujs:webgl2', 'gpujs:webgl', 'gpujs:webgpu', 'gpujs:webasm', 'wasm', 'wasm:2'])(
  '%s: random programs',
  async (backend) => {
    expect(await call(opened.page, 'randomPrograms', backend, runs, seed)).toBe('')
  },
)
describe.each(['gpujs:webgl2', 'gpujs:webgpu'])('%s: special floats are right, or in the table', (backend) => {
  const seen = new Set<string>()
  test.each(special.map(([name]) => name))('%s', async (name) => {
    const wrong = await call(opened.page, 'wrongSpecials', backend, name)
    const unexplained = wrong.filter((w) => {
      const rows = deviations.filter((d) => d.covers(w))
      for (const { what } of rows) seen.add(what)
      return rows.length === 0
    })
    expect(unexplained).toEqual([])
  })
  test('every row of the table is seen', () => {
    expect(deviations.map((d) => d.what).filter((what) => !seen.has(what))).toEqual([])
  })
})
