/** Random programs on WebGPU, at inputs where the mode does not deviate from the reference. */
import * as fc from 'fast-check'
import { describe, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { arbitraryProgram, inputRange } from '../../src/testing/arbitrary/program.ts'
import { seeds, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { agrees, subject } from '../laws/backend.ts'
import { missingWebgpu } from './webgpu.ts'

const missing = await missingWebgpu()
if (missing !== undefined) console.warn(`webgpu is not tested: ${missing}`)

/** Relative: a few equations, some with cancellation, lose a few digits. */
const float32 = 2e-4

describe.skipIf(missing !== undefined)('gpujs webgpu', () => {
  test('random programs agree with the reference', async () => {
    const law = fc.asyncProperty(arbitraryProgram(), seeds, async (p, seed) => {
      const s = await subject(gpujs({ mode: 'webgpu' }), p)
      const ok = await agrees(s, valuesFrom(seed, inTypes(p.closed), inputRange), float32)
      s.release()
      return ok
    })
    await fc.assert(law, { numRuns: Number(process.env.RUNS ?? 40), seed: Number(process.env.SEED ?? 1) })
  })
})
