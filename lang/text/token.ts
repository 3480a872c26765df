/** The smallest parts of a text. */
export interface Token {
  readonly _tag: 'Word' | 'Number' | 'String' | 'Symbol' | 'End'
  /** The text as written; for a string its content. */
  readonly text: string
  readonly at: number
}
