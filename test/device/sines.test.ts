/** sin, cos and tan of large arguments on WebGPU: float32 accuracy up to a million, sines of at most 1 beyond. */
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { cos, programOrThrow, real, sin, tan } from '../../src/index.ts'
import { compiled } from '../backends/execution.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)

const n = 40_000
/** Half of them near multiples of pi/2, where little is left after the multiple is subtracted. */
const upTo = (top: number): Float64Array =>
  Float64Array.from({ length: n }, (_, i) => {
    const x = top * (2 * ((i * 0.6180339887498949) % 1) - 1)
    return Math.fround(i % 2 === 0 ? x : Math.round(x / (Math.PI / 2)) * (Math.PI / 2))
  })
const program = programOrThrow(real(n), (x: Expr) => [sin(x), cos(x), tan(x)])
const on = async (xs: Float64Array): Promise<readonly (readonly [number, number, number, number])[]> => {
  const r = await compiled(gpujs({ mode: 'webgpu' }), program as never)
  const [s = [], c = [], t = []] = (await r.run([xs])) as unknown as readonly number[][]
  r.release()
  return [...xs].map((x, i) => [x, s[i] as number, c[i] as number, t[i] as number])
}
const worst = (errors: readonly number[]): number => errors.reduce((a, e) => (e <= a ? a : e), 0)

describe.skipIf(missing !== undefined)('gpujs webgpu', () => {
  test.each([3, 1000, 1e5, 1e6])('to float32 up to %d', async (top) => {
    const found = await on(upTo(top))
    const absolute = found.map(([x, s, c]) => Math.max(Math.abs(s - Math.sin(x)), Math.abs(c - Math.cos(x))))
    expect(worst(absolute)).toBeLessThan(1.5e-7)
    // JavaScript's own sine has a relative error of 2^-53
    const relative = found.flatMap(([x, s, , t]) =>
      x === 0 ? [] : [Math.abs(s / Math.sin(x) - 1), Math.abs(t / Math.tan(x) - 1)],
    )
    expect(worst(relative)).toBeLessThan(1e-6)
  })
  test('sin and cos within [-1, 1], tan finite, for every finite argument', async () => {
    const huge = Float64Array.from({ length: n }, (_, i) => Math.fround((i % 2 ? -1 : 1) * 10 ** (6 + (32.5 * i) / n)))
    const found = await on(huge)
    expect(found.filter(([, s, c, t]) => !(Math.abs(s) <= 1 && Math.abs(c) <= 1 && Number.isFinite(t)))).toEqual([])
  })
})
