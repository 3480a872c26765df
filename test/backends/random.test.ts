/** Random programs on gpu.js: fusion, order and every form at once. */
import * as fc from 'fast-check'
import { describe, test } from 'vitest'
import { gpujs } from '../../backends/gpujs/index.ts'
import { inTypes } from '../../lang/syntax/closed.ts'
import { arbitraryProgram, inputRange } from '../../src/testing/arbitrary/program.ts'
import { seeds, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { agrees, subject } from '../laws/backend.ts'

/** Programs of a few equations lose a few digits, and cancel. */
const float32 = 2e-4

describe.each(['cpu', 'webasm'] as const)('gpujs %s', (mode) => {
  test('random programs agree with the reference', async () => {
    const law = fc.asyncProperty(arbitraryProgram(), seeds, async (p, seed) => {
      const s = await subject(gpujs({ mode }), p)
      const ok = await agrees(s, valuesFrom(seed, inTypes(p.closed), inputRange), float32)
      s.release()
      return ok
    })
    await fc.assert(law, { numRuns: Number(process.env.RUNS ?? 60), seed: Number(process.env.SEED ?? 1) })
  })
})
