/** The smallest parts of a text. */
export interface Token {
  readonly _tag: 'Word' | 'Number' | 'String' | 'Symbol' | 'End'
  /** The text in the symbols of the grammar; for a string its content. */
  readonly text: string
  /** The text as written, where that differs. */
  readonly written?: string
  readonly at: number
}
