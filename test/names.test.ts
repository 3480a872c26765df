/** Exported type names are unique in a layer, so that a name that a reader meets anywhere in it has one meaning. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'

type Layer = 'lang' | 'src' | 'backends'
interface Source {
  readonly path: string
  readonly text: string
}

const root = join(import.meta.dirname, '..')
const sourcesOf = (layer: Layer): readonly Source[] =>
  readdirSync(join(root, layer), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(layer, file.replaceAll('\\', '/')))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

/** The types that a file declares and exports; names that it passes on from another file do not count. */
const declaredIn = (text: string): readonly string[] =>
  [...text.matchAll(/^export (?:declare )?(?:interface|type|class|enum) (\w+)/gm)].map(([, name]) => name as string)

/** Names that several files declare, each with those files. */
const repeatedIn = (sources: readonly Source[]): ReadonlyMap<string, readonly string[]> => {
  const files = new Map<string, readonly string[]>()
  for (const { path, text } of sources)
    for (const name of new Set(declaredIn(text))) files.set(name, [...(files.get(name) ?? []), path])
  return new Map([...files].filter(([, paths]) => paths.length > 1))
}

/** Names that may be declared twice in a layer, each with the reason. */
const allowed: { readonly [L in Layer]: { readonly [name: string]: string } } = {
  lang: {},
  src: {},
  backends: {},
}

describe('the test itself', () => {
  const planted = (...texts: readonly string[]): readonly string[] => [
    ...repeatedIn(texts.map((text, k) => ({ path: `lang/${k}.ts`, text }))).keys(),
  ]
  test.each([
    ['two interfaces', ['export interface Step {}', 'export interface Step {}'], ['Step']],
    ['an interface and a type', ['export interface Step<A> {}', 'export type Step = number'], ['Step']],
    ['a class and a type', ['export class Step {}', 'const x = 1\nexport type Step = number'], ['Step']],
  ])('finds %s of one name', (_, texts, names) => expect(planted(...texts)).toEqual(names))
  test.each([
    ['a type that is not exported', ['export interface Step {}', 'interface Step {}']],
    ['a type that is passed on', ['export interface Step {}', "export type { Step } from './0.ts'"]],
    ['a value', ['export type Step = number', 'export const Step = 1']],
    ['a longer name', ['export type Step = number', 'export type StepOf<A> = A']],
  ])('does not count %s', (_, texts) => expect(planted(...texts)).toEqual([]))
})

describe.each(['lang', 'src', 'backends'] as const)('in %s', (layer) => {
  const repeated = repeatedIn(sourcesOf(layer))
  test('every exported type name is declared once: rename all but one of those listed here', () =>
    expect([...repeated].filter(([name]) => !(name in allowed[layer]))).toEqual([]))
  test('every name that may be declared twice still is: remove those listed here from `allowed`', () =>
    expect(Object.keys(allowed[layer]).filter((name) => !repeated.has(name))).toEqual([]))
})
