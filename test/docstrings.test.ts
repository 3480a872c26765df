/** Every `@example` of lang, src and backends: type-checked, run, and compared with what it says. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  allExamples,
  type Example,
  entryPoints,
  examplesIn,
  exportsOf,
  moduleOf,
  root,
  sameValue,
} from './docstrings.ts'

const entries = entryPoints()
const examples = allExamples()
const folder = mkdtempSync(join(root, 'test', '.examples-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const titleOf = ({ file, line }: Example): string => `${file}:${line}`
const nameOf = ({ file, line }: Example): string => `${file.replaceAll('/', '.').replace(/\.ts$/, '')}.${line}.ts`
const write = (e: Example): string => {
  const path = join(folder, nameOf(e))
  writeFileSync(path, moduleOf(e, entries))
  return path
}
const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
/** What the compiler reports of these examples, in one run. */
const errorsIn = (some: readonly Example[]): readonly string[] => {
  const place = mkdtempSync(join(folder, 'types-'))
  const config = {
    extends: join(root, 'tsconfig.json'),
    // names are imported without saying which are types
    compilerOptions: {
      verbatimModuleSyntax: false,
      rewriteRelativeImportExtensions: false,
      noUnusedLocals: false,
      noUnusedParameters: false,
    },
    include: [],
    files: some.map((e) => join(place, nameOf(e))),
  }
  for (const e of some) writeFileSync(join(place, nameOf(e)), moduleOf(e, entries))
  writeFileSync(join(place, 'tsconfig.json'), JSON.stringify(config))
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', place, '--pretty', 'false'], {
    encoding: 'utf8',
    cwd: place,
  })
  return `${stdout}${stderr}`.split('\n').filter((line) => line.trim() !== '')
}
const planted = (code: string): Example => ({ file: 'lang/index.ts', line: 1, code })

describe('the test itself', () => {
  test('finds blocks, up to the next tag or the end of the comment', () => {
    const text =
      '/** @example no block */\n/**\n * Text.\n *\n * @example\n * f(1)\n * f(2)\n * @example\n * g()\n */\nconst x = 1'
    expect(examplesIn('a.ts', text)).toEqual([
      { file: 'a.ts', line: 5, code: 'f(1)\nf(2)' },
      { file: 'a.ts', line: 8, code: 'g()' },
    ])
  })
  test('knows what a file exports', () =>
    expect(
      exportsOf('a.ts', "export const f = 1\nexport type A = 1\nexport { type B, c as d } from './b.ts'\nconst e = 2"),
    ).toEqual(['f', 'A', 'B', 'd']))
  test('compares numbers to six digits, and typed arrays as arrays', () => {
    expect(sameValue({ x: Float32Array.of(0.1, 2) }, { x: [0.1, 2] })).toBe(true)
    expect(sameValue([1.001], [1])).toBe(false)
    expect(sameValue([1, 2], [1])).toBe(false)
    expect(sameValue({ x: 1 }, { y: 1 })).toBe(false)
  })
  test('an example with a wrong value fails', async () => {
    await import(/* @vite-ignore */ write(planted('real(2, 3).shape // => [2, 3]')))
    const wrong = import(/* @vite-ignore */ write({ ...planted('real(2, 3).shape // => [2, 2]'), line: 2 }))
    await expect(wrong).rejects.toThrow('the example says [2,2], but the value is [2,3]')
  })
  test('an example with a wrong type or an unknown name is an error of the compiler', () => {
    const found = errorsIn([planted('const x = tensor([2], [1, 2])\nadd(x, tensor([3], [1, 2, 3]))\nnoSuchName(x)')])
    expect(found.filter((line) => line.includes('lang.index')).length).toBe(2)
  })
})

describe('every example', () => {
  beforeAll(() => {
    mkdirSync(folder, { recursive: true })
  })
  test('there are some in every layer', () => {
    const layers = new Set(examples.map((e) => e.file.split('/')[0]))
    expect(layers).toEqual(new Set(['lang', 'src', 'backends']))
  })
  test('has no error of the compiler', () => expect(errorsIn(examples)).toEqual([]))
  test.each(examples.map((e) => [titleOf(e), e] as const))('%s runs', async (_, e) => {
    await import(/* @vite-ignore */ write(e))
  })
})
