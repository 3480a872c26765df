/** A scalar of indices as mathematics, over values that have symbols. */
import type { Call, Index, Reduce, Scalar } from '../../../lang/kernel/index.ts'
import type { Type } from '../../../lang/syntax/shape.ts'
import { latexNumber } from '../../../lang/text/index.ts'
import { showNumber } from '../numbers.ts'
import type { Formula } from '../words.ts'
import { affine, type Bound, boundsOf, showAffine } from './affine.ts'
import type { Notation } from './notation.ts'

/** What is known at a scalar: the letters of the indices, and what the guards around it prove. */
interface Scope {
  readonly letters: ReadonlyMap<Index, string>
  readonly proved: readonly Bound[]
}
const letterIn = ({ letters }: Scope, i: Index): string => letters.get(i) ?? '?'

/** How tightly a formula binds: sums, products, formulas that never need brackets. */
const additive = 1
const multiplicative = 2
const whole = 3
interface Held extends Formula {
  readonly tight: number
}
const atom = (text: string, latex = text): Held => ({ text, latex, tight: whole })
const fenced = (least: number, h: Held): Formula =>
  h.tight < least ? { text: `(${h.text})`, latex: `\\left(${h.latex}\\right)` } : h

type Arithmetic = (a: Held, b: Held) => Held
const sum =
  (sign: string): Arithmetic =>
  (a, b) => {
    const [x, y] = [fenced(additive, a), fenced(multiplicative, b)]
    return { text: `${x.text} ${sign} ${y.text}`, latex: `${x.latex} ${sign} ${y.latex}`, tight: additive }
  }
const arithmetic: { readonly [f: string]: Arithmetic } = {
  add: sum('+'),
  sub: sum('-'),
  neg: (a) => {
    const x = fenced(multiplicative, a)
    return { text: `-${x.text}`, latex: `-${x.latex}`, tight: additive }
  },
  div: (a, b) => ({
    text: `${fenced(whole, a).text} / ${fenced(whole, b).text}`,
    latex: `\\frac{${a.latex}}{${b.latex}}`,
    tight: multiplicative,
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

export const writer = (
  types: readonly Type[],
  notation: Notation,
  own: ReadonlyMap<Index, string>,
): ((s: Scalar) => Held) => {
  const rankOf = (s: Scalar): number =>
    s._tag === 'Num' ? -1 : s._tag === 'Load' ? (notation.symbol(s.source)?.rank ?? 5) : 6
  /** The letter of the first axis that an index runs along, if it is free. */
  const wish = (i: Index, body: Scalar, taken: ReadonlySet<string>): string | undefined => {
    if (body._tag === 'Load') {
      const letter = notation.symbol(body.source)?.letters[body.at.indexOf(i)]
      if (letter !== undefined && !taken.has(letter)) return letter
    }
    const inner = body._tag === 'Call' ? body.args : body._tag === 'Reduce' ? [body.body] : []
    for (const s of inner) {
      const found = wish(i, s, taken)
      if (found !== undefined) return found
    }
    return undefined
  }
  const named = (scope: Scope, i: Index, body: Scalar): Scope => {
    const taken = new Set(scope.letters.values())
    const letter = wish(i, body, taken) ?? [...'mnijklpqrst'].find((l) => !taken.has(l)) ?? '?'
    return { ...scope, letters: new Map([...scope.letters, [i, letter]]) }
  }
  const place = (s: Scalar, scope: Scope): Formula => {
    const form = affine(s, scope.proved)
    return atom(form === undefined ? '?' : showAffine(form, (i) => letterIn(scope, i)))
  }

  const product = (s: Scalar, scope: Scope): Held => {
    const parts = [...factors(s)].sort((a, b) => rankOf(a) - rankOf(b)).map((f) => write(f, scope))
    const [only = atom('1')] = parts
    if (parts.length < 2) return only
    const held = parts.map((h, k) => fenced(k === parts.length - 1 ? multiplicative : whole, h))
    const joined = (key: 'text' | 'latex', by: string): string => held.map((h) => h[key]).join(by)
    return { text: joined('text', ' '), latex: joined('latex', ' \\, '), tight: multiplicative }
  }
  const called = (s: Call, scope: Scope): Held => {
    if (s.fn === 'mul') return product(s, scope)
    const [test, inside, outside] = s.args
    // positions outside an array count as 0, and are not written
    const bounds = s.fn === 'select' && isZero(outside) ? boundsOf(test as Scalar) : undefined
    if (bounds !== undefined) return write(inside as Scalar, { ...scope, proved: [...scope.proved, ...bounds] })
    const args = s.args.map((x) => write(x, scope))
    const [a = atom('?'), b = atom('?')] = args
    const sign = arithmetic[s.fn]
    if (sign !== undefined) return sign(a, b)
    const f = notation.functions?.[s.fn] ?? { text: s.fn, latex: `\\operatorname{${s.fn}}` }
    const listed = (key: 'text' | 'latex'): string => args.map((x) => x[key]).join(', ')
    return atom(`${f.text}(${listed('text')})`, `${f.latex}\\left(${listed('latex')}\\right)`)
  }
  /** Nested loops of one kind share one sign; a loop over one element has none. */
  const reduced = (s: Reduce, scope: Scope): Held => {
    const chain: Index[] = []
    let body: Scalar = s
    for (; body._tag === 'Reduce' && body.by === s.by; body = body.body) if (body.index.size > 1) chain.push(body.index)
    const within = chain.reduce((all, i) => named(all, i, body), scope)
    const inner = write(body, within)
    if (chain.length === 0) return inner
    const held = fenced(multiplicative, inner)
    const run = chain.map((i) => letterIn(within, i))
    const [text, latex] = s.by === 'add' ? ['sum', '\\sum'] : [s.by, `\\operatorname{${s.by}}`]
    return {
      text: `${text}_${run.join('')} ${held.text}`,
      latex: `${latex}_{${run.join(', ')}} ${held.latex}`,
      tight: multiplicative,
    }
  }
  const write = (s: Scalar, scope: Scope): Held => {
    switch (s._tag) {
      case 'Num':
        return { text: showNumber(s.value), latex: latexNumber(s.value), tight: s.value < 0 ? additive : whole }
      case 'Index':
        return atom(letterIn(scope, s))
      case 'Load': {
        const shape = (types[s.source] as Type).shape
        const at = s.at.flatMap((i, d) => (shape[d] === 1 ? [] : [place(i, scope)]))
        return { ...(notation.symbol(s.source)?.write(at) ?? atom(`v${s.source}`)), tight: whole }
      }
      case 'Call':
        return called(s, scope)
      case 'Reduce':
        return reduced(s, scope)
    }
  }
  return (s) => write(s, { letters: own, proved: [] })
}
