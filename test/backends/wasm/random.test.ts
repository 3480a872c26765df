/** Random programs in WebAssembly: fusion, order and every form at once. */
import * as fc from 'fast-check'
import { test } from 'vitest'
import { wasm } from '../../../backends/wasm/index.ts'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { arbitraryProgram, inputRange } from '../../../src/testing/arbitrary/program.ts'
import { seeds, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { agrees, subject } from '../../laws/backend.ts'

/** Programs of a few equations lose a few digits, and cancel. */
const cases = [
  ['float32', 2e-4],
  ['float64', 1e-11],
] as const

test.each(cases)('random programs agree with the reference in %s', async (precision, within) => {
  const law = fc.asyncProperty(arbitraryProgram(), seeds, async (p, seed) => {
    const s = await subject(wasm({ precision }), p)
    const ok = await agrees(s, valuesFrom(seed, inTypes(p.closed), inputRange), within)
    s.release()
    return ok
  })
  await fc.assert(law, { numRuns: Number(process.env.RUNS ?? 100), seed: Number(process.env.SEED ?? 1) })
})
