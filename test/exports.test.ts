/** An export has a reader: another file imports it, or an entry of the package leads to it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }

type Files = ReadonlyMap<string, string>
/** `name` of `file`; the name `*` stands for all of them. */
interface Use {
  readonly file: string
  readonly name: string
}

// -------------------------------------------------------------------------------------
// what files export and import
// -------------------------------------------------------------------------------------

const names = (list: string): readonly (readonly [outside: string, inside: string])[] =>
  list
    .split(',')
    .map((part) => part.trim().replace(/^type\s+/, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const [first = '', second = first] = part.split(/\s+as\s+/)
      return [first, second]
    })
const target = (from: string, spec: string): string => posix.join(posix.dirname(from), spec)
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')

const declared =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type|enum) (\w+)/gm
/** A destructuring export: `export const { a, b: c } = ...`. */
const destructured = /^export const [{[]([^}\]]*)[}\]] =/gm
const listed = /^export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/gm
const everything = /^export (?:type )?\* (?:as \w+ )?from '([^']+)'/gm
const imported = /^import (?:type )?(?:\w+, )?\{([^}]*)\} from '([^']+)'/gm
const whole = /^import (?:type )?\* as (\w+) from '([^']+)'/gm
const dynamic = /\bimport\(\s*(?:\/\*.*?\*\/\s*)?'([^']+)'\s*\)(?:\.(\w+))?/g

const exportsOf = (text: string): readonly string[] => [
  ...[...text.matchAll(declared)].map(([, name]) => name as string),
  ...[...text.matchAll(destructured)].flatMap(([, list]) =>
    (list as string)
      .split(',')
      .map((part) => part.replace(/.*:/, '').trim())
      .filter((name) => name !== ''),
  ),
  ...[...text.matchAll(listed)].flatMap(([, list]) => names(list as string).map(([, outside]) => outside)),
]
const usesOf = (path: string, text: string): readonly Use[] => {
  const of = (spec: string, name: string): Use => ({ file: target(path, spec), name })
  const local = (spec: string | undefined): spec is string => spec?.startsWith('.') === true
  return [
    ...[...text.matchAll(imported), ...text.matchAll(listed)].flatMap(([, list, spec]) =>
      local(spec) ? names(list as string).map(([name]) => of(spec, name)) : [],
    ),
    ...[...text.matchAll(everything)].flatMap(([, spec]) => (local(spec) ? [of(spec, '*')] : [])),
    // of a whole module, what is read of it; all of it where it is handed on
    ...[...text.matchAll(whole)].flatMap(([, alias, spec]) => {
      if (!local(spec)) return []
      const handedOn = new RegExp(`\\b${alias}\\b(?!\\.\\w)(?! from)`).test(text.replace(/^import .*$/gm, ''))
      return handedOn
        ? [of(spec, '*')]
        : [...text.matchAll(new RegExp(`\\b${alias}\\.(\\w+)`, 'g'))].map(([, name]) => of(spec, name as string))
    }),
    ...[...text.matchAll(dynamic)].flatMap(([, spec, name]) => (local(spec) ? [of(spec, name ?? '*')] : [])),
  ]
}

/** `file: name` for every export of `ours` that no file reads. What an entry exports is read by users. */
const unused = (files: Files, ours: RegExp, entries: readonly string[]): readonly string[] => {
  const texts = [...files].map(([path, text]) => [path, withoutComments(text)] as const)
  const read = new Set(texts.flatMap(([path, text]) => usesOf(path, text)).map((u) => `${u.file}: ${u.name}`))
  // `export * from` makes a file's exports those of the file that says so
  const passedOn = new Set(
    entries.flatMap((entry) => {
      const all = [entry]
      for (const file of all)
        for (const [, spec] of (files.get(file) ?? '').matchAll(everything)) all.push(target(file, spec as string))
      return all
    }),
  )
  return texts
    .filter(([path]) => ours.test(path) && !passedOn.has(path))
    .flatMap(([path, text]) => exportsOf(text).map((name) => [path, name] as const))
    .filter(([path, name]) => !read.has(`${path}: ${name}`) && !read.has(`${path}: *`))
    .map(([path, name]) => `${path}: ${name}`)
}

// -------------------------------------------------------------------------------------
// the tests
// -------------------------------------------------------------------------------------

const root = join(import.meta.dirname, '..')
const files: Files = new Map(
  ['lang', 'src', 'backends', 'examples', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => posix.join(folder, file.replaceAll('\\', '/')))
      .filter((path) => /\.(tsx?|mjs)$/.test(path) && !path.includes('node_modules') && !path.includes('/.'))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')] as const),
  ),
)
const entries = Object.values(manifest.exports)
  .flatMap((e) => (typeof e === 'string' ? [] : [e.default]))
  .concat(Object.values(manifest.bin).map((path) => `./${path}`))
  .map((path) => path.replace('./dist/', '').replace(/\.js$/, '.ts'))

test('every export is imported by another file or exported by the package', () => {
  expect(
    unused(files, /^(lang|src|backends)\//, entries).map(
      (e) =>
        `${e} is imported by no file: if users call it, export it in the index.ts that they import (README.md, What ` +
        'users import); else remove the word export, or all of it if its file does not use it',
    ),
  ).toEqual([])
})

describe('the test can fail', () => {
  const found = (texts: { readonly [path: string]: string }): readonly string[] =>
    unused(new Map(Object.entries(texts)), /^src\//, ['src/index.ts'])
  test.each([
    ['a constant', { 'src/a.ts': 'export const a = 1' }, ['src/a.ts: a']],
    ['a type', { 'src/a.ts': 'export interface A {}\nexport type B = A' }, ['src/a.ts: A', 'src/a.ts: B']],
    ['one that is imported', { 'src/a.ts': 'export const a = 1', 'src/b.ts': "import { type a } from './a.ts'" }, []],
    [
      'under another name',
      { 'src/a.ts': 'export const a = 1', 'test/b.ts': "import { a as b } from '../src/a.ts'" },
      [],
    ],
    [
      'in a comment',
      { 'src/a.ts': 'export const a = 1', 'src/b.ts': "// import { a } from './a.ts'" },
      ['src/a.ts: a'],
    ],
    ['of an entry', { 'src/index.ts': "export { a } from './a.ts'", 'src/a.ts': 'export const a = 1' }, []],
    ['through an entry', { 'src/index.ts': "export * from './a.ts'", 'src/a.ts': 'export const a = 1' }, []],
    [
      'exported again, unused',
      { 'src/a.ts': "export { b } from './b.ts'", 'src/b.ts': 'export const b = 1' },
      ['src/a.ts: b'],
    ],
    [
      'of a whole module',
      { 'src/a.ts': 'export const a = 1\nexport const b = 2', 'src/c.ts': "import * as A from './a.ts'\nA.a" },
      ['src/a.ts: b'],
    ],
    [
      'of a module handed on',
      { 'src/a.ts': 'export const a = 1', 'src/c.ts': "import * as A from './a.ts'\nf(A)" },
      [],
    ],
    ['of a module loaded later', { 'src/a.ts': 'export const a = 1', 'src/c.ts': "await import('./a.ts')" }, []],
  ])('%s', (_, texts, expected) => expect(found(texts as never)).toEqual(expected))
})
