/** A sample of the campaign of `npm run mutate`: wrong rules are found, and located. */
import { expect, test } from 'vitest'
import { judge, mutants, tabulate, describe as text } from './mutate/campaign.ts'
import { kinds } from './mutate/mutations.ts'

const all = mutants(1)
const sample = all.filter((_, k) => k % 97 === 5)

test('there are wrong rules of every kind, in most operations', () => {
  expect(all.length).toBeGreaterThan(1000)
  expect([...new Set(all.map((m) => m.kind))].sort()).toEqual([...kinds].sort())
  expect(new Set(all.map((m) => m.op)).size).toBeGreaterThan(50)
})
test('every wrong rule of the sample is found where it was planted', () => {
  const outcomes = sample.map(judge)
  expect(outcomes.filter((o) => o.fate === 'missed').map(text)).toEqual([])
  const found = outcomes.filter((o) => o.fate === 'found')
  expect(found.length).toBeGreaterThan(0.8 * outcomes.length)
  expect(found.filter((o) => !o.located).map(text)).toEqual([])
  expect(tabulate(outcomes).reduce((n, row) => n + row.planted, 0)).toBe(sample.length)
})
