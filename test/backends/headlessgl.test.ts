/** gpu.js in mode headlessgl. Without the package gl or a display the tests are skipped, and the reason is printed. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { showBackendError } from '../../backends/error.ts'
import { gpujs } from '../../backends/gpujs/index.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { add, programOrThrow, real } from '../../src/index.ts'
import { arbitraryProgram, inputRange } from '../../src/testing/arbitrary/program.ts'
import { seeds, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { agrees, subject } from '../laws/backend.ts'
import { keepsState } from '../laws/residentState.ts'
import { large } from './large.ts'
import { zoo } from './zoo.ts'

const backend = gpujs({ mode: 'headlessgl' })
const first = await backend.compile(programOrThrow(real(3), (x) => add(x, x)))()
const isMissing = E.isLeft(first)
if (isMissing) console.warn(`headlessgl is not tested: ${showBackendError(first.left)}`)
else first.right.release()

test.runIf(isMissing)('the error for the missing mode says how to get it', () => {
  expect(first).toMatchObject({ left: { _tag: 'NoDevice', mode: 'headlessgl' } })
  expect(isMissing && showBackendError(first.left)).toMatch(/install the package gl .* and give it a display/)
})
describe.skipIf(isMissing)('gpujs headlessgl', () => {
  test.each([...zoo, ...large].map(([name, p]) => [name, p] as const))('%s', async (_, p) => {
    const s = await subject(backend, p)
    expect(await agrees(s, valuesFrom(1, inTypes(p.closed)), 2e-4)).toBe(true)
    s.release()
  })
  test('a product in a state on the device', async () => {
    expect(await keepsState(backend)).toBe(true)
  })
  test('random programs agree with the reference', async () => {
    const law = fc.asyncProperty(arbitraryProgram(), seeds, async (p, seed) => {
      const s = await subject(backend, p)
      const ok = await agrees(s, valuesFrom(seed, inTypes(p.closed), inputRange), 2e-4)
      s.release()
      return ok
    })
    await fc.assert(law, { numRuns: Number(process.env.RUNS ?? 20), seed: Number(process.env.SEED ?? 1) })
  })
})
