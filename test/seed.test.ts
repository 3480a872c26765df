import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { seed } from './seed.ts'

test('properties and samples draw the same, run after run', () => {
  const drawn = (): readonly number[] => {
    const values: number[] = []
    fc.assert(fc.property(fc.integer(), (n) => values.push(n) > 0))
    return values
  }
  expect(drawn()).toEqual(drawn())
  expect(fc.sample(fc.integer(), 5)).toEqual(fc.sample(fc.integer(), { seed, numRuns: 5 }))
  expect(fc.sample(fc.integer(), 5)).not.toEqual(fc.sample(fc.integer(), { seed: seed + 1, numRuns: 5 }))
})
