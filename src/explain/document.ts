/** A document before it is text, LaTeX or HTML: every renderer prints this form. */
import type { Graph } from './graph.ts'
import type { Language } from './messages.ts'
import type { Line, Sentence } from './words.ts'

export type Block =
  | { readonly _tag: 'Heading'; readonly level: 1 | 2 | 3; readonly content: Sentence }
  | { readonly _tag: 'Paragraph'; readonly content: Sentence }
  /** Equations, aligned at the equals sign. `lead`: a word or two before them. */
  | { readonly _tag: 'Equations'; readonly lines: readonly Line[]; readonly lead?: Sentence }
  | { readonly _tag: 'Code'; readonly text: string }
  | { readonly _tag: 'Table'; readonly head: readonly Sentence[]; readonly rows: readonly (readonly Sentence[])[] }
  | { readonly _tag: 'Graph'; readonly graph: Graph; readonly caption: Sentence }

export interface Document {
  readonly language: Language
  readonly title: Sentence
  readonly blocks: readonly Block[]
}
export const heading = (level: 1 | 2 | 3, content: Sentence): Block => ({ _tag: 'Heading', level, content })
export const paragraph = (content: Sentence): Block => ({ _tag: 'Paragraph', content })
export const code = (text: string): Block => ({ _tag: 'Code', text })
/** No block if there are no lines. */
export const equations = (lines: readonly Line[], lead?: Sentence): readonly Block[] =>
  lines.length === 0 ? [] : [{ _tag: 'Equations', lines, ...(lead === undefined ? {} : { lead }) }]
