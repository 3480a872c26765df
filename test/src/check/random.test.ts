/** Random programs over the whole dictionary, whose derivatives are right: an alarm would be a false one. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import { checkGradients, showReport } from '../../../src/check/index.ts'
import { arbitraryProgram, inputRange } from '../../../src/testing/index.ts'

test('no alarm', () => {
  const programs = fc.sample(arbitraryProgram(), { numRuns: 25, seed: 11 })
  const reports = programs.flatMap((p, seed) => {
    const r = checkGradients(p, { seed, range: inputRange, samples: 1, coordinates: 4 })
    return E.isRight(r) ? [r.right] : []
  })
  const wrong = reports.filter((r) => r.verdict === 'wrong').map(showReport)
  expect(
    wrong,
    'the check is wrong, if test/lang/dictionary.test.ts is green; else correct the entry it names',
  ).toEqual([])
  expect(reports.filter((r) => r.verdict === 'correct').length).toBeGreaterThan(15)
})
