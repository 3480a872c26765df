/** Normal numbers between two bounds, near 0 and far out. Quantiles are from mpmath 1.3, with 80 digits. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { gpujs, reference, wasm } from '../../../backends/index.ts'
import { truncatedNormal } from '../../../lang/operations/normalDraws.ts'
import { program, programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real } from '../../../lang/syntax/shape.ts'
import { gradOrThrow, mul, sum } from '../../../src/index.ts'
import { type AnyProgram, compiled } from '../../backends/execution.ts'

const n = 8192
const key = [Float64Array.of(11, 22, 33)]
// biome-ignore format: a table
const bounds: readonly (readonly [low: number, high: number, deciles: readonly [number, number, number]])[] = [
  [-2, 2, [-1.1840324666939051, 0, 1.1840324666939051]],
  [5.5, 1e6, [5.5185479941077203, 5.6209632901254578, 5.8927628644123926]],
  [9, 10, [9.011559170906226, 9.0757797137385442, 9.2493533763652105]],
  [30, 31, [30.003507923244177, 30.023070467827309, 30.076570337034927]],
  [100, 100.001, [100.00009561825562, 100.00048750514322, 100.00089537825087]],
  [200, Infinity, [200.00052678871548, 200.00346561924111, 200.01151230634699]],
  [0, 0.01, [0.0009999835002417223, 0.00499993750039063, 0.0089999714996195243]],
  [-1, 8, [-0.69735691615725772, 0.20017368616689013, 1.3777873615993036]],
  [4, 6, [4.0248632541328748, 4.1610971656798595, 4.5148545323307889]],
]
const mirrored = bounds.map(([a, b, [q, r, s]]) => [-b, -a, [-s, -r, -q]] as const)

describe.each([reference, wasm(), gpujs({ mode: 'webasm' })])('$name', (backend) => {
  test.each([...bounds, ...mirrored])(
    '%d .. %d: a tenth, a half and nine tenths are below their quantiles',
    async (a, b, deciles) => {
      const r = await compiled(backend, programOrThrow(int(3), (k) => truncatedNormal([n], a, b)(k)) as AnyProgram)
      const [xs = []] = await r.run(key)
      r.release()
      // a back end in float32 has the bounds in float32
      const [low, high] = backend.name === 'reference' ? [a, b] : [Math.fround(a), Math.fround(b)]
      const all = Array.from(xs)
      expect(all.filter((x) => !(x >= low && x <= high))).toEqual([])
      deciles.forEach((q, i) => {
        const p = [0.1, 0.5, 0.9][i] as number
        const below = all.filter((x) => x < q).length / n
        expect(Math.abs(below - p), `below ${q}`).toBeLessThan(4.5 * Math.sqrt((p * (1 - p)) / n))
      })
    },
  )
})
test('where float32 has one number between the bounds, it is drawn', async () => {
  const r = await compiled(
    wasm(),
    programOrThrow(int(3), (k) => truncatedNormal([9], 1e6, 1e6 + 1e-3)(k)) as AnyProgram,
  )
  expect([...((await r.run(key))[0] ?? [])]).toEqual(Array.from({ length: 9 }, () => 1e6))
  r.release()
})
test('a gradient through the draws is the draws', async () => {
  const p = programOrThrow({ k: int(3), w: real(9) }, ({ k, w }) => sum()(mul(w, truncatedNormal([9], 30, 31)(k))))
  const r = await compiled(reference, gradOrThrow(p) as AnyProgram)
  const [xs = []] = await r.run([...key, new Float64Array(9)])
  expect(xs.length).toBe(9)
  expect([...xs].every((x) => x >= 30 && x <= 31)).toBe(true)
  r.release()
})
test.each([
  [2, 1],
  [1, 1],
  [Number.NaN, 1],
  [0, Number.NaN],
])('the bounds %d and %d are refused', (low, high) => {
  const p = program(int(3), (k) => truncatedNormal([2], low, high)(k))
  expect(E.isLeft(p) && p.left.map((d) => [d.op, d.problem._tag])).toEqual([['truncatedNormal', 'InvalidAttribute']])
})
