/** The README's code is run unchanged, and prints what the README says. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { examplesIn, outputOf, root } from './markdown.ts'

const examples = examplesIn(readFileSync(join(root, 'README.md'), 'utf8'))

test('there are two: the twenty lines, and a check that fails', () => expect(examples.length).toBe(2))
test.each(examples)('what the code prints is what the README says', async (code, printed) => {
  expect(await outputOf(code)).toBe(printed)
})
