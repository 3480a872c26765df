/** A sample of the campaign of `npm run mutate`: wrong rules are found, and located. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { judge, mutants, tabulate, describe as text } from './mutate/campaign.ts'
import { kinds } from './mutate/mutations.ts'

const all = mutants(1)
/** About one in a hundred, chosen by what each is: a new primitive adds to the sample and leaves the rest of it. */
const isDrawn = (text: string): boolean => createHash('sha256').update(text).digest().readUInt32BE() % 97 === 5
const sample = all.filter((m) => isDrawn(`${m.op} ${m.modes} ${m.what}`))

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
