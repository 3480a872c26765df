/** The self-test reports what is right and what is wrong. */
import * as TE from 'fp-ts/lib/TaskEither.js'
import { expect, test } from 'vitest'
import { type Backend, type Executable, gpujs, wasm } from '../../../backends/index.ts'
import { type BackendTrial, isRight, selfTest, showOutcomes } from '../../../src/cli/selftest/core.ts'

const ran = async (b: Backend): Promise<BackendTrial & { readonly _tag: 'Ran' }> => {
  const found = await selfTest(b)
  if (found._tag === 'Absent') throw new Error(found.why)
  return found
}
test('a right back end: every example, every dot product, every time', async () => {
  const found = await ran(wasm())
  expect(isRight(found)).toBe(true)
  expect(found.examples.total).toBeGreaterThan(70)
  expect(found.examples.worst).toBeLessThan(1e-5)
  expect(found.dotProducts).toMatchObject({ total: 3, failures: [] })
  expect(found.times.map((t) => t.name)).toEqual(['product 256', 'tanh 1M'])
  expect(showOutcomes([found])).toMatch(/^back end .*\nwasm +\d+\/\d+ \(\de-\d+\) +3\/3 .* GFLOP\/s/)
})
/** The results of a tree, each one hundredth too large. */
const off = (y: unknown): unknown =>
  y instanceof Float32Array ? y.map((v) => 1.01 * v) : Array.isArray(y) ? y.map(off) : y
test('a wrong back end reports what is wrong', async () => {
  const right = wasm()
  const broken: Backend = {
    ...right,
    name: 'broken',
    compile: ((p: never) =>
      TE.map((e: Executable<unknown, unknown>) => ({
        ...e,
        run: (xs: never) => TE.map(off)(e.run(xs)),
      }))(right.compile(p))) as never,
  }
  const found = await ran(broken)
  expect(isRight(found)).toBe(false)
  expect(found.examples.failures.find((f) => f.startsWith('sin:'))).toMatch(/sin: an error of 1\.0e-2/)
  expect(showOutcomes([found])).toContain('wasm is WRONG: sin:')
})
test('a missing mode reports how to get it', async () => {
  const found = await selfTest(gpujs({ mode: 'webgl2' }))
  expect(found).toMatchObject({ _tag: 'Absent', name: 'gpujs:webgl2' })
  expect(showOutcomes([found])).toMatch(/gpujs:webgl2 +not here\n\n.*no WebGL 2 context[\s\S]*try {2}a browser/)
})
