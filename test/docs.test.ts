/** Files, scripts and links that the pages for contributors name exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

const root = join(import.meta.dirname, '..')
const decisions = readdirSync(join(root, 'docs/decisions'))
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'docs/accuracy-of-programs.md',
  'docs/architecture.md',
  'docs/coming-from.md',
  'docs/conventions.md',
  'docs/bench.md',
  'docs/mutation.md',
  ...decisions.map((page) => `docs/decisions/${page}`),
]

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8')
  const missing = (paths: readonly string[]): readonly string[] => [
    ...new Set(paths.filter((path) => !existsSync(join(root, path)))),
  ]
  test('names files of ours that exist', () => {
    // FAMILY.ts, ENGINE/ and the like stand for the name that a contributor chooses
    const paths = [...text.matchAll(/`((?:lang|src|backends|test|docs|examples)\/[\w./-]*)`/g)]
      .map(([, path]) => path as string)
      .filter((path) => !/[A-Z]{4}/.test(path))
    expect(missing(paths).map((path) => `${page} names ${path}, which does not exist`)).toEqual([])
  })
  test('links to pages that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link as string)
    const found = links.map((link) => join(dirname(page), link))
    expect(missing(found).map((path) => `${page} links to ${path}, which does not exist`)).toEqual([])
  })
  test('names scripts of package.json', () => {
    const scripts = [...text.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name as string)
    const unknown = scripts.filter((name) => !(name in manifest.scripts))
    expect(unknown.map((name) => `${page} names npm run ${name}, which package.json lacks`)).toEqual([])
  })
})
test('every decision is listed, has a number of its own, and says what was rejected', () => {
  const list = readFileSync(join(root, 'docs/decisions/README.md'), 'utf8')
  const numbered = decisions.filter((page) => page !== 'README.md').sort()
  expect(numbered.map((page) => Number(page.slice(0, 3)))).toEqual(numbered.map((_, k) => k + 1))
  for (const page of numbered) {
    expect(list).toContain(`(${page})`)
    const text = readFileSync(join(root, 'docs/decisions', page), 'utf8')
    expect([...text.matchAll(/^## (\w+)$/gm)].map(([, head]) => head)).toEqual([
      'Context',
      'Decision',
      'Consequences',
      'Rejected',
    ])
  }
})
