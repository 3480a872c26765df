/** What holds of every program, and where special floats go wrong: the checks that Node has, on a back end of the page. */
import * as fc from 'fast-check'
import { inTypes } from '../../../lang/syntax/closed.ts'
import { arbitraryProgram, inputRange } from '../../../src/testing/arbitrary/program.ts'
import { seeds, valuesFrom } from '../../../src/testing/arbitrary/values.ts'
import { backendNamed } from '../../backends/named.ts'
import { type Point, special, wrongPoints } from '../../backends/special.ts'
import { agrees, deterministic, keepsInputs, subject } from '../../laws/backend.ts'

/** Programs of a few equations lose a few digits, and cancel. */
const float32 = 2e-4

/** Random programs agree with the reference, twice to the same bits, and write to no input. Empty, or the counterexample. */
const randomPrograms = async (name: string, numRuns: number, seed: number): Promise<string> => {
  const law = fc.asyncProperty(arbitraryProgram(), seeds, async (p, from) => {
    const s = await subject(backendNamed(name), p)
    const x = valuesFrom(from, inTypes(p.closed), inputRange)
    const ok = (await agrees(s, x, float32)) && (await deterministic(s, x)) && (await keepsInputs(s, x))
    s.release()
    return ok
  })
  const found = await fc.check(law, { numRuns, seed })
  return found.failed ? (fc.defaultReportMessage(found) ?? 'failed') : ''
}
/** Where a primitive, by its name in the list, is wrong at special floats. */
const wrongSpecials = (backend: string, name: string): Promise<readonly Point[]> => {
  const [, program] = special.find(([known]) => known === name) ?? []
  if (program === undefined) throw new Error(`no special case is called ${name}`)
  return wrongPoints(backendNamed(backend), name, program)
}

export const laws = { randomPrograms, wrongSpecials }
