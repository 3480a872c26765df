/** A sentence that is missing in a language does not compile, nor does French for a primitive that does not exist. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { messages, type Table } from '../../src/explain/messages.ts'
import { compile } from './compile.ts'

/** What the generated file below reads: it does not count as a reader, so this import keeps both names exported. */
const all: Table = messages

const root = join(import.meta.dirname, '../..')
const head = `
import { messages, type Table } from ${JSON.stringify(join(root, 'src/explain/messages.ts'))}
import { frenchSentences } from ${JSON.stringify(join(root, 'src/explain/french.ts'))}
const { ruleChain, ...others } = messages
export const whole: Table = { ...others, ruleChain }
`
const wrong: readonly (readonly [what: string, line: string, says: RegExp])[] = [
  ['no French', 'export const a: Table = { ...others, ruleChain: { en: ruleChain.en } }', /'fr' is missing/],
  ['no such sentence', 'export const b: Table = others', /'ruleChain' is missing/],
  [
    'a sentence about something else',
    'export const c: Table = { ...others, ruleChain: { ...ruleChain, fr: ({ nothing }) => [nothing] } }',
    /'nothing' does not exist/,
  ],
  ['French for no primitive', "export const d: typeof frenchSentences = { sine: 'sinus' }", /'sine' does not exist/],
]

test('what is missing is an error, at its line', { timeout: 120_000 }, () => {
  expect(Object.keys(all)).toContain('ruleChain')
  const compiled = compile([head, ...wrong.map(([, line]) => line)].join('\n'))
  // the sources that it imports want types of Node, which a generated file goes without
  const errors = compiled.errors.filter((e) => e.includes('generated.mts'))
  expect([errors.length, errors]).toEqual([wrong.length, errors])
  wrong.forEach(([, , says], k) => {
    expect(errors[k]).toMatch(says)
  })
})
