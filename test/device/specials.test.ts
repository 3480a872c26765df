/** WebGPU at NaN, infinities, -0, the ends of float32 and integers: right, or covered by the table of deviations. */
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import { special, wrongPoints } from '../backends/special.ts'
import { deviations } from './deviations.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)

describe.skipIf(missing !== undefined)('gpujs webgpu', () => {
  const seen = new Set<string>()
  test.each(special)('%s', async (name, p) => {
    const wrong = await wrongPoints(gpujs({ mode: 'webgpu' }), name, p)
    const unexplained = wrong.filter((w) => {
      const rows = deviations.filter((d) => d.covers(w))
      for (const { what } of rows) seen.add(what)
      return rows.length === 0
    })
    expect(unexplained).toEqual([])
  })
  test('every row of the table covers a result', () => {
    expect(deviations.map((d) => d.what).filter((what) => !seen.has(what))).toEqual([])
  })
})
