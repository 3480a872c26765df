/** The formats of an explanation, chosen by name or by the ending of a file. */
import * as E from 'fp-ts/lib/Either.js'
import {
  type Derivation,
  type Document,
  type Flow,
  graphOf,
  renderHtml,
  renderLatex,
  renderSvg,
  renderText,
} from '../../explain/index.ts'
import { fault } from '../fault.ts'
import { katexStyles } from '../katexStyles.ts'
import type { Read } from '../read.ts'

export const formats = ['text', 'latex', 'html', 'svg'] as const
export type Format = (typeof formats)[number]

const endings: { readonly [ending: string]: Format } = { txt: 'text', tex: 'latex', html: 'html', svg: 'svg' }
/** The format that is asked for, or that the file's ending names; text without either. */
export const formatOf = (format: Format | undefined, out: string | undefined): Read<Format> => {
  if (format !== undefined) return E.right(format)
  const ending = /\.(\w+)$/.exec(out ?? '')?.[1]
  const found = ending === undefined ? 'text' : endings[ending]
  return found === undefined
    ? E.left(
        fault(
          `no format ends in .${ending}`,
          '--out',
          `a name that ends in .${Object.keys(endings).join(', .')}; or --format`,
        ),
      )
    : E.right(found)
}
export const rendered = (d: Derivation, document: Document, found: readonly Flow[], format: Format): string => {
  switch (format) {
    case 'text':
      return renderText(document)
    case 'latex':
      return renderLatex(document)
    case 'html':
      return renderHtml(document, katexStyles())
    case 'svg':
      return renderSvg(graphOf(d, found), document.title.join(''))
  }
}
