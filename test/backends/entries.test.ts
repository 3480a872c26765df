/** Every example of every entry on the back ends that every machine has, and the laws of executables. */
import { afterAll, describe, expect, test } from 'vitest'
import type { Backend } from '../../backends/backend.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { reference } from '../../backends/reference/index.ts'
import { entries } from '../../lang/primitives/index.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { unit, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { agrees, deterministic, isReference, keepsInputs, keepsOutputs, subject } from '../laws/backend.ts'
import { programOf } from './execution.ts'

const cases = entries.flatMap((e) =>
  e.examples.map((x, k) => [`${e.name} ${k}`, programOf(e, x), x.range ?? unit] as const),
)
const points = [1, 2, 3]

test.each(cases)('reference: %s', async (_, p, range) => {
  const s = await subject(reference, p)
  for (const seed of points) expect(await isReference(s, valuesFrom(seed, inTypes(p.closed), range))).toBe(true)
})

const float32 = 2e-6
const backends: readonly (readonly [string, Backend])[] = (['cpu', 'webasm'] as const).map((mode) => [
  mode,
  gpujs({ mode }),
])
describe.each(backends)('gpujs %s', (mode, backend) => {
  const releases: (() => void)[] = []
  afterAll(() => {
    for (const release of releases) release()
  })
  test.each(cases)('%s', async (_, p, range) => {
    const s = await subject(backend, p)
    releases.push(s.release)
    expect(s.executable.backend).toBe(`gpujs:${mode}`)
    const at = (seed: number) => valuesFrom(seed, inTypes(p.closed), range)
    for (const seed of points) expect(await agrees(s, at(seed), float32)).toBe(true)
    expect(await deterministic(s, at(1))).toBe(true)
    expect(await keepsInputs(s, at(1))).toBe(true)
    expect(await keepsOutputs(s, at(1), at(2))).toBe(true)
  })
})
