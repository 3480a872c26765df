/** Which folder may import which: those above it in the README's map. No import cycles. */
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'

type Source = { readonly path: string; readonly text: string }
type Import = { readonly from: string; readonly spec: string }
type Edges = ReadonlyMap<string, readonly string[]>

// -------------------------------------------------------------------------------------
// the rules
// -------------------------------------------------------------------------------------

const root = join(import.meta.dirname, '..')

/** The folders of the README's map, in its order. */
const readMap = (readme: string): readonly string[] => {
  const table = readme
    .slice(readme.indexOf('## The map'))
    .split('\n')
    .filter((line) => line.startsWith('|'))
  return table
    .slice(2)
    .flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([^`]+\/)`/g)].map(([, folder]) => folder as string))
}
const map = readMap(readFileSync(join(root, 'README.md'), 'utf8'))

/** Whether a file collects what users import: it counts as below everything of its own part. */
const isEntry = (file: string): boolean => /^(lang|src|backends)\/index\.ts$/.test(file)
const partOf = (path: string): string => path.slice(0, path.indexOf('/') + 1)
/** The folder of the map that a file belongs to. One like lang/ has only the files directly in it. */
const roomOf = (file: string): string | undefined => {
  const holds = (folder: string): boolean =>
    folder.split('/').length > 2 || folder === 'examples/'
      ? file.startsWith(folder)
      : posix.dirname(file) === folder.slice(0, -1)
  return map
    .filter(holds)
    .reduce<string | undefined>((a, b) => (a !== undefined && a.length > b.length ? a : b), undefined)
}
/** The last folder of the map that a file may import from; undefined where the map lacks its folder. */
const placeOf = (file: string): number | undefined => {
  if (isEntry(file))
    return map.findLastIndex((folder) => partOf(folder) === partOf(file) && folder !== 'src/cli/') + 0.5
  const room = roomOf(file)
  return room === undefined ? undefined : map.indexOf(room)
}
const wrongPlace = ({ path }: Source): readonly string[] =>
  placeOf(path) === undefined ? [`${path} is in no folder of the README's map: add its folder to the table`] : []
const wrongOrder = (i: Import): readonly string[] => {
  if (wrongArrow(i).length > 0) return []
  const [from, to] = [placeOf(i.from), isRelative(i.spec) ? placeOf(target(i)) : undefined]
  return from !== undefined && to !== undefined && to > from
    ? [`${i.from} imports ${target(i)}, which is below it in the README's map`]
    : []
}

/** The source files of the package's entries: 'src/index.ts'. */
const packageEntries: readonly string[] = [
  ...readFileSync(join(root, 'package.json'), 'utf8').matchAll(/"default": "\.\/dist\/(.*)\.js"/g),
].map(([, file]) => `${file}.ts`)

/** Rules beyond the order. The first layer that matches a file says which of our files it may import. */
const layers: readonly { readonly of: RegExp; readonly may: RegExp; readonly says: string }[] = [
  { of: /^lang\//, may: /^lang\//, says: 'lang imports nothing of ours' },
  { of: /^src\/cli\//, may: /^(lang|src|backends|examples)\//, says: 'src/cli imports lang, src, backends, examples' },
  {
    of: /^src\/(random|nn)\//,
    may: /^(lang\/|src\/(?!cli\/)|backends\/wasm\/assembler\/)/,
    says: 'src imports lang and src, and first numbers are computed by instructions of backends/wasm/assembler',
  },
  { of: /^src\//, may: /^(lang\/|src\/(?!cli\/))/, says: 'src imports lang and src' },
  {
    of: /^backends\//,
    may: /^(lang\/|backends\/|src\/transform\/simplify\/)/,
    says: 'backends imports lang, backends and src/transform/simplify',
  },
  {
    of: /^examples\/index\.ts$/,
    may: /^(examples\/|src\/systems\/index\.ts$)/,
    says: 'examples/index.ts imports the examples, and src/systems, which wraps them',
  },
  {
    of: /^examples\//,
    may: new RegExp(`^(examples/|(${packageEntries.join('|')})$)`),
    says: 'examples import what the package exports, so that users can copy them, and other examples',
  },
]

const isRelative = (spec: string): boolean => /^\.{1,2}(\/|$)/.test(spec)
const isFrom = (name: string, spec: string): boolean => spec === name || spec.startsWith(`${name}/`)
const target = ({ from, spec }: Import): string => posix.join(posix.dirname(from), spec)

const wrongArrow = (i: Import): readonly string[] => {
  const layer = layers.find(({ of }) => of.test(i.from))
  return layer && isRelative(i.spec) && !layer.may.test(target(i))
    ? [`${i.from} imports ${target(i)}: ${layer.says}`]
    : []
}
const wrongEnding = ({ from, spec }: Import): readonly string[] =>
  isRelative(spec) && !/\.tsx?$/.test(spec) ? [`${from} imports '${spec}': relative imports end in .ts`] : []

const wrongFpTs = ({ from, spec }: Import): readonly string[] =>
  isFrom('fp-ts', spec) && !/^fp-ts\/lib\/\w+\.js$/.test(spec)
    ? [`${from} imports '${spec}': fp-ts is imported as 'fp-ts/lib/X.js'`]
    : []
const wrongGpu = ({ from, spec }: Import): readonly string[] =>
  isFrom('gpu.js', spec) && !from.startsWith('backends/gpujs/')
    ? [`${from} imports '${spec}': gpu.js is imported only under backends/gpujs/`]
    : []

/** Only src/disk and the command line import Node: everything else runs in a page. Back ends look for it at run time. */
const wrongNode = ({ from, spec }: Import): readonly string[] =>
  // pool.ts holds, as text, the program of a worker that Node runs
  isBuiltin(spec) &&
  /^(lang|src|backends)\//.test(from) &&
  !/^(src\/(disk|cli)\/|backends\/wasm\/host\/pool\.ts$)/.test(from)
    ? [`${from} imports '${spec}': Node is for src/disk and src/cli`]
    : []

/** Files that work on any program, and which files of lang/primitives they may import: back ends name no primitive. */
const blind: readonly { readonly of: RegExp; readonly may: RegExp }[] = [
  { of: /^backends\//, may: /^(index|entry)\.ts$/ },
  { of: /^src\/transform\/linear\.ts$/, may: /^(index|entry|structuralZeros|elementwise)\.ts$/ },
  { of: /^src\/transform\/vmap\.ts$/, may: /^(index|entry|broadcast)\.ts$/ },
  { of: /^src\/transform\/grad\.ts$/, may: /^(entry|constant)\.ts$/ },
  { of: /^src\/transform\/(apply|jvp|vjp|linearize|transpose)\.ts$/, may: /^(entry|structuralZeros)\.ts$/ },
  { of: /^src\/transform\/(wrt|jet)\.ts$/, may: /^(entry|structuralZeros)\.ts$/ },
  { of: /^src\/transform\/series\.ts$/, may: /^(index|entry|structuralZeros|bodies|elementwise)\.ts$/ },
  { of: /^src\/transform\/cost\.ts$/, may: /^(index|entry)\.ts$/ },
  { of: /^lang\/(evaluate|axes|validate)\.ts$/, may: /^(index|entry)\.ts$/ },
]
const wrongPrimitive = (i: Import): readonly string[] => {
  const file = /^lang\/primitives\/(.*)$/.exec(isRelative(i.spec) ? target(i) : '')?.[1]
  const rule = blind.find(({ of }) => of.test(i.from))
  return file !== undefined && rule && !rule.may.test(file)
    ? [`${i.from} imports ${target(i)}: it works on any primitive, and names none`]
    : []
}
/** Finds comparisons with the name of a primitive: `q.op === 'add'`. */
const wrongName = ({ path, text }: Source): readonly string[] =>
  blind.some(({ of }) => of.test(path))
    ? [...text.matchAll(/(?<!typeof \w*)\.op\s*[!=]==?\s*['"`](\w+)|entryOf\(\s*['"`](\w+)/g)].map(
        ([, a, b]) => `${path} names the primitive ${a ?? b}`,
      )
    : []

// -------------------------------------------------------------------------------------
// imports and cycles
// -------------------------------------------------------------------------------------

/** `import … from 's'`, `export … from 's'`, `import 's'`, `import('s')`, `require('s')`. */
const importPattern =
  /^[ \t]*(?:import|export)\b(?:[^'"`;]*?\bfrom)?\s*(['"])([^'"\n]+)\1|\b(?:import|require)\(\s*(['"])([^'"\n]+)\3/gm

const imports = ({ path, text }: Source): readonly Import[] =>
  [...text.matchAll(importPattern)].map(([, , statement, , call]) => ({
    from: path,
    spec: statement ?? call ?? '',
  }))

const edges = (sources: readonly Source[]): Edges =>
  new Map(
    sources.map((s) => [
      s.path,
      imports(s)
        .filter((i) => isRelative(i.spec))
        .map(target),
    ]),
  )

/** Strongly connected components, by Tarjan; one file alone counts only if it imports itself. */
const components = (graph: Edges): readonly (readonly string[])[] => {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const lower = (v: string, to: number): unknown => low.set(v, Math.min(low.get(v) ?? to, to))
  const visit = (v: string): void => {
    index.set(v, index.size)
    lower(v, index.size - 1)
    stack.push(v)
    for (const w of graph.get(v) ?? []) {
      if (!graph.has(w)) continue
      if (!index.has(w)) visit(w)
      if (stack.includes(w)) lower(v, low.get(w) ?? 0)
    }
    if (low.get(v) === index.get(v)) found.push(stack.splice(stack.indexOf(v)))
  }
  for (const v of graph.keys()) if (!index.has(v)) visit(v)
  return found.filter(([v = '', ...others]) => others.length > 0 || graph.get(v)?.includes(v))
}

/** A shortest cycle through the first file of a component. */
const shortestCycle = (graph: Edges, component: readonly string[]): readonly string[] => {
  const [start = ''] = component
  const seen = new Set<string>()
  let paths: string[][] = [[start]]
  while (paths.length > 0) {
    const longer = paths.flatMap((p) =>
      (graph.get(p.at(-1) ?? '') ?? []).filter((w) => component.includes(w) && !seen.has(w)).map((w) => [...p, w]),
    )
    const closed = longer.find((p) => p.at(-1) === start)
    if (closed) return closed
    for (const p of longer) seen.add(p.at(-1) ?? '')
    paths = longer
  }
  return component
}

const cycles = (sources: readonly Source[]): readonly string[] => {
  const graph = edges(sources)
  return components(graph).map((component) => `cycle: ${shortestCycle(graph, component).join(' -> ')}`)
}

/** What pages import. */
const forPages = /^(src\/((nn|optim|train|data|explain|check|draw)\/)?|backends\/|lang\/)index\.ts$/
/** A way from an entry for pages to what reads files. */
const waysToDisk = (sources: readonly Source[]): readonly string[] => {
  const graph = edges(sources)
  return [...graph.keys()]
    .filter((entry) => forPages.test(entry))
    .flatMap((entry) => {
      const before = new Map<string, readonly string[]>([[entry, [entry]]])
      for (const [file, way] of before)
        for (const next of graph.get(file) ?? []) if (!before.has(next)) before.set(next, [...way, next])
      const way = [...before.values()].find(([...files]) => files.at(-1)?.startsWith('src/disk/'))
      return way === undefined ? [] : [`pages cannot import ${entry}: ${way.join(' -> ')}`]
    })
}

const violations = (sources: readonly Source[]): readonly string[] => [
  ...sources
    .flatMap(imports)
    .flatMap((i) =>
      [wrongArrow, wrongOrder, wrongEnding, wrongFpTs, wrongGpu, wrongNode, wrongPrimitive].flatMap((rule) => rule(i)),
    ),
  ...sources.flatMap(wrongName),
  ...sources.flatMap(wrongPlace),
  ...cycles(sources),
  ...waysToDisk(sources),
]

// -------------------------------------------------------------------------------------
// the tests
// -------------------------------------------------------------------------------------

const under = (folder: string): readonly Source[] =>
  readdirSync(root).includes(folder)
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((f) => /\.tsx?$/.test(f) && !f.includes('node_modules'))
        .map((f) => posix.join(folder, f.replaceAll('\\', '/')))
        .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
    : []

test('the arrows hold', () => {
  const sources = ['lang', 'src', 'backends', 'examples'].flatMap(under)
  expect(sources.flatMap(imports).length).toBeGreaterThan(sources.length / 2)
  expect(violations(sources)).toEqual([])
})

describe('the checker can fail', () => {
  const one = (path: string, text: string): readonly string[] => violations([{ path, text }])

  test.each([
    ['lang/a.ts', "import { x } from '../src/x.ts'", 'lang imports nothing of ours'],
    ['lang/a.ts', "import type { X } from '../backends/x.ts'", 'lang imports nothing of ours'],
    ['lang/a.ts', "type X = import('../src/x.ts').X", 'lang imports nothing of ours'],
    ['src/nn/a.ts', "import '../../backends/x.ts'", 'src imports lang and src'],
    ['src/train/a.ts', "import '../../backends/wasm/assembler/index.ts'", 'src imports lang and src'],
    ['src/nn/a.ts', "export * from '../cli/x.ts'", 'src imports lang and src'],
    ['src/nn/a.ts', "const m = await import('../../examples/x.ts')", 'src imports lang and src'],
    ['src/cli/a.ts', "import { x } from '../../test/x.ts'", 'src/cli imports'],
    ['backends/wasm/a.ts', "import {\n  x,\n  y,\n} from '../../src/transform/cost.ts'", 'backends imports'],
    ['backends/a.ts', "import { x } from '../src/index.ts'", 'backends imports'],
    ['examples/01-start/a.ts', "import { x } from '../../lang/expr.ts'", 'examples import what'],
    ['examples/a.ts', "import { x } from '../src/systems/index.ts'", 'examples import what the package exports'],
    ['examples/index.ts', "import { x } from '../src/index.ts'", 'examples/index.ts imports the examples'],
    ['lang/a.ts', "import { x } from './b.js'", 'relative imports end in .ts'],
    ['lang/a.ts', "export { x } from './b'", 'relative imports end in .ts'],
    ['lang/a.ts', "import { pipe } from 'fp-ts/function'", "'fp-ts/lib/X.js'"],
    ['lang/a.ts', "import { either } from 'fp-ts'", "'fp-ts/lib/X.js'"],
    ['lang/a.ts', "import * as E from 'fp-ts/lib/Either'", "'fp-ts/lib/X.js'"],
    ['backends/wasm/a.ts', "import { GPU } from 'gpu.js'", 'gpu.js is imported only under'],
    ['src/cli/a.ts', "const g = require('gpu.js')", 'gpu.js is imported only under'],
    ['src/train/a.ts', "import { readFile } from 'node:fs/promises'", 'Node is for src/disk and src/cli'],
    ['src/systems/a.ts', "const { join } = await import('path')", 'Node is for src/disk and src/cli'],
    ['lang/a.ts', "import { createHash } from 'node:crypto'", 'Node is for src/disk and src/cli'],
    ['backends/wasm/a.ts', "import { Worker } from 'node:worker_threads'", 'Node is for src/disk and src/cli'],
    ['src/check/a.ts', "import { x } from '../train/x.ts'", "is below it in the README's map"],
    ['lang/syntax/a.ts', "import type { X } from '../validate.ts'", "is below it in the README's map"],
    ['lang/operations/a.ts', "import { x } from '../index.ts'", "is below it in the README's map"],
    ['backends/schedule/a.ts', "import { x } from '../gpujs/device/x.ts'", "is below it in the README's map"],
    ['backends/wasm/gemm/a.ts', "import { x } from '../steps/x.ts'", "is below it in the README's map"],
    ['src/attic/a.ts', "import { x } from '../../lang/index.ts'", "is in no folder of the README's map"],
    ['backends/a.ts', "import { add } from '../lang/primitives/elementwise.ts'", 'names none'],
    ['src/transform/linear.ts', "import { mul } from '../../lang/primitives/reduction.ts'", 'names none'],
    ['src/transform/vmap.ts', "if (q.op === 'add') return", 'src/transform/vmap.ts names the primitive add'],
    ['backends/wasm/a.ts', "const e = entryOf('contract')", 'names the primitive contract'],
    ['lang/a.ts', "import { a } from './a.ts'", 'cycle: lang/a.ts -> lang/a.ts'],
  ])('%s: %s', (path, text, message) => {
    expect(one(path, text)).toEqual([expect.stringContaining(message)])
  })

  test('a shortest path of each cycle is printed, type-only imports included', () => {
    const file = (name: string, ...to: readonly string[]): Source => ({
      path: `lang/${name}.ts`,
      text: to.map((t) => `import type { T } from './${t}.ts'`).join('\n'),
    })
    const sources = [
      file('top', 'a'),
      file('a', 'b'),
      file('b', 'c', 'd'),
      file('c', 'd'),
      file('d', 'a'),
      file('e', 'f'),
      file('f', 'e', 'g'),
      file('g'),
    ]
    expect(cycles(sources)).toEqual([
      'cycle: lang/a.ts -> lang/b.ts -> lang/d.ts -> lang/a.ts',
      'cycle: lang/e.ts -> lang/f.ts -> lang/e.ts',
    ])
  })

  test('the way from an entry for pages to the disk is printed, over other files', () => {
    const far: readonly Source[] = [
      { path: 'src/data/index.ts', text: "export { a } from './a.ts'" },
      { path: 'src/data/a.ts', text: "import { b } from '../disk/b.ts'" },
    ]
    expect(violations(far)).toEqual([
      "src/data/a.ts imports src/disk/b.ts, which is below it in the README's map",
      'pages cannot import src/data/index.ts: src/data/index.ts -> src/data/a.ts -> src/disk/b.ts',
    ])
  })

  test('what is allowed is not reported', () => {
    expect([
      ...one('src/cli/a.ts', "import { x } from '../../backends/x.ts'\nimport { y } from '../transform/grad.ts'"),
      ...one(
        'backends/a.ts',
        "import { s } from '../src/transform/simplify/index.ts'\nimport { t } from '../src/transform/simplify/rules.ts'",
      ),
      ...one('backends/gpujs/a.ts', "import { GPU } from 'gpu.js'"),
      ...one('src/disk/a.ts', "import { open } from 'node:fs/promises'\nimport type { S } from '../train/store.ts'"),
      ...one('src/systems/a.ts', "import { writeWhole } from '../disk/index.ts'"),
      ...one('examples/a.ts', "import { x } from '../src/index.ts'\nimport { y } from '../backends/index.ts'"),
      ...one(
        'lang/a.ts',
        "import * as E from 'fp-ts/lib/Either.js'\n// from '../src/x.ts'\n/** import '../src/x.ts' */",
      ),
      ...one('lang/a.ts', "export const a = { from: './b' }\nexport const text = 'from ../src/x.ts'"),
    ]).toEqual([])
  })
})
