/** A scalar function as source text, and the pieces that such texts consist of. */

/** Declares a constant for the code, before the statement that uses it; returns the constant's name. */
export type Bind = (code: string) => string
/** The texts of the arguments; a function of one argument reads the first. */
export type Arguments = readonly [string, string]
export interface SourceTerm {
  /** The text repeats an argument, so arguments are given as names. */
  readonly twice?: true
  readonly text: (args: Arguments, bind: Bind) => string
}
/** The text is a boolean in the source; as a value it is 1 or 0. */
export interface ConditionTerm extends SourceTerm {
  readonly condition: true
}

/** A text that repeats its arguments. */
export const repeating = (text: SourceTerm['text']): SourceTerm => ({ twice: true, text })

/** c[0] + x (c[1] + x (...)). */
export const polynomial = (x: string, c: readonly number[]): string =>
  c.reduceRight((tail, a) => (tail === '' ? `${literal(a)}` : `(${literal(a)}+${x}*${tail})`), '')

/** A number as source, negative ones in brackets. */
export const literal = (v: number): string => {
  if (Number.isNaN(v)) return '(0.0/0.0)'
  if (v === Number.POSITIVE_INFINITY) return '(1.0/0.0)'
  if (v === Number.NEGATIVE_INFINITY) return '(-1.0/0.0)'
  return v < 0 || Object.is(v, -0) ? `(${Object.is(v, -0) ? '-0.0' : String(v)})` : String(v)
}
