/** A document as LaTeX that a plain pdflatex compiles. The graph is drawn with LaTeX's own picture environment. */
import type { Block, Document } from '../document.ts'
import { type GraphPoint, linesOf, type Placed, place } from '../graph.ts'
import { isFormula, type Line, type Sentence } from '../words.ts'

const special: { readonly [c: string]: string } = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '–': '--',
  '’': "'",
  '…': '\\ldots{}',
  '\u00a0': '~',
}
/** Prose, in which characters that LaTeX would read as commands are escaped. */
const latexText = (text: string): string =>
  text.replaceAll(/[\\~^<>–’…\u00a0]|[#$%&_{}]/g, (c) => special[c] ?? `\\${c}`)
const inline = (s: Sentence): string => s.map((x) => (isFormula(x) ? `$${x.latex}$` : latexText(x))).join('')

const align = (lines: readonly Line[]): string =>
  `\\begin{align*}\n${lines.map((l) => `  ${l.left.latex} &= ${l.right.latex}`).join(' \\\\[2pt]\n')}\n\\end{align*}`
/** Lines wider than the page are broken. */
const columns = 104
const folded = (text: string): string =>
  text
    .split('\n')
    .flatMap((l) => l.match(new RegExp(`.{1,${columns}}(?= |$)|.{1,${columns}}`, 'gu')) ?? [''])
    .join('\n')

const picture = (p: Placed): string => {
  const unit = Math.min(0.75, 440 / Math.max(1, p.width), 600 / Math.max(1, p.height))
  const at = ({ x, y }: GraphPoint): string => `(${x.toFixed(1)},${(p.height - y).toFixed(1)})`
  const curve = (points: readonly GraphPoint[]): string => {
    const [first, last] = [points[0], points.at(-1)]
    const middle = points[Math.floor(points.length / 2)]
    return first === undefined || last === undefined || middle === undefined
      ? ''
      : `\\qbezier${at(first)}${at(middle)}${at(last)}\\put${at(last)}{\\circle*{5}}`
  }
  const nodes = p.nodes.map((n) => {
    const lines = [
      `$${n.name.latex}$`,
      ...linesOf(n).map(([kind, words]) => {
        const symbol =
          kind === 'tangent' ? `$\\dot{${n.name.latex}}$` : kind === 'cotangent' ? `$\\bar{${n.name.latex}}$` : ''
        return symbol === '' ? latexText(words) : `${symbol} = ${latexText(words.split(' = ')[1] ?? '')}`
      }),
    ]
    const box = `\\framebox(${n.width.toFixed(1)},${n.height.toFixed(1)}){\\shortstack{${lines.join('\\\\')}}}`
    return `\\put${at({ x: n.x - n.width / 2, y: n.y + n.height / 2 })}{${box}}`
  })
  const labels = p.edges.flatMap((e) =>
    e.local === undefined || e.label === undefined
      ? []
      : [`\\put${at(e.label)}{\\makebox(0,0){\\colorbox{white}{$${e.local.latex}$}}}`],
  )
  return [
    `\\begin{center}\\scriptsize\\setlength{\\unitlength}{${unit.toFixed(3)}pt}`,
    `\\begin{picture}(${p.width},${p.height})`,
    ...p.edges.map((e) => curve(e.points)),
    ...labels,
    ...nodes,
    '\\end{picture}\\end{center}',
  ].join('\n')
}
const levels = { 1: 'section', 2: 'section', 3: 'subsection' } as const
const block = (b: Block): string => {
  switch (b._tag) {
    case 'Heading':
      return `\\${levels[b.level]}*{${inline(b.content)}}`
    case 'Paragraph':
      return `${inline(b.content)}\n`
    case 'Equations':
      return `${b.lead === undefined ? '' : `\\noindent\\emph{${inline(b.lead)}}\n`}${align(b.lines)}`
    case 'Code':
      return `{\\scriptsize\\begin{verbatim}\n${folded(b.text)}\n\\end{verbatim}}`
    case 'Table': {
      const row = (r: readonly Sentence[]): string => `${r.map(inline).join(' & ')} \\\\`
      return [
        `\\begin{center}\\footnotesize\\begin{tabular}{${'l'.repeat(b.head.length)}}`,
        `\\hline ${row(b.head)} \\hline`,
        b.rows.map(row).join('\n'),
        '\\hline\\end{tabular}\\end{center}',
      ].join('\n')
    }
    case 'Graph':
      return picture(place(b.graph))
  }
}
export const renderLatex = (d: Document): string =>
  [
    '\\documentclass[11pt,a4paper]{article}',
    '\\usepackage[T1]{fontenc}',
    '\\usepackage[utf8]{inputenc}',
    '\\usepackage{amsmath,amssymb,color}',
    '\\usepackage[margin=25mm]{geometry}',
    '\\setlength{\\parindent}{0pt}\\setlength{\\parskip}{4pt}\\setlength{\\fboxsep}{1pt}',
    '\\begin{document}',
    `{\\LARGE\\bfseries ${inline(d.title)}\\par}`,
    ...d.blocks.map(block),
    '\\end{document}',
    '',
  ].join('\n')
