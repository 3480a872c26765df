/**
 * The notation of textbooks, written in the symbols of the grammar: 2x is 2*x, x² is x^2, |x| is abs(x), √x is sqrt(x),
 * × · ÷ − ≤ ≥ ≠ and ** are * * / - <= >= != and ^. What books read in two ways, such as 1/2x and sin²(x), is refused.
 */
import * as E from 'fp-ts/lib/Either.js'
import { reserved } from './names.ts'
import { type Flaw, flaw } from './parseError.ts'
import type { Token } from './token.ts'

const spellings: ReadonlyMap<string, string> = new Map([
  ['**', '^'],
  ['×', '*'],
  ['·', '*'],
  ['⋅', '*'],
  ['÷', '/'],
  ['−', '-'],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
])
const raised = '⁰¹²³⁴⁵⁶⁷⁸⁹'
/** The exponent that superscript digits write; undefined for any other symbol. */
const exponentIn = (text: string): number | undefined => {
  const digits = [...text.replace('⁻', '')].map((c) => raised.indexOf(c))
  return digits.length === 0 || digits.includes(-1)
    ? undefined
    : Number(digits.join('')) * (text.startsWith('⁻') ? -1 : 1)
}
const isSymbol = (t: Token | undefined, ...texts: readonly string[]): boolean =>
  t?._tag === 'Symbol' && texts.includes(t.text)
/** Whether an operand starts after it, so that a plus sign has nothing to add to. */
const startsOperand = (t: Token | undefined): boolean =>
  t === undefined || isSymbol(t, '(', ',', '=', '->', '+', '-', '*', '/', '^')
const isFactor = (t: Token | undefined): boolean =>
  (t?._tag === 'Word' && !t.text.startsWith('_') && !reserved.has(t.text)) || isSymbol(t, '(', '√')

/** An open bracket or bar: what was written before it, and whether it is a bar. */
interface Open {
  readonly bar: boolean
  readonly before: Token | undefined
}
/** The tokens of the grammar. Errors: TwoReadings */
export const respell = (written: readonly Token[]): E.Either<Flaw, readonly Token[]> => {
  const tokens: Token[] = []
  const open: Open[] = []
  // what stands before the operand that ends here, and whether that operand is a superscript
  let before: Token | undefined
  let raisedHere = false
  /** A root without brackets takes one number or name. */
  let root = false
  const put = (_tag: Token['_tag'], text: string, at: number, written?: string): void => {
    tokens.push({ _tag, text, at, ...(written !== undefined && { written }) })
  }
  for (const [k, t] of written.entries()) {
    const previous = written[k - 1]
    const next = written[k + 1]
    const touches = previous !== undefined && previous.at + previous.text.length === t.at
    const twice = (readings: readonly [string, string]): E.Either<Flaw, never> =>
      E.left(flaw(t.at, { _tag: 'TwoReadings', readings }))
    const exponent = t._tag === 'Symbol' ? exponentIn(t.text) : undefined
    const barOpen = open.at(-1)?.bar === true
    const opensBar = isSymbol(t, '|') && !barOpen
    const endsOperand = previous?._tag === 'Number' || previous?.text === 'π' || isSymbol(previous, ')') || raisedHere
    const calls = previous?._tag === 'Word' && previous.text !== 'π' && isSymbol(t, '(')
    if (touches && !calls && endsOperand && (isFactor(t) || (opensBar && previous?._tag === 'Number'))) {
      if (isSymbol(before, '/')) return twice(['1/2 * x', '1/(2 * x)'])
      const f = tokens.at(-3)
      if (isSymbol(before, '^') && !raisedHere)
        return previous?._tag === 'Number' && isSymbol(t, '(') && f?._tag === 'Word' && f.text.length > 1
          ? twice([`${f.text}(x)^${previous.text}`, `${f.text}^${previous.text} * (x)`])
          : twice(['a^2 * x', 'a^(2 * x)'])
      if (previous?.text === '0' && /^[xob][\da-f]+$/i.test(t.text))
        return twice([String(Number(`0${t.text}`)), `0 * ${t.text}`])
      put('Symbol', '*', t.at)
      before = tokens.at(-1)
    }
    if (isSymbol(t, '+') && startsOperand(previous)) continue
    const last = tokens.at(-1)
    const wasRaised = raisedHere
    raisedHere = false
    if (exponent !== undefined) {
      if (previous?._tag === 'Word' && isSymbol(next, '(')) {
        const f = previous.text
        return twice([`${f}(x)^${exponent}`, exponent < 0 ? `a${f}(x)` : `${f}(${f}(x))`])
      }
      if (wasRaised || root) return twice(['√(x)^2', '√(x^2)'])
      put('Symbol', '^', t.at)
      if (exponent < 0 || Object.is(exponent, -0)) put('Symbol', '-', t.at)
      put('Number', String(Math.abs(exponent)), t.at)
      raisedHere = true
      continue
    }
    if (root && touches && isFactor(t)) return twice(['√(2) * x', '√(2 * x)'])
    root = false
    if (isSymbol(t, '|')) {
      if (barOpen) {
        put('Symbol', ')', t.at, t.text)
        before = open.pop()?.before
      } else {
        put('Word', 'abs', t.at, t.text)
        put('Symbol', '(', t.at, t.text)
        open.push({ bar: true, before: last })
      }
    } else if (isSymbol(t, '√')) {
      const alone = (next?._tag === 'Number' || next?._tag === 'Word') && !isSymbol(written[k + 2], '(', '{')
      if (alone || isSymbol(next, '(')) put('Word', 'sqrt', t.at)
      else put('Symbol', t.text, t.at)
      before = last
      if (alone) {
        put('Symbol', '(', t.at)
        put(next._tag, next.text, next.at)
        put('Symbol', ')', t.at)
      }
    } else if (isSymbol(previous, '√') && t._tag !== 'Symbol' && isSymbol(tokens.at(-1), ')')) {
      root = true
    } else {
      const called = isSymbol(t, '(') && last?._tag === 'Word'
      if (isSymbol(t, '(', '[', '{')) open.push({ bar: false, before: called ? tokens.at(-2) : last })
      else if (isSymbol(t, ')', ']', '}')) before = open.pop()?.before
      else if (!(previous?._tag === 'Symbol' && isSymbol(previous, '-') && isSymbol(tokens.at(-2), '^', '/')))
        before = last
      put(t._tag, t._tag === 'Symbol' ? (spellings.get(t.text) ?? t.text) : t.text, t.at)
    }
  }
  return E.right(tokens)
}
