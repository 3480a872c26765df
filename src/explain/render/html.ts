/** A document as a self-contained page: formulas rendered by KaTeX, styles included, for light, dark and paper. */
import katex from 'katex'
import type { Block, Document } from '../document.ts'
import { isFormula, type Line, type Sentence, textOf } from '../words.ts'
import { escaped, renderSvg } from './svg.ts'

const math = (latex: string, display: boolean): string =>
  katex.renderToString(latex, { displayMode: display, throwOnError: true, output: 'htmlAndMathml', strict: 'ignore' })
/** Punctuation is kept on the line of the symbol before it. */
export const renderSentence = (s: Sentence): string =>
  s
    .map((x, k) => {
      if (!isFormula(x)) return escaped(isFormula(s[k - 1]) ? x.replace(punctuation, '') : x)
      const next = s[k + 1]
      const mark = next === undefined || isFormula(next) ? undefined : punctuation.exec(next)?.[0]
      return mark === undefined ? math(x.latex, false) : `<span class="kept">${math(x.latex, false)}${mark}</span>`
    })
    .join('')
const punctuation = /^[,.;:)]/
/** Equations aligned at the sign, as one display. */
export const renderEquations = (lines: readonly Line[]): string =>
  math(
    `\\begin{aligned}${lines.map((l) => `${l.left.latex} &= ${l.right.latex}`).join(' \\\\[4pt] ')}\\end{aligned}`,
    true,
  )

const leadOf = (lead: Sentence | undefined): string =>
  lead === undefined ? '' : `<span class="lead">${renderSentence(lead)}</span>`
/** One block as HTML, for pages of another layout; they need KaTeX's stylesheet. */
export const renderBlock = (b: Block): string => {
  switch (b._tag) {
    case 'Heading':
      return `<h${b.level}>${renderSentence(b.content)}</h${b.level}>`
    case 'Paragraph':
      return `<p>${renderSentence(b.content)}</p>`
    case 'Equations':
      return `<div class="equations">${leadOf(b.lead)}${renderEquations(b.lines)}</div>`
    case 'Code':
      return `<pre>${escaped(b.text)}</pre>`
    case 'Table': {
      const row = (r: readonly Sentence[], tag: 'th' | 'td'): string =>
        `<tr>${r.map((c) => `<${tag}>${renderSentence(c)}</${tag}>`).join('')}</tr>`
      const body = b.rows.map((r) => row(r, 'td')).join('')
      return `<div class="wide"><table><thead>${row(b.head, 'th')}</thead><tbody>${body}</tbody></table></div>`
    }
    case 'Graph':
      return `<figure class="wide">${renderSvg(b.graph, textOf(b.caption))}</figure>`
  }
}
const style = `
:root {
  color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --faint: #57606a; --rule: #d8dee4;
  --code: #f6f8fa; --mark: #0b62c4
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9aa4ae; --rule: #30363d; --code: #161b22; --mark: #58a6ff }
}
body {
  font: 17px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem;
  margin: 0 auto; padding: 1.5rem 1.25rem 4rem
}
h1 { font-size: 1.7rem; margin: .5rem 0 }
h2 { font-size: 1.25rem; margin: 2.4rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid var(--rule) }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .2rem } p { margin: .3rem 0 .6rem }
pre {
  background: var(--code); border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem;
  overflow-x: auto; font: 13px/1.45 ui-monospace, monospace
}
.equations { display: flex; align-items: center; gap: 1rem; overflow-x: auto; overflow-y: hidden; padding: .1rem 0 }
.equations .lead { color: var(--faint); font-size: .85rem; min-width: 7rem }
.equations .katex-display { margin: .35rem 0; text-align: left }
.equations .katex-display > .katex { text-align: left }
.kept { white-space: nowrap }
.wide { overflow-x: auto }
figure { margin: 1rem 0; text-align: center }
figure svg { max-width: 100%; height: auto; border-radius: 8px }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100% }
th, td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--rule) }
th { color: var(--faint); font-weight: 600 }
@media print {
  body { max-width: none; font-size: 11pt; padding: 0 }
  pre { white-space: pre-wrap }
  h2, h3 { break-after: avoid }
  .equations, figure, tr, pre { break-inside: avoid }
}
`
/** `styles`: KaTeX's stylesheet with its fonts as data, so that the page needs no network. */
export const renderHtml = (d: Document, styles: string): string => {
  const title = textOf(d.title)
  return `<!doctype html>
<html lang="${d.language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${styles}${style}</style></head><body><main>
<h1>${renderSentence(d.title)}</h1>
${d.blocks.map(renderBlock).join('\n')}
</main></body></html>
`
}
