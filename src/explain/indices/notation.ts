/** The names of values in equations with indices: symbols with letters for their axes, as a lecture writes them. */
import type { Derivation } from '../derivation.ts'
import type { Formula } from '../words.ts'

/**
 * How a value is written, given its indices; a letter for each of its axes; and a rank: the factors of a product are
 * written in the order of their ranks.
 */
export interface IndexSymbol {
  readonly write: (indices: readonly Formula[]) => Formula
  readonly letters: readonly string[]
  readonly rank: number
  /** Its cotangent has no symbol: it is written out where it is used. */
  readonly hidden?: true
}
export interface Notation {
  readonly symbol: (value: number) => IndexSymbol | undefined
  /** Scalar functions under other names: tanh as phi. */
  readonly functions?: { readonly [name: string]: Formula }
}

// -- symbols ---------------------------------------------------------------------------------------------------------

/** w^{3}_{pk}: a base, a layer above, indices below. */
export const indexed = (base: Formula, rank: number, letters: string, above = ''): IndexSymbol => ({
  letters: [...letters],
  rank,
  write: (indices) => {
    const long = indices.some((i) => i.text.length > 1)
    const below = (key: 'text' | 'latex'): string => indices.map((i) => i[key]).join(long ? ',' : '')
    const [text, latex] = [below('text'), below('latex')]
    return {
      text: `${base.text}${above === '' ? '' : `^${above}`}${text === '' ? '' : `_${long ? `{${text}}` : text}`}`,
      latex: `${base.latex}${above === '' ? '' : `^{${above}}`}${latex === '' ? '' : `_{${latex}}`}`,
    }
  },
})
/** The same symbol, of a value whose cotangent is written out where it is used. */
export const written = (x: IndexSymbol): IndexSymbol => ({ ...x, hidden: true })
/** A symbol that decorates another one and keeps its letters. */
const around = (
  x: IndexSymbol,
  rank: number,
  text: (x: string) => string,
  latex: (x: string) => string,
): IndexSymbol => ({
  letters: x.letters,
  rank,
  write: (indices) => {
    const inner = x.write(indices)
    return { text: text(inner.text), latex: latex(inner.latex) }
  },
})
/** dR/dw_pk, of a symbol. */
export const derivativeOf = (risk: string, x: IndexSymbol): IndexSymbol =>
  around(
    x,
    0,
    (inner) => `d${risk}/d${inner}`,
    (inner) => `\\frac{\\partial ${risk}}{\\partial ${inner}}`,
  )
/** phi'(s_k) */
const primed = (f: Formula, x: IndexSymbol): IndexSymbol =>
  around(
    x,
    1,
    (inner) => `${f.text}'(${inner})`,
    (inner) => `${f.latex}'\\left(${inner}\\right)`,
  )

// -- notations -------------------------------------------------------------------------------------------------------

/**
 * The notation of a derivation's result, from symbols for the values of its source. The cotangent of x is dR/dx; the
 * derivative of phi at s_k is phi'(s_k).
 */
export const notationOf = (
  d: Derivation,
  symbolOf: (value: number) => IndexSymbol | undefined,
  risk: string,
  functions: { readonly [name: string]: Formula } = {},
): Notation => {
  const symbols = new Map<number, IndexSymbol>()
  for (const s of d.steps)
    for (const l of s.local) {
      const f = functions[s.op]
      const argument = d.source.closed.equations.find((q) => q.first === s.value)?.args[l.argument]
      const inner = argument === undefined ? undefined : symbolOf(argument)
      if (f !== undefined && inner !== undefined && l.value !== undefined) symbols.set(l.value, primed(f, inner))
    }
  d.places.forEach(({ primal, cotangent }, k) => {
    const symbol = symbolOf(k)
    if (symbol === undefined) return
    if (primal !== undefined) symbols.set(primal, symbol)
    if (cotangent !== undefined && !symbol.hidden) symbols.set(cotangent, derivativeOf(risk, symbol))
  })
  return { symbol: (v) => symbols.get(v), functions }
}
