/** The faults of `npm run mutate:sources` still fit the sources. The campaign itself runs by hand: docs/mutation.md. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exchangesIn, folders, named } from './faults.ts'

const at = (path: string): URL => new URL(`../../${path}`, import.meta.url)

test('every named fault replaces text that its file has once, and names tests that exist', () => {
  for (const { file, before, tests } of named) {
    expect(readFileSync(at(file), 'utf8').split(before).length, `${file}: ${before}`).toBe(2)
    for (const t of tests) expect(existsSync(at(t)), t).toBe(true)
  }
  for (const { folder, quick = [], tests } of folders)
    for (const t of [folder, ...quick, ...tests]) expect(existsSync(at(t)), t).toBe(true)
})
test('operators are exchanged in code, not in comments, types and imports', () => {
  const text = ['/** a + b */', 'type T = A && B', 'const c = a + b === 2'].join('\n')
  expect(exchangesIn(text).map(({ line }) => line)).toEqual(['const c = a + b !== 2', 'const c = a - b === 2'])
})
