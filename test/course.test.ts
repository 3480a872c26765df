/** The course is run: the code of every chapter prints the output below it, and each chapter links to the next. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { examplesIn, outputOf, root } from './markdown.ts'

const folder = join(root, 'docs', 'course')
const chapters = readdirSync(folder).filter((f) => /^\d\d-/.test(f))
const read = (f: string): string => readFileSync(join(folder, f), 'utf8')

test('ten chapters, all in the contents, each leading to the next', () => {
  expect(chapters.length).toBe(10)
  for (const [k, chapter] of chapters.entries()) {
    expect(read('README.md')).toContain(`(${chapter})`)
    if (k + 1 < chapters.length) expect(read(chapter)).toContain(`Next: [`)
    if (k + 1 < chapters.length) expect(read(chapter)).toContain(`(${chapters[k + 1]})`)
    for (const [, link = ''] of read(chapter).matchAll(/\]\(([^)]+)\)/g))
      expect(existsSync(join(folder, link))).toBe(true)
  }
})
describe.each(chapters)('%s', (chapter) => {
  const examples = examplesIn(read(chapter))
  test('all its code says what it prints', () => {
    expect(examples.length).toBeGreaterThan(1)
    expect(examples.length).toBe(read(chapter).match(/^```ts$/gm)?.length)
  })
  test.each(examples.map(([code, printed], k) => [k + 1, code, printed] as const))(
    'block %i',
    async (_, code, printed) => {
      expect(await outputOf(code)).toBe(printed)
    },
  )
})
