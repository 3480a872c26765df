/** WebGPU in Node against the reference: every entry's examples, whole programs, steps with a resident state. */
import { afterAll, describe, expect, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import { entries } from '../../lang/primitives/index.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { unit, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { programOf } from '../backends/execution.ts'
import { blocks, chain, zoo } from '../backends/zoo.ts'
import { agrees, deterministic, keepsInputs, keepsOutputs, subject } from '../laws/backend.ts'
import { keepsState } from '../laws/residentState.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)

const examples = entries.flatMap((e) => {
  const [x] = e.examples
  return x === undefined ? [] : [[e.name, programOf(e, x), x.range ?? unit] as const]
})
const programs = [...zoo, ...blocks, ['a chain', chain(300)] as const].map(([name, p]) => [name, p, unit] as const)

describe.skipIf(missing !== undefined)('gpujs webgpu', () => {
  const backend = gpujs({ mode: 'webgpu' })
  const releases: (() => void)[] = []
  afterAll(() => {
    for (const release of releases) release()
  })
  test.each([...examples, ...programs])('%s', async (_, p, range) => {
    const s = await subject(backend, p)
    releases.push(s.release)
    expect(s.executable.backend).toBe('gpujs:webgpu')
    const at = (seed: number) => valuesFrom(seed, inTypes(p.closed), range)
    for (const seed of [1, 2]) expect(await agrees(s, at(seed), 1e-5)).toBe(true)
    expect(await deterministic(s, at(1))).toBe(true)
    expect(await keepsInputs(s, at(1))).toBe(true)
    expect(await keepsOutputs(s, at(1), at(2))).toBe(true)
  })
  test('a product in a resident state', async () => {
    expect(await keepsState(backend)).toBe(true)
  })
})
