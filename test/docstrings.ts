/**
 * The examples in docstrings, as modules: every `@example` block of lang, src and backends is a module of its own,
 * whose names are imported from the package's entry points. So an example reads as a user would write it, less its
 * imports.
 *
 *     expression // => value      the expression has this value; numbers agree to six digits, typed arrays are arrays
 *
 * A name that several entry points export comes from the one of the example's own folder, else from `adjoint`. An
 * example that needs another one has the import itself. A function that no entry point exports comes from its file.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

export const root = join(import.meta.dirname, '..')

/** An example: the file and line of its docstring, and its code. */
export interface Example {
  readonly file: string
  readonly line: number
  readonly code: string
}
/** Something to import from: its file, and the names it exports. */
interface Origin {
  readonly file: string
  readonly names: ReadonlySet<string>
}

// -- finding examples ------------------------------------------------------------------------------------------------

const withoutStar = (line: string): string => line.replace(/^\s*\* ?/, '')
/** The examples in the text of a file. A block ends at the next tag or with its comment. */
export const examplesIn = (file: string, text: string): readonly Example[] =>
  [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
    const lines = comment[0].replace(/\s*\*\/$/, '').split('\n')
    const first = text.slice(0, comment.index).split('\n').length
    return lines.flatMap((start, k) => {
      if (!/^\s*\* @example\s*$/.test(start)) return []
      const rest = lines.slice(k + 1).map(withoutStar)
      const end = rest.findIndex((line) => line.startsWith('@'))
      return [{ file, line: first + k, code: (end < 0 ? rest : rest.slice(0, end)).join('\n').trimEnd() }]
    })
  })
const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(folder, file.replaceAll('\\', '/')))
    .sort()
const read = (file: string): string => readFileSync(join(root, file), 'utf8')
export const allExamples = (): readonly Example[] =>
  ['lang', 'src', 'backends'].flatMap(filesIn).flatMap((file) => examplesIn(file, read(file)))

// -- what a file exports ---------------------------------------------------------------------------------------------

const listed = (names: string): readonly string[] =>
  names
    .split(',')
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((name) => name !== '')
/** The names that a file exports, with those of the files that it passes on whole. */
export const exportsOf = (file: string, text = read(file)): readonly string[] => [
  ...[...text.matchAll(/^export (?:declare )?(?:const|type|interface|class|function) (\w+)/gm)].map(([, n]) => n ?? ''),
  ...[...text.matchAll(/^export \* as (\w+) from/gm)].map(([, n]) => n ?? ''),
  ...[...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) => listed(names ?? '')),
  ...[...text.matchAll(/^export (?:type )?\* from '([^']+)'/gm)].flatMap(([, from]) =>
    exportsOf(posix.join(posix.dirname(file), from ?? '')),
  ),
]
const origin = (file: string): Origin => ({ file, names: new Set(exportsOf(file)) })

/** The package's entry points: 'adjoint', 'adjoint/nn', ..., each with its source. */
export const entryPoints = (): ReadonlyMap<string, Origin> => {
  const { exports } = JSON.parse(read('package.json')) as { readonly exports: { readonly [name: string]: unknown } }
  return new Map(
    Object.entries(exports).flatMap(([name, to]) => {
      const built = typeof to === 'object' && to !== null && 'default' in to ? String(to.default) : ''
      if (!built.endsWith('.js')) return []
      const source = built.replace('./dist/', '').replace(/\.js$/, '.ts')
      return [[posix.join('adjoint', name), origin(source)] as const]
    }),
  )
}

// -- modules ---------------------------------------------------------------------------------------------------------

/** What examples use of other packages without saying so. */
const packages: readonly (readonly [name: string, line: string])[] = [
  ['pipe', "import { pipe } from 'fp-ts/lib/function.js'"],
  ['E', "import * as E from 'fp-ts/lib/Either.js'"],
  ['TE', "import * as TE from 'fp-ts/lib/TaskEither.js'"],
  ['fc', "import * as fc from 'fast-check'"],
]
const declaredIn = (code: string): ReadonlySet<string> =>
  new Set(
    [...code.matchAll(/(?:^|\n)\s*(?:const|let|type|function)\s+(?:(\w+)|[[{]([^\]}=]*)[\]}])/g)].flatMap(
      ([, one, several]) => (one === undefined ? [...(several ?? '').matchAll(/\w+/g)].map(([n]) => n) : [one]),
    ),
  )
const importedIn = (code: string): readonly string[] =>
  [...code.matchAll(/^import (?:type )?\{([^}]*)\}/gm)].flatMap(([, names]) => listed(names ?? ''))
/** Every name in the code that is not a property, a key or a part of a text. */
const usedIn = (code: string): ReadonlySet<string> =>
  new Set(
    [
      ...code
        .replaceAll(/\/\/.*$/gm, '')
        .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''")
        .matchAll(/(?<!\w|(?<!\.\.)\.)[A-Za-z_]\w*\b(?!\s*:(?!:))/g),
    ].map(([name]) => name),
  )
const importFrom = (file: string, names: readonly string[]): string =>
  `import { ${names.join(', ')} } from ${JSON.stringify(join(root, file))}`

/** `expression // => value` as a comparison. */
const compared = (line: string): string => {
  const [, indent = '', expression, value] = /^(\s*)(.*\S)\s+\/\/ => (.*)$/.exec(line) ?? []
  if (expression === undefined) return line
  const [, name] = /^const (\w+)\b/.exec(expression) ?? []
  return name === undefined
    ? `${indent}hasValue(${expression}, ${value})`
    : `${indent}${expression}\n${indent}hasValue(${name}, ${value})`
}
/** The module of an example: imports, then its code. */
export const moduleOf = ({ file, code }: Example, entries: ReadonlyMap<string, Origin>): string => {
  const points = [...entries.values()]
  const own = points.filter((o) => file.startsWith(`${posix.dirname(o.file)}/`) && o.file !== 'src/index.ts')
  const main = points.filter((o) => o.file === 'src/index.ts')
  // layers, data and training draw outside programs, under the names that `adjoint` has for drawing inside them
  const outside = points.filter((o) => file.startsWith('src/') && o.file === 'src/random/index.ts')
  const order = [...own, ...outside, ...main, ...points, origin(file)]
  const known = new Set([...declaredIn(code), ...importedIn(code)])
  const needed = [...usedIn(code)].filter((name) => !known.has(name))
  const foreign = packages.filter(([name]) => needed.includes(name))
  const found = new Map<string, readonly string[]>()
  for (const name of needed) {
    const from = foreign.some(([n]) => n === name) ? undefined : order.find((o) => o.names.has(name))?.file
    if (from !== undefined) found.set(from, [...(found.get(from) ?? []), name])
  }
  const explicit = code.replaceAll(/from '(adjoint[\w/]*)'/g, (whole, name: string) => {
    const point = entries.get(name)
    return point === undefined ? whole : `from ${JSON.stringify(join(root, point.file))}`
  })
  return [
    ...foreign.map(([, line]) => line),
    ...[...found].map(([from, names]) => importFrom(from, names)),
    importFrom('test/docstrings.ts', ['hasValue']),
    ...explicit.split('\n').map(compared),
    'void hasValue',
    'export {}',
    '',
  ].join('\n')
}

// -- values ----------------------------------------------------------------------------------------------------------

const close = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) <= 1e-6 * Math.abs(b)
const plain = (x: unknown): unknown => (ArrayBuffer.isView(x) ? [...(x as Float64Array)] : x)
/** Whether two values are equal: data, in arrays and records; numbers to six digits. */
export const sameValue = (a: unknown, b: unknown): boolean => {
  const [x, y] = [plain(a), plain(b)]
  if (typeof x === 'number' && typeof y === 'number') return close(x, y)
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return Object.is(x, y)
  const [xs, ys] = [Object.entries(x), Object.entries(y)]
  return xs.length === ys.length && xs.every(([key, value]) => key in y && sameValue(value, Reflect.get(y, key)))
}
/** What `// =>` becomes. Throws where the values differ. */
export const hasValue = (found: unknown, stated: unknown): void => {
  if (sameValue(found, stated)) return
  const show = (x: unknown): string => JSON.stringify(plain(x)) ?? String(x)
  throw new Error(`the example says ${show(stated)}, but the value is ${show(found)}`)
}
