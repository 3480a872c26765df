/** The part of docs/coming-from.md that lists PyTorch's operators, from the sayings and their source. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as adjoint from '../../src/index.ts'
import { families, said } from './said/index.ts'
import { names } from './samples.ts'
import { reasons, unsaid } from './unsaid.ts'

const folder = join(import.meta.dirname, 'said')
const titles: Readonly<Record<string, string>> = {
  elementwise: 'Functions of one or two elements',
  arranging: 'Shapes, axes, parts and joins',
  creation: 'New arrays',
  indexing: 'Reading and writing by index',
  order: 'Order, search and counting',
  reductions: 'Sums, extremes and moments',
  products: 'Products',
  linear: 'Linear algebra',
  activations: 'Activations',
  losses: 'Losses and distances',
  networks: 'Layers of networks',
  images: 'Images',
  special: 'Special functions',
  fourier: 'Fourier transforms',
  masked: 'Masked reductions',
  random: 'Random numbers',
  casts: 'Element types',
  polynomials: 'Orthogonal polynomials',
  windows: 'Windows',
}

// -- what a saying calls ---------------------------------------------------------------------------------------------

/** The blocks of a file: its functions by name, and the sayings by the operator's name. */
const blocksOf = (text: string): ReadonlyMap<string, string> => {
  const top = text.split(/\n(?=(?:export )?const |\/\*\* )/)
  const sayings = text.split(/\n(?= {2}'[^']+\|[^']*':)/)
  return new Map([
    ...top.flatMap((block) => {
      const name = /(?:^|\n)(?:export )?const (\w+)/.exec(block)?.[1]
      return name === undefined ? [] : [[name, block] as const]
    }),
    ...sayings.flatMap((block) => {
      const name = /^ {2}'([^']+)':/.exec(block)?.[1]
      return name === undefined ? [] : [[name, (block.split(/\n}\n/)[0] ?? '').replace(/'[^']*'/, '')] as const]
    }),
  ])
}
const common = blocksOf(readFileSync(join(folder, 'common.ts'), 'utf8'))
/** What is imported under another name. */
const aliases = (text: string): ReadonlyMap<string, string> =>
  new Map([...text.matchAll(/(\w+) as (\w+),/g)].map(([, name, alias]) => [alias ?? '', name ?? '']))
/** Used by nearly all sayings, to read arguments; they say nothing. */
const plumbing = new Set([
  'constant',
  'reshape',
  'tensor',
  'intTensor',
  'broadcastTo',
  'toInt',
  'toReal',
  'programOrThrow',
  'evaluate',
  'real',
])

/** Our names in a block and in what it calls. */
const namesIn = (block: string, blocks: ReadonlyMap<string, string>, seen = new Set<string>()): readonly string[] =>
  [...block.replace(/'[^']*'/g, '').matchAll(/(?<![\w.])(?:\.\.\.)?(complex\.\w+|[A-Za-z]\w*)/g)].flatMap(
    ([, word = '']) => {
      if (seen.has(word)) return []
      seen.add(word)
      const own = blocks.get(word) ?? common.get(word)
      if (own !== undefined && !/^export const \w+: Sayings/.test(own)) return namesIn(own, blocks, seen)
      const name = word.replace(/OrThrow$/, '')
      return (name.split('.')[0] as string) in adjoint ? [name] : []
    },
  )
/** For each operator, our names that its saying uses. */
export const uses = (): ReadonlyMap<string, readonly string[]> =>
  new Map(
    readdirSync(folder).flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      const [blocks, others] = [blocksOf(text), aliases(text)]
      const renamed = [...others].reduce(
        (t, [alias, name]) => t.replaceAll(new RegExp(`\\b${alias}\\b`, 'g'), name),
        text,
      )
      const read = others.size === 0 ? blocks : blocksOf(renamed)
      return names.flatMap((name) => {
        const block = read.get(name)
        if (block === undefined) return []
        const found = [...new Set(namesIn(block, read))]
        const telling = found.filter((n) => !plumbing.has(n))
        return [[name, (telling.length > 0 ? telling : found).sort()] as const]
      })
    }),
  )

// -- the page --------------------------------------------------------------------------------------------------------

const shown = (name: string): string => (name.endsWith('|') ? name.slice(0, -1) : name.replace('|', ' (').concat(')'))
const code = (name: string): string => `\`${name}\``
/** At most six names; more of them is a program rather than a name. */
const ours = (list: readonly string[]): string =>
  list.length === 0
    ? 'as it is'
    : list.length > 6
      ? `${list.slice(0, 6).map(code).join(', ')}, …`
      : list.map(code).join(', ')
/** A name without prefix, underscores and capitals: log_softmax of PyTorch is our logSoftmax. */
const bare = (name: string): string => name.replace(/^.*\./, '').replaceAll('_', '').toLowerCase()
const familyTable = (family: string, used: ReadonlyMap<string, readonly string[]>): string => {
  const same: string[] = []
  const rows = new Map<string, string[]>()
  for (const name of names.filter((n) => n in (families[family] ?? {}))) {
    const list = used.get(name) ?? []
    const left = shown(name)
    if (list.length === 1 && bare(left) === bare(list[0] as string)) {
      same.push(left)
      continue
    }
    const key = ours(list)
    rows.set(key, [...(rows.get(key) ?? []), left])
  }
  const lines = [...rows].map(([right, left]) => `| ${left.map(code).join(', ')} | ${right} |`)
  const alike = same.length === 0 ? [] : [`Of the same name: ${same.map(code).join(', ')}.`, '']
  const table = lines.length === 0 ? [] : ['| PyTorch | here |', '| --- | --- |', ...lines]
  return [`### ${titles[family]}`, '', ...alike, ...table].join('\n').trimEnd()
}
const reasonTable = (): string => {
  const lines = Object.entries(reasons).map(([reason, sentence]) => {
    const left = names.filter((name) => unsaid[name] === reason).map((name) => code(shown(name)))
    return `| ${left.join(', ')} | ${sentence} |`
  })
  return ['### Not said, and why', '', '| PyTorch | reason |', '| --- | --- |', ...lines].join('\n')
}
const begin = '<!-- written by npm run operators -->'
const end = '<!-- end -->'
export const operators = (): string => {
  const used = uses()
  const count = `Of the ${names.length} operators in PyTorch's own database, ${Object.keys(said).length} are said here and ${Object.keys(unsaid).length} are not.`
  return [begin, count, reasonTable(), ...Object.keys(families).map((f) => familyTable(f, used)), end].join('\n\n')
}
/** The page with this part written anew. */
export const rewritten = (page: string): string =>
  page.slice(0, page.indexOf(begin)) + operators() + page.slice(page.indexOf(end) + end.length)
