/**
 * What misses the bound of the law of accuracy: each row with its figure and its reason. A row that is within the bound
 * fails the test too. docs/accuracy.md shows this list.
 */

/** Of the value, of a first or of a second derivative; the worse of both modes. */
export type Degree = 'value' | 'first' | 'second'
export interface Miss {
  readonly backend: string
  readonly function: string
  readonly degree: Degree
  /** The error is at most this, in units of the last place. */
  readonly units: number
  readonly why: string
}
export const misses: readonly Miss[] = []
