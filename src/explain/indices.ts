/**
 * Equations with their indices spelled out: s_k = sum_p w_pk o_p. They are read off the meanings of the operations: the
 * kernel of a value, with the kernels of all that has no symbol in its place, is a scalar of the output's indices, and
 * that scalar is written down. What stands outside an array counts as 0, and is not written.
 */
import { type Closed, type Equation, typesOf } from '../../lang/closed.ts'
import { type At, type Index, index, load, num, type Scalar, type Source } from '../../lang/kernel/index.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import type { Type } from '../../lang/shape.ts'
import { latexNumber } from '../../lang/text/index.ts'
import type { Derivation } from './derivation.ts'
import { showNumber } from './numbers.ts'
import type { Formula, Line } from './words.ts'

/** How a value is written, given its indices; a letter for each of its axes; factors stand in the order of their ranks. */
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

/** w^{3}_{pk}: a base, a layer above, indices below. */
export const indexed = (base: Formula, rank: number, letters: string, above = ''): IndexSymbol => ({
  letters: [...letters],
  rank,
  write: (indices) => {
    const long = indices.some((i) => i.text.length > 1)
    const [text, latex] = [indices.map((i) => i.text), indices.map((i) => i.latex)].map((x) => x.join(long ? ',' : ''))
    return {
      text: `${base.text}${above === '' ? '' : `^${above}`}${text === '' ? '' : `_${long ? `{${text}}` : text}`}`,
      latex: `${base.latex}${above === '' ? '' : `^{${above}}`}${latex === '' ? '' : `_{${latex}}`}`,
    }
  },
})
/** The same symbol, of a value whose cotangent is written out where it is used. */
export const written = (x: IndexSymbol): IndexSymbol => ({ ...x, hidden: true })
/** dR/dw_pk, of a symbol. */
export const derivativeOf = (risk: string, x: IndexSymbol): IndexSymbol => ({
  letters: x.letters,
  rank: 0,
  write: (indices) => {
    const inner = x.write(indices)
    return { text: `d${risk}/d${inner.text}`, latex: `\\frac{\\partial ${risk}}{\\partial ${inner.latex}}` }
  },
})

// -- the scalar of a value -------------------------------------------------------------------------------------------

/** A value as a source: read where it has a symbol, computed where it has none. */
const sourcesOf = (p: Closed, notation: Notation, except: number): ((value: number) => Source) => {
  const types = typesOf(p)
  const made = new Map<number, Equation>(p.equations.flatMap((q) => q.outs.map((_, k) => [q.first + k, q] as const)))
  const known = new Map<number, Source>()
  const source = (value: number): Source => {
    const hit = known.get(value)
    if (hit !== undefined) return hit
    const type = types[value] as Type
    const q = made.get(value)
    const read: Source = { type, at: (i) => load(value, i, type.dtype) }
    const computed = (): Source => {
      if (q === undefined || q.outs.length > 1) return read
      const meaning = entryOf(q.op).meaning(q.attrs, q.args.map(source), q.outs)
      return meaning._tag === 'Kernel' ? { type, at: meaning.at } : read
    }
    const fresh = value !== except && notation.symbol(value) !== undefined ? read : computed()
    known.set(value, fresh)
    return fresh
  }
  return source
}

// -- writing ---------------------------------------------------------------------------------------------------------

const additive = 1,
  multiplicative = 2,
  whole = 3
interface Held extends Formula {
  readonly tight: number
}
const atom = (text: string, latex = text): Held => ({ text, latex, tight: whole })
const fenced = (least: number, h: Held): Formula =>
  h.tight < least ? { text: `(${h.text})`, latex: `\\left(${h.latex}\\right)` } : h

/** c1 i + c2 j + c0, as it stands in a place of an array. */
type Linear = ReadonlyMap<Index | undefined, number>
const plus = (a: Linear, by: number, b: Linear): Linear => {
  const sum = new Map(a)
  for (const [k, c] of b) sum.set(k, (sum.get(k) ?? 0) + by * c)
  return new Map([...sum].filter(([, c]) => c !== 0))
}
const nothing: Linear = new Map()
const constantOf = (x: Linear): number | undefined =>
  [...x.keys()].every((k) => k === undefined) ? (x.get(undefined) ?? 0) : undefined
/** What a guard proves of an index inside it. */
interface Bound {
  readonly form: Linear
  readonly low: number
  readonly high: number
}
const sameForm = (a: Linear, b: Linear): boolean => a.size === b.size && [...a].every(([k, c]) => b.get(k) === c)
/** Whether a form stays within 0 .. size - 1: by the ranges of its indices, or because a guard says so. */
const fits = (x: Linear, size: number, proved: readonly Bound[]): boolean => {
  const ends = [...x].map(([k, c]) =>
    k === undefined ? [c, c] : [Math.min(0, c * (k.size - 1)), Math.max(0, c * (k.size - 1))],
  )
  const known = proved.filter((b) => sameForm(b.form, x))
  const low = Math.max(
    ends.reduce((sum, [e = 0]) => sum + e, 0),
    ...known.map((b) => b.low),
  )
  const high = Math.min(
    ends.reduce((sum, [, e = 0]) => sum + e, 0),
    ...known.map((b) => b.high),
  )
  return low >= 0 && high < size
}
/** x = by quotient + rest, term by term, where the rest is sure to be a remainder. */
const divided = (
  x: Linear,
  by: number,
  proved: readonly Bound[],
): readonly [quotient: Linear, rest: Linear] | undefined => {
  const quotient = new Map([...x].filter(([, c]) => c % by === 0).map(([k, c]) => [k, c / by])),
    rest = new Map([...x].filter(([, c]) => c % by !== 0))
  return fits(rest, by, proved) ? [quotient, rest] : undefined
}
const linear = (s: Scalar, proved: readonly Bound[]): Linear | undefined => {
  if (s._tag === 'Index') return s.size === 1 ? nothing : new Map([[s, 1]])
  if (s._tag === 'Num') return s.value === 0 ? nothing : new Map([[undefined, s.value]])
  if (s._tag !== 'Call') return undefined
  const [a, b] = s.args.map((x) => linear(x, proved))
  if (a === undefined) return undefined
  if (s.fn === 'neg') return plus(nothing, -1, a)
  if (b === undefined) return undefined
  const [x, y] = [constantOf(a), constantOf(b)]
  switch (s.fn) {
    case 'add':
      return plus(a, 1, b)
    case 'sub':
      return plus(a, -1, b)
    case 'mul':
      return y !== undefined ? plus(nothing, y, a) : x !== undefined ? plus(nothing, x, b) : undefined
    case 'idiv':
      return y === undefined ? undefined : divided(a, y, proved)?.[0]
    case 'mod':
      return y === undefined ? undefined : divided(a, y, proved)?.[1]
    default:
      return undefined
  }
}
/** The bounds that a guard states, 0 <= form and form < size; nothing where it tests anything else, such as a value. */
const boundsOf = (test: Scalar): readonly Bound[] | undefined => {
  if (test._tag !== 'Call') return undefined
  if (test.fn === 'and') {
    const each = test.args.map(boundsOf)
    return each.includes(undefined) ? undefined : each.flatMap((bounds) => bounds ?? [])
  }
  const [a, b] = test.args.map((x) => linear(x, []))
  if (a === undefined || b === undefined) return undefined
  const [x, y] = [constantOf(a), constantOf(b)]
  if (test.fn === 'le' && x !== undefined) return [{ form: b, low: x, high: Number.POSITIVE_INFINITY }]
  return test.fn === 'lt' && y !== undefined ? [{ form: a, low: Number.NEGATIVE_INFINITY, high: y - 1 }] : undefined
}
const infix: { readonly [f: string]: readonly [text: string, latex: string, tight: number] } = {
  add: [' + ', ' + ', additive],
  sub: [' - ', ' - ', additive],
}

const writer = (p: Closed, notation: Notation, free: ReadonlyMap<Index, string>) => {
  const types = typesOf(p)
  const letters = new Map<Index, string>(free)
  const proved: Bound[] = []
  const spare = (wanted: string | undefined): string => {
    const taken = new Set(letters.values())
    return [...(wanted ?? ''), ...'mnijklpqrst'].find((l) => !taken.has(l)) ?? '?'
  }
  /** A bound index is called what the first axis that it runs along is called. */
  const baptise = (bound: Index, body: Scalar): void => {
    const wish = (s: Scalar): string | undefined => {
      if (s._tag === 'Load') {
        const d = s.at.indexOf(bound)
        const letter = d < 0 ? undefined : notation.symbol(s.source)?.letters[d]
        if (letter !== undefined && ![...letters.values()].includes(letter)) return letter
      }
      const inner = s._tag === 'Call' ? s.args : s._tag === 'Reduce' ? [s.body] : []
      return inner.map(wish).find((l) => l !== undefined)
    }
    letters.set(bound, spare(wish(body)))
  }
  const place = (s: Scalar): Formula => {
    const sum = linear(s, proved)
    if (sum === undefined) return atom('?')
    const terms = [...sum]
    // what is added stands before what is taken away, numbers last; letters in the order of the alphabet
    const letter = (k: Index | undefined): string => (k === undefined ? '' : (letters.get(k) ?? ''))
    terms.sort(
      ([a, c], [b, d]) =>
        Number(a === undefined) - Number(b === undefined) ||
        Math.sign(d) - Math.sign(c) ||
        letter(a).localeCompare(letter(b)),
    )
    const text = terms
      .map(([k, c], n) => {
        const size = Math.abs(c)
        const name = k === undefined ? String(size) : `${size === 1 ? '' : size}${letters.get(k) ?? '?'}`
        return n === 0 ? (c < 0 ? `-${name}` : name) : `${c < 0 ? '-' : '+'}${name}`
      })
      .join('')
    return atom(text === '' ? '0' : text)
  }
  const rankOf = (s: Scalar): number =>
    s._tag === 'Num' ? -1 : s._tag === 'Load' ? (notation.symbol(s.source)?.rank ?? 5) : 6
  const factors = (s: Scalar): readonly Scalar[] =>
    s._tag === 'Call' && s.fn === 'mul' && s.dtype === 'real'
      ? s.args.flatMap(factors)
      : s._tag === 'Num' && s.value === 1
        ? []
        : [s]
  const product = (s: Scalar): Held => {
    const parts = [...factors(s)].sort((a, b) => rankOf(a) - rankOf(b))
    const [only] = parts
    if (only === undefined) return atom('1')
    if (parts.length === 1) return write(only)
    const each = parts.map(write)
    const held = each.map((h, k) => fenced(k === each.length - 1 ? multiplicative : whole, h))
    return {
      text: held.map((h) => h.text).join(' '),
      latex: held.map((h) => h.latex).join(' \\, '),
      tight: multiplicative,
    }
  }
  const write = (s: Scalar): Held => {
    switch (s._tag) {
      case 'Num':
        return { text: showNumber(s.value), latex: latexNumber(s.value), tight: s.value < 0 ? additive : whole }
      case 'Index':
        return atom(letters.get(s) ?? '?')
      case 'Load': {
        const shape = (types[s.source] as Type).shape
        const at = s.at.flatMap((i, d) => (shape[d] === 1 ? [] : [place(i)]))
        return { ...(notation.symbol(s.source)?.write(at) ?? atom(`v${s.source}`)), tight: whole }
      }
      case 'Call': {
        if (s.fn === 'mul') return product(s)
        if (s.fn === 'select' && s.args[2]?._tag === 'Num' && s.args[2].value === 0) {
          const bounds = boundsOf(s.args[0] as Scalar)
          if (bounds !== undefined) {
            proved.push(...bounds)
            const inside = write(s.args[1] as Scalar)
            proved.length -= bounds.length
            return inside
          }
        }
        const args = s.args.map(write)
        const [a, b] = args
        const sign = infix[s.fn]
        if (sign !== undefined && a !== undefined && b !== undefined) {
          const [x, y] = [fenced(additive, a), fenced(multiplicative, b)]
          return { text: x.text + sign[0] + y.text, latex: x.latex + sign[1] + y.latex, tight: sign[2] }
        }
        if (s.fn === 'neg' && a !== undefined) {
          const x = fenced(multiplicative, a)
          return { text: `-${x.text}`, latex: `-${x.latex}`, tight: additive }
        }
        if (s.fn === 'div' && a !== undefined && b !== undefined)
          return {
            text: `${fenced(whole, a).text} / ${fenced(whole, b).text}`,
            latex: `\\frac{${a.latex}}{${b.latex}}`,
            tight: multiplicative,
          }
        const f = notation.functions?.[s.fn] ?? { text: s.fn, latex: `\\operatorname{${s.fn}}` }
        const [inText, inLatex] = [args.map((x) => x.text).join(', '), args.map((x) => x.latex).join(', ')]
        return atom(`${f.text}(${inText})`, `${f.latex}\\left(${inLatex}\\right)`)
      }
      case 'Reduce': {
        const chain: Index[] = []
        let body: Scalar = s
        while (body._tag === 'Reduce' && body.by === s.by) {
          chain.push(body.index)
          body = body.body
        }
        for (const i of chain) if (i.size > 1) baptise(i, body)
        const run = chain.filter((i) => i.size > 1).map((i) => letters.get(i) ?? '?')
        const inner = write(body)
        if (run.length === 0) return inner
        const held = fenced(multiplicative, inner)
        const [text, latex] = s.by === 'add' ? ['sum', '\\sum'] : [s.by, `\\operatorname{${s.by}}`]
        return {
          text: `${text}_${run.join('')} ${held.text}`,
          latex: `${latex}_{${run.join(', ')}} ${held.latex}`,
          tight: multiplicative,
        }
      }
    }
  }
  return write
}

/**
 * The equation of a value, over the values that the notation has symbols for. `letters`: its own axes, where they are
 * called otherwise than in the notation.
 */
export const indexEquation = (p: Closed, value: number, notation: Notation, letters?: string): Line => {
  const type = typesOf(p)[value] as Type
  const symbol = notation.symbol(value) ?? indexed({ text: `v${value}`, latex: `v_{${value}}` }, 5, '')
  const names = letters === undefined ? symbol.letters : [...letters]
  const own: At = type.shape.map((n) => (n === 1 ? num(0, 'int') : index(n)))
  const free = new Map(own.flatMap((i, d) => (i._tag === 'Index' ? [[i, names[d] ?? '?'] as const] : [])))
  const at = own.flatMap((i) => (i._tag === 'Index' ? [{ text: free.get(i) ?? '?', latex: free.get(i) ?? '?' }] : []))
  const right = writer(p, notation, free)(sourcesOf(p, notation, value)(value).at(own))
  return { left: symbol.write(at), right: { text: right.text, latex: right.latex } }
}

/**
 * The notation of a derivation's result, from symbols for the values of its source: their cotangents are dR/d of them,
 * and the slope of a function is the function primed, phi'(s_k), of what it is applied to.
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
      const f = functions[s.op],
        argument = d.source.closed.equations.find((q) => q.first === s.value)?.args[l.argument],
        inner = argument === undefined ? undefined : symbolOf(argument)
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
const primed = (f: Formula, x: IndexSymbol): IndexSymbol => ({
  letters: x.letters,
  rank: 1,
  write: (indices) => {
    const inner = x.write(indices)
    return { text: `${f.text}'(${inner.text})`, latex: `${f.latex}'\\left(${inner.latex}\\right)` }
  },
})
