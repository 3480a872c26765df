/** What a scalar function is in gpu.js source, and the pieces that it is written of. */

/** Statements made on the way; the answer is the name given to the code. */
export type Bind = (code: string) => string
export interface SourceTerm {
  readonly twice?: true
  readonly text: (args: readonly string[], bind: Bind) => string
}
/** A condition is a boolean in the source, 1 and 0 as a value. */
export interface ConditionTerm extends SourceTerm {
  readonly condition: true
}

export const long = (text: (args: readonly string[], bind: Bind) => string): SourceTerm => ({ twice: true, text })

/** c[0] + x (c[1] + x (...)). */
export const polynomial = (x: string, c: readonly number[]): string =>
  c.reduceRight((tail, a) => (tail === '' ? `${literal(a)}` : `(${literal(a)}+${x}*${tail})`), '')

/** A number as source; negative ones in brackets. */
export const literal = (v: number): string => {
  if (Number.isNaN(v)) return '(0.0/0.0)'
  if (v === Number.POSITIVE_INFINITY) return '(1.0/0.0)'
  if (v === Number.NEGATIVE_INFINITY) return '(-1.0/0.0)'
  return v < 0 || Object.is(v, -0) ? `(${Object.is(v, -0) ? '-0.0' : String(v)})` : String(v)
}
