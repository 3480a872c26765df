/** docs/coming-from.md is up to date, and each of our names there exists and has a docstring. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as adjoint from '../../src/index.ts'
import * as optim from '../../src/optim/index.ts'
import { rewritten, uses } from './page.ts'
import { said } from './said/index.ts'
import { names } from './samples.ts'
import { unsaid } from './unsaid.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/coming-from.md'), 'utf8')
/** Our names: those in the last column of the tables. */
const ours = new Set(
  page
    .split('\n')
    .filter((line) => /^\| .* \|$/.test(line) && !/^\| (?:---|PyTorch \| reason)/.test(line))
    .flatMap((line) => [...(line.split(' | ').at(-1) ?? '').matchAll(/`([\w.]+)`/g)].map(([, name]) => name ?? '')),
)
const sources = ['lang', 'src'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8')),
)

test('the page names every operator as it is said, or why it is not', () => {
  expect(names.filter((name) => !(name in said || name in unsaid))).toEqual([])
  expect(rewritten(page) === page, 'docs/coming-from.md is out of date: npm run operators').toBe(true)
})
test('the source of every saying is found', () => {
  const used = uses()
  expect(Object.keys(said).filter((name) => !used.has(name))).toEqual([])
})
test('our names on the page are exports', () => {
  const known = new Set([...Object.keys(adjoint), ...Object.keys(optim)])
  expect([...ours].filter((name) => !known.has(name.split('.')[0] ?? ''))).toEqual([])
})
test('our names on the page have docstrings', () => {
  const documented = (name: string): boolean => {
    const own = new RegExp(`\\*/\\n(?:// .*\\n)*export (?:const|function) ${name.replace(/^complex\./, '')}\\b`)
    return sources.some((text) => own.test(text))
  }
  expect([...ours].filter((name) => !documented(name))).toEqual([])
})
