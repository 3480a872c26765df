/**
 * Small self-contained pages: no scripts, no network, light and dark, printable. Every function returns HTML as text.
 */

/** Plain text as HTML. */
export const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')

/** A part of a `page`. */
export interface Section {
  readonly title: string
  /** One or two sentences, plain text. */
  readonly text?: string
  /** HTML, put into the page unchanged: from the functions of this folder, or with all text `escaped`. */
  readonly body: string
}

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --faint: #6a737d; --rule: #d8dee4; --code: #f6f8fa; --mark: #0b62c4; --second: #c2410c }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --faint: #9aa4ae; --rule: #30363d; --code: #161b22; --mark: #58a6ff; --second: #fb923c } }
body { font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 62rem; margin: 0 auto; padding: 1rem 1.25rem 4rem }
h1 { font-size: 1.6rem; margin: 1.2rem 0 .2rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem } p { margin: .3rem 0 .8rem }
pre { background: var(--code); border: 1px solid var(--rule); border-radius: 6px; padding: .7rem .9rem; overflow-x: auto; font: 13px/1.45 ui-monospace, monospace }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid var(--rule) } td.number, th.number { text-align: right } .confusion td, .confusion th { padding: .25rem .45rem } td.number { white-space: nowrap }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem } .columns h3 { font-size: .95rem; margin: .2rem 0; color: var(--faint) }
.tiles { display: flex; flex-wrap: wrap; gap: .5rem } figure { margin: 0; text-align: center; font-size: .85rem } figure.wrong { color: var(--second); font-weight: 600 }
img { image-rendering: pixelated; border: 1px solid var(--rule); background: #000; display: block; margin: 0 auto } svg text { fill: var(--ink); font: 12px system-ui, sans-serif } .faint { color: var(--faint) }
@media print { body { max-width: none } pre { white-space: pre-wrap } }
`

/** `lead`: one line of plain text under the title. */
export const page = (title: string, lead: string, sections: readonly Section[]): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${style}</style></head><body>
<h1>${escaped(title)}</h1><p class="faint">${escaped(lead)}</p>
${sections.map((s) => `<section><h2>${escaped(s.title)}</h2>${s.text === undefined ? '' : `<p>${escaped(s.text)}</p>`}${s.body}</section>`).join('\n')}
</body></html>
`

/** A block of preformatted text. */
export const code = (text: string): string => `<pre>${escaped(text)}</pre>`
/** Titled blocks of HTML, beside each other where there is room. */
export const columns = (blocks: readonly (readonly [title: string, body: string])[]): string =>
  `<div class="columns">${blocks.map(([title, body]) => `<div><h3>${escaped(title)}</h3>${body}</div>`).join('')}</div>`

/** A cell of a `table`. */
export type Cell = string | number
const cell = (c: Cell, tag: 'td' | 'th', numeric: boolean): string =>
  `<${tag}${numeric ? ' class="number"' : ''}>${escaped(String(c))}</${tag}>`
/** A column whose first cell is a number is aligned to the right. */
export const table = (head: readonly string[], rows: readonly (readonly Cell[])[]): string => {
  const numeric = head.map((_, k) => typeof rows[0]?.[k] === 'number')
  const line = (cells: readonly Cell[], tag: 'td' | 'th'): string =>
    `<tr>${cells.map((c, k) => cell(c, tag, numeric[k] ?? false)).join('')}</tr>`
  return `<table>${line(head, 'th')}${rows.map((r) => line(r, 'td')).join('')}</table>`
}
