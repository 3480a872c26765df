/**
 * A kernel's scalar as a formula with indices: sum_k w_pk z_k. The caller gives the symbols of the values that it loads
 * and the letters of the result's indices; the letters of the loops are chosen here.
 */
import type { Call, Index, Load, Reduce, Scalar } from '../../../lang/kernel/index.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import { latexNumber } from '../../../lang/text/index.ts'
import { showNumber } from '../numbers.ts'
import type { Formula } from '../words.ts'
import { affine, type Bound, boundsOf, showAffine } from './affine.ts'
import type { Notation } from './notation.ts'

/** What is known at a scalar: the loaded values, the letters of the indices, and what the guards around it prove. */
interface Scope {
  readonly types: readonly Type[]
  readonly notation: Notation
  readonly letters: ReadonlyMap<Index, string>
  readonly proved: readonly Bound[]
}
const letterIn = ({ letters }: Scope, i: Index): string => letters.get(i) ?? '?'

/** The precedence of a formula: sums, products, formulas that never need brackets. */
const additive = 1
const multiplicative = 2
const whole = 3
interface Ranked extends Formula {
  readonly precedence: number
}
const atom = (text: string, latex = text): Ranked => ({ text, latex, precedence: whole })
/** In brackets if its precedence is below `least`. */
const bracketed = (least: number, f: Ranked): Formula =>
  f.precedence < least ? { text: `(${f.text})`, latex: `\\left(${f.latex}\\right)` } : f

type Arithmetic = (a: Ranked, b: Ranked) => Ranked
const sum =
  (sign: string): Arithmetic =>
  (a, b) => {
    const [x, y] = [bracketed(additive, a), bracketed(multiplicative, b)]
    return { text: `${x.text} ${sign} ${y.text}`, latex: `${x.latex} ${sign} ${y.latex}`, precedence: additive }
  }
const arithmetic: { readonly [f: string]: Arithmetic } = {
  add: sum('+'),
  sub: sum('-'),
  neg: (a) => {
    const x = bracketed(multiplicative, a)
    return { text: `-${x.text}`, latex: `-${x.latex}`, precedence: additive }
  },
  div: (a, b) => ({
    text: `${bracketed(whole, a).text} / ${bracketed(whole, b).text}`,
    latex: `\\frac{${a.latex}}{${b.latex}}`,
    precedence: multiplicative,
  }),
}
/** The factors of a product: nested products are flattened, factors 1 are left out. */
const factors = (s: Scalar): readonly Scalar[] =>
  s._tag === 'Call' && s.fn === 'mul' && s.dtype === 'real'
    ? s.args.flatMap(factors)
    : s._tag === 'Num' && s.value === 1
      ? []
      : [s]
const isZero = (s: Scalar | undefined): boolean => s?._tag === 'Num' && s.value === 0

/** The order of the factors of a product: numbers first, then symbols by their ranks, then all other formulas. */
const rankOf = (notation: Notation, s: Scalar): number =>
  s._tag === 'Num' ? -1 : s._tag === 'Load' ? (notation.symbol(s.source)?.rank ?? 5) : 6
/** The letter of the first axis that an index runs along, if no other index has it. */
const axisLetter = (notation: Notation, i: Index, body: Scalar, taken: ReadonlySet<string>): string | undefined => {
  if (body._tag === 'Load') {
    const letter = notation.symbol(body.source)?.letters[body.at.indexOf(i)]
    if (letter !== undefined && !taken.has(letter)) return letter
  }
  const inner = body._tag === 'Call' ? body.args : body._tag === 'Reduce' ? [body.body] : []
  for (const s of inner) {
    const found = axisLetter(notation, i, s, taken)
    if (found !== undefined) return found
  }
  return undefined
}
/** The scope inside a loop over i. */
const withLetter = (scope: Scope, i: Index, body: Scalar): Scope => {
  const taken = new Set(scope.letters.values())
  const letter = axisLetter(scope.notation, i, body, taken) ?? [...'mnijklpqrst'].find((l) => !taken.has(l)) ?? '?'
  return { ...scope, letters: new Map([...scope.letters, [i, letter]]) }
}

const writePosition = (s: Scalar, scope: Scope): Formula => {
  const form = affine(s, scope.proved)
  return atom(form === undefined ? '?' : showAffine(form, (i) => letterIn(scope, i)))
}
const writeLoad = (s: Load, scope: Scope): Ranked => {
  const { shape } = scope.types[s.source] as Type // a kernel loads only from its sources
  const at = s.at.flatMap((i, d) => (shape[d] === 1 ? [] : [writePosition(i, scope)]))
  return { ...(scope.notation.symbol(s.source)?.write(at) ?? atom(`v${s.source}`)), precedence: whole }
}
const writeProduct = (s: Call, scope: Scope): Ranked => {
  const rank = (f: Scalar): number => rankOf(scope.notation, f)
  const parts = [...factors(s)].sort((a, b) => rank(a) - rank(b)).map((f) => write(f, scope))
  const [only = atom('1')] = parts
  if (parts.length < 2) return only
  const terms = parts.map((f, k) => bracketed(k === parts.length - 1 ? multiplicative : whole, f))
  const joined = (key: 'text' | 'latex', by: string): string => terms.map((f) => f[key]).join(by)
  return { text: joined('text', ' '), latex: joined('latex', ' \\, '), precedence: multiplicative }
}
const writeCall = (s: Call, scope: Scope): Ranked => {
  if (s.fn === 'mul') return writeProduct(s, scope)
  const [test, inside, outside] = s.args
  // positions outside an array count as 0, and are not written
  const bounds = s.fn === 'select' && isZero(outside) ? boundsOf(test as Scalar) : undefined
  if (bounds !== undefined) return write(inside as Scalar, { ...scope, proved: [...scope.proved, ...bounds] })
  const args = s.args.map((x) => write(x, scope))
  const [a = atom('?'), b = atom('?')] = args
  const operator = arithmetic[s.fn]
  if (operator !== undefined) return operator(a, b)
  const f = scope.notation.functions?.[s.fn] ?? { text: s.fn, latex: `\\operatorname{${s.fn}}` }
  const listed = (key: 'text' | 'latex'): string => args.map((x) => x[key]).join(', ')
  return atom(`${f.text}(${listed('text')})`, `${f.latex}\\left(${listed('latex')}\\right)`)
}
/** Nested loops of the same reduction are written with one sign, sum_ij. A loop over one element needs none. */
const writeReduce = (s: Reduce, scope: Scope): Ranked => {
  const loops: Index[] = []
  let body: Scalar = s
  for (; body._tag === 'Reduce' && body.by === s.by; body = body.body) if (body.index.size > 1) loops.push(body.index)
  const within = loops.reduce((all, i) => withLetter(all, i, body), scope)
  const inner = write(body, within)
  if (loops.length === 0) return inner
  const term = bracketed(multiplicative, inner)
  const letters = loops.map((i) => letterIn(within, i))
  const [text, latex] = s.by === 'add' ? ['sum', '\\sum'] : [s.by, `\\operatorname{${s.by}}`]
  return {
    text: `${text}_${letters.join('')} ${term.text}`,
    latex: `${latex}_{${letters.join(', ')}} ${term.latex}`,
    precedence: multiplicative,
  }
}
const write = (s: Scalar, scope: Scope): Ranked => {
  switch (s._tag) {
    case 'Num':
      return { text: showNumber(s.value), latex: latexNumber(s.value), precedence: s.value < 0 ? additive : whole }
    case 'Index':
      return atom(letterIn(scope, s))
    case 'Load':
      return writeLoad(s, scope)
    case 'Call':
      return writeCall(s, scope)
    case 'Reduce':
      return writeReduce(s, scope)
  }
}

/** Writes scalars over values of these types. `own` holds the letters of the result's indices. */
export const writer =
  (types: readonly Type[], notation: Notation, own: ReadonlyMap<Index, string>) =>
  (s: Scalar): Formula =>
    write(s, { types, notation, letters: own, proved: [] })
