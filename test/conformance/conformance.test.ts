/** A sample of the external figures, one case of each family, on two back ends. `npm run conformance` runs all cases. */
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { gpujs } from '../../backends/index.ts'
import { elementwise, grouped } from './compare.ts'
import { readSets } from './files.ts'
import { dataOf } from './format.ts'
import { reference, runnerOf } from './runner.ts'
import { runCase, showVerdicts } from './suite.ts'

const sets = readSets(fileURLToPath(new URL('.', import.meta.url)), undefined)
/** The first small case of every family. */
const sample = sets.flatMap(({ name, cases }) => {
  const families = new Map(
    cases
      .filter((c) => c.inputs.every((t) => t.shape.reduce((a, b) => a * b, 1) < 500))
      .reverse()
      .map((c) => [c.family, c]),
  )
  return [...families.values()].map((c) => [`${name} ${c.family}: ${c.name}`, c, name] as const)
})

describe('reference', () =>
  test.each(sample)('%s', async (_, c, set) => expect((await runCase(c, set, reference)).failures).toEqual([])))
describe('gpujs:webasm', () => {
  const runner = runnerOf(gpujs({ mode: 'webasm' }), 'float32')
  test.each(sample)('%s', async (_, c, set) => expect((await runCase(c, set, runner)).failures).toEqual([]))
})
describe('the comparison can fail', () => {
  const spec = { name: 'y', shape: [2], data: [1, 2] }
  test('one number off', () => {
    expect(elementwise(Float64Array.of(1, 2 + 1e-6), spec, { rtol: 1e-8, atol: 1e-10 })).toMatchObject({
      passed: false,
    })
    expect(elementwise(Float64Array.of(1, 2 + 1e-9), spec, { rtol: 1e-8, atol: 1e-10 })).toMatchObject({ passed: true })
    expect(elementwise(Float64Array.of(1, Number.NaN), spec, { rtol: 1, atol: 1 })).toMatchObject({ passed: false })
    expect(elementwise(Float64Array.of(1), spec, { rtol: 1, atol: 1 })).toMatchObject({ passed: false })
  })
  test('a group off', () => {
    expect(grouped([[Float64Array.of(1, 2.01), spec]], 1e-3)).toMatchObject({ passed: false })
    expect(grouped([[Float64Array.of(1, 2.0001), spec]], 1e-3)).toMatchObject({ passed: true })
  })
  test('a case with a wrong figure, by name', async () => {
    const [, c] = sample[0] as (typeof sample)[number]
    const wrong = { ...c, outputs: (c.outputs ?? []).map((t) => ({ ...t, data: (t.data ?? []).map((v) => v + 1) })) }
    const verdict = await runCase(wrong, 'ops', reference)
    expect(verdict.passed).toBe(false)
    expect(showVerdicts([verdict], 'reference', true)).toMatch(
      /^FAILED ops .*\n {7}outputs: .*expected .*, found .*\n0 passed, 1 failed, 0 skipped$/,
    )
  })
  test('an unknown operation is a failure, not a skip', async () => {
    const [, c] = sample[0] as (typeof sample)[number]
    expect((await runCase({ ...c, program: undefined, op: 'fft' } as never, 'ops', reference)).failures).toEqual([
      'no operation is called fft',
    ])
  })
  test('fill is exact', () =>
    expect(dataOf({ name: 'x', shape: [3], fill: { kind: 'lcg', seed: 1, scale: 1, offset: 0 } })[0]).toBe(
      2 * (16807 / 2147483647) - 1,
    ))
})
