/** A document for a terminal: plain text, equations aligned at the sign, tables in columns. */
import type { Block, Document } from '../document.ts'
import type { Graph } from '../graph.ts'
import { type Line, type Sentence, textOf } from '../words.ts'

const width = 100
/** Broken into lines that fit a terminal. */
const wrapped = (text: string, indent: string): string => {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((l) => indent + l).join('\n')
}
/** The length on screen: combining marks have no width. */
const lengthOf = (text: string): number => [...text.replaceAll(/\p{M}/gu, '')].length
const padded = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - lengthOf(text)))

const equationLines = (lines: readonly Line[], lead: Sentence | undefined): string => {
  const before = lead === undefined ? '' : `${textOf(lead)}  `
  const left = Math.max(...lines.map((l) => lengthOf(l.left.text)))
  return lines
    .map((l, k) => `    ${k === 0 ? before : ' '.repeat(before.length)}${padded(l.left.text, left)} = ${l.right.text}`)
    .join('\n')
}
const tableLines = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((r) => lengthOf(r[c] ?? ''))))
  const line = (r: readonly string[]): string =>
    `    ${r
      .map((x, c) => padded(x, widths[c] ?? 0))
      .join('   ')
      .trimEnd()}`
  const [head = [], ...body] = rows
  return [line(head), `    ${widths.map((w) => '-'.repeat(w)).join('   ')}`, ...body.map(line)].join('\n')
}
/** Every value with the values that read it: a -> b, c. */
const graphLines = ({ nodes, edges }: Graph): string => {
  const nameOf = new Map(nodes.map((n) => [n.value, n.name.text]))
  return nodes
    .map((n) => [n, edges.filter((e) => e.from === n.value).map((e) => nameOf.get(e.to) ?? '')] as const)
    .filter(([, to]) => to.length > 0)
    .map(([n, to]) => `    ${n.name.text} -> ${to.join(', ')}`)
    .join('\n')
}
const block = (b: Block): string => {
  switch (b._tag) {
    case 'Heading': {
      const title = textOf(b.content)
      return b.level === 3 ? `\n${title}` : `\n${title}\n${'-'.repeat(lengthOf(title))}`
    }
    case 'Paragraph':
      return wrapped(textOf(b.content), '  ')
    case 'Equations':
      return equationLines(b.lines, b.lead)
    case 'Code':
      return `\n${b.text.replaceAll(/^/gm, '    ')}`
    case 'Table':
      return tableLines([b.head.map(textOf), ...b.rows.map((r) => r.map(textOf))])
    case 'Graph':
      return graphLines(b.graph)
  }
}
export const renderText = (d: Document): string => {
  const title = textOf(d.title)
  return `${[title, '='.repeat(lengthOf(title)), ...d.blocks.map(block)].join('\n')}\n`
}
