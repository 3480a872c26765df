/** The README shows how cosine is added: its lines are those of the dictionary. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../../..')
const read = (path: string): readonly string[] => readFileSync(join(root, path), 'utf8').split('\n')

test('every line of the example is in lang/primitives/elementwise.ts, as it is written there', () => {
  const readme = read('README.md')
  const start = readme.indexOf('```diff', readme.indexOf('## Adding a primitive')) + 1
  const shown = readme.slice(start, readme.indexOf('```', start)).filter((line) => line !== '@@')
  const table = new Set(read('lang/primitives/elementwise.ts'))
  expect(shown.length).toBeGreaterThan(5)
  expect(shown.map((line) => line.slice(1)).filter((line) => !table.has(line))).toEqual([])
})
