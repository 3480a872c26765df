/**
 * French of the primitives. A missing phrase is no failure: English takes its place, and the report of the tests
 * lists it as "todo", so that a maintainer who writes French can add it to src/explain/french.ts.
 */
import { expect, test } from 'vitest'
import { entries } from '../../../lang/primitives/index.ts'
import { frenchLoopLaws, frenchRules, frenchSentences } from '../../../src/explain/french.ts'
import { sentenceOf } from '../../../src/explain/ledger.ts'
import { lockstep } from '../../../src/transform/simplify/index.ts'
import { loopLaws } from '../../../src/transform/simplify/loops/index.ts'

for (const { name, sentence, rule } of entries) {
  if (frenchSentences[name] === undefined) test.todo(`French for ${name}: ${sentence}`)
  if (rule !== undefined && frenchRules[name] === undefined) test.todo(`French for the rule of ${name}: ${rule}`)
}

for (const law of [lockstep, ...loopLaws.map((l) => l.law)])
  if (frenchLoopLaws[law] === undefined) test.todo(`French for the law of loops: ${law}`)

test('a primitive is explained in both languages', () => {
  expect(sentenceOf('sin')).toEqual({ en: 'sine of an angle in radians', fr: 'sinus d’un angle en radians' })
})
test('a French phrase that is missing falls back to English', () => {
  const table: { sin?: string } = frenchSentences
  const { sin } = frenchSentences
  delete table.sin
  expect(sentenceOf('sin').fr).toBe('sine of an angle in radians')
  if (sin !== undefined) table.sin = sin
})
test('only primitives with a rule have a French rule', () => {
  const ruled = entries.filter((e) => e.rule !== undefined).map((e) => e.name)
  expect(Object.keys(frenchRules).filter((name) => !ruled.some((r) => r === name))).toEqual([])
})
test('only laws of loops have a French law', () => {
  const laws = new Set([lockstep, ...loopLaws.map((l) => l.law)])
  expect(Object.keys(frenchLoopLaws).filter((law) => !laws.has(law))).toEqual([])
})
