/** The test for numbers that are not finite sees each number of an array, and none beside it. */
import { expect, test } from 'vitest'
import { float32, float64, makeModule } from '../../../backends/wasm/assembler/index.ts'
import { writeFinite } from '../../../backends/wasm/functions/finite.ts'
import { engine } from '../../../backends/wasm/host/engine.ts'

test.each([
  [float32, Float32Array],
  [float64, Float64Array],
] as const)('every place of an array', async (element, Reals) => {
  const m = makeModule()
  m.export('finite', writeFinite(m, element))
  const memory = new engine.Memory({ initial: 1 })
  const { exports } = await engine.instantiate(await engine.compile(m.finish({ pages: 1 })), { env: { memory } })
  const finite = exports.finite as (base: number, n: number) => number
  const [n, start] = [11, 16]
  const x = new Reals(memory.buffer as ArrayBuffer)
  const from = start / Reals.BYTES_PER_ELEMENT
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const found = Array.from({ length: n + 2 }, (_, k) => {
      x.fill(1).fill(bad, from + k - 1, from + k)
      return finite(start, n)
    })
    expect(found).toEqual([1, ...Array<number>(n).fill(0), 1])
  }
})
