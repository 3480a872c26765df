/** Scalars as text: as values, as conditions, and as single words where a function repeats its argument. */
import type { Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { Names } from './names.ts'
import type { Arguments } from './sourceTerms.ts'
import type { Syntax } from './syntax.ts'

type Call = Scalar & { readonly _tag: 'Call' }
export interface Text {
  readonly text: string
  readonly isCondition: boolean
}
export interface Values {
  readonly value: (s: Scalar) => string
  readonly condition: (s: Scalar) => string
  /** The value as one word: a name or a number. */
  readonly word: (s: Scalar) => string
  readonly call: (s: Call) => Text
}

export const makeValues = (syntax: Syntax, names: Names): Values => {
  const value = (s: Scalar): string => {
    const known = names.values.get(s)
    if (known !== undefined) return known
    const condition = names.conditions.get(s)
    if (condition !== undefined) return syntax.fromCondition(condition)
    if (s._tag === 'Num') return names.number(s.value)
    return s._tag === 'Index' ? names.declareIndex(s) : bug(`a ${s._tag} used before it is printed`)
  }
  const condition = (s: Scalar): string =>
    s._tag === 'Num' ? syntax.truth(s.value !== 0) : (names.conditions.get(s) ?? syntax.toCondition(value(s)))
  const word = (s: Scalar): string => {
    const text = value(s)
    if (/^\w+$/.test(text)) return text
    const name = names.bind(text)
    if (s._tag !== 'Num') names.values.set(s, name)
    return name
  }
  /** An index divided by a constant, or its remainder; undefined for other divisions. */
  const divided = ({ fn, args: [a, n] }: Call): string | undefined => {
    if (fn !== 'idiv' && fn !== 'mod') return undefined
    if (a?.range === undefined || a.range[0] < 0 || n?._tag !== 'Num' || n.value <= 0) return undefined
    const x = word(a)
    const q = syntax.quotient(x, n.value, a.range[1] + 1)
    return fn === 'idiv' ? q : `(${x}-${n.value}*${q})`
  }
  const call = (s: Call): Text => {
    const [a, b, c] = s.args as readonly [Scalar, Scalar, Scalar] // those that the function has
    if (s.fn === 'select') return { text: syntax.select(condition(a), value(b), value(c)), isCondition: false }
    const quotient = divided(s)
    if (quotient !== undefined) return { text: quotient, isCondition: false }
    const term = (a.dtype === 'int' ? syntax.integral : syntax.functions)[s.fn]
    const isCondition = 'condition' in term
    const takesConditions = isCondition && (s.fn === 'and' || s.fn === 'or' || s.fn === 'not')
    const args = s.args.map(takesConditions ? condition : 'twice' in term ? word : value)
    const texts = args as readonly string[] as Arguments // as many as the function has
    return { text: term.text(texts, names.bind), isCondition }
  }
  return { value, condition, word, call }
}
