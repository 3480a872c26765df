/** The parsers of syntax.ts, rule by rule. Tokens in, syntax out; names and types are elaborate.ts's concern. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as P from 'parser-ts/lib/Parser.js'
import { error, success } from 'parser-ts/lib/ParseResult.js'
import { stream } from 'parser-ts/lib/Stream.js'
import { isProperType } from '../check.ts'
import type { DType, Shape, Type } from '../shape.ts'
import { accept, between, choose, defer, isName, isSymbol, isWord, key, keyword, listOf, name, type Parser, peek, repeat, symbol } from './combinators.ts'
import { levels, power, prefixes, swapped } from './operators.ts'
import { type Flaw, flaw } from './parseError.ts'
import type { Binding, Bound, Data, Entry, Floor, Fn, Inputs, Link, Outputs, Term } from './syntax.ts'
import type { Token } from './tokens.ts'

const succeed = <A>(a: A): Parser<A> => P.of(a)
const present = <A, B>(f: (a: A) => B): ((p: Parser<A>) => Parser<B>) => P.map(f)

// -- numbers and types -----------------------------------------------------------------------------------------------

const numberIn = (t: Token): number | undefined =>
  t._tag === 'Number' ? Number(t.text) : isWord('NaN')(t) ? Number.NaN : isWord('Infinity')(t) ? Number.POSITIVE_INFINITY : undefined
const isNumber = (t: Token): boolean => numberIn(t) !== undefined
const number: Parser<number> = accept('a number', numberIn)
const signed: Parser<number> = choose(['a number'], (t) =>
  isSymbol('-')(t) ? pipe(symbol('-'), P.chain(() => number), present((x) => -x)) : number,
)
const truth = (t: Token): boolean | undefined => (isWord('true')(t) ? true : isWord('false')(t) ? false : undefined)

const dtypes: ReadonlyMap<string, DType> = new Map([['real', 'real'], ['int', 'int'], ['bool', 'bool']])
const isType = (t: Token): boolean => t._tag === 'Word' && dtypes.has(t.text)
const dtype: Parser<DType> = accept('a type', (t) => (t._tag === 'Word' ? dtypes.get(t.text) : undefined))
const size: Parser<number> = accept('a size', (t) => {
  const n = numberIn(t)
  return n !== undefined && Number.isSafeInteger(n) ? n : undefined
})
const sizes: Parser<Shape> = (i) => {
  const r = isSymbol('[')(peek(i)) ? listOf('[', size, ']')(i) : success([], i, i)
  return E.isRight(r) && !isProperType({ dtype: 'real', shape: r.right.value }) ? error(i, ['fewer elements']) : r
}
const type: Parser<Type> = pipe(dtype, P.chain((d) => pipe(sizes, present((shape): Type => ({ dtype: d, shape })))))

// -- attributes ------------------------------------------------------------------------------------------------------

const datum = (value: number | string | boolean | null): Data => ({ _tag: 'Plain', value })
const data: Parser<Data> = choose(['a value'], (t) => {
  if (isNumber(t) || isSymbol('-')(t)) return pipe(signed, present(datum))
  if (t._tag === 'String') return accept('a string', (s) => datum(s.text))
  if (isWord('null')(t)) return pipe(keyword('null'), present(() => datum(null)))
  if (truth(t) !== undefined) return accept('a truth value', (b) => datum(truth(b) === true))
  if (isSymbol('[')(t)) return pipe(listOf('[', data, ']'), present((items): Data => ({ _tag: 'List', items })))
  if (isSymbol('{')(t)) return pipe(record, present((entries): Data => ({ _tag: 'Record', entries })))
  return isWord('fn')(t) ? pipe(defer(() => fn), present((f): Data => ({ _tag: 'Program', fn: f }))) : undefined
})
const record: Parser<readonly Entry[]> = listOf(
  '{',
  pipe(key, P.chainFirst(() => symbol(':')), P.chain((k) => pipe(data, present((d): Entry => [k, d])))),
  '}',
)

// -- formulas --------------------------------------------------------------------------------------------------------

/** Elements in row-major order, and the shape that the brackets make; none where rows differ. */
interface Elements {
  readonly data: readonly number[]
  readonly shape: Shape | undefined
}
const nested = (items: readonly Elements[]): Elements => {
  const [one] = items
  const same = items.every((x) => x.shape !== undefined && x.shape.join() === one?.shape?.join())
  return { data: items.flatMap((x) => x.data), shape: same ? [items.length, ...(one?.shape ?? [])] : undefined }
}
const elements: Parser<Elements> = choose(['a number', '['], (t) =>
  isSymbol('[')(t) ? pipe(listOf('[', elements, ']'), present(nested))
  : truth(t) !== undefined ? accept('a truth value', (b) => ({ data: [truth(b) === true ? 1 : 0], shape: [] }))
  : pipe(signed, present((x) => ({ data: [x], shape: [] }))),
)

const formula: Parser<Term> = defer(() => chain)
const args = listOf('(', formula, ')')
/** A name, or a call where attributes or arguments follow. */
const nameOrCall: Parser<Term> = pipe(name, P.chain(({ text, at }): Parser<Term> => choose<Term>([], (next) =>
  isSymbol('{')(next) ? pipe(record, P.chain((attrs) => pipe(args, present((xs): Term => ({ _tag: 'Call', at, op: text, attrs, args: xs })))))
  : isSymbol('(')(next) ? pipe(args, present((xs): Term => ({ _tag: 'Call', at, op: text, attrs: undefined, args: xs })))
  : succeed<Term>({ _tag: 'Name', at, name: text }),
)))
const atom: Parser<Term> = choose(['a formula'], (t) => {
  const { at } = t, value = numberIn(t) ?? truth(t)
  if (value !== undefined) return accept('a number', (): Term => ({ _tag: 'Literal', at, value }))
  if (isSymbol('(')(t)) return between(symbol('('), formula, closing)
  if (isSymbol('[')(t)) return pipe(elements, present((e): Term => ({ _tag: 'Array', at, ...e })))
  if (isType(t)) return pipe(type, P.chain((ty) => pipe(between(symbol('('), formula, closing), present((of): Term => ({ _tag: 'Typed', at, type: ty, of })))))
  return isName(t) ? nameOrCall : undefined
})
const closing: Parser<Token> = (i) => (isSymbol(')')(peek(i)) ? symbol(')')(i) : error(i, ['an operator', ')']))

const signs = new Map(prefixes.map((o) => [o.symbol, o.op]))
const signOf = (t: Token): string | undefined => (t._tag === 'Symbol' ? signs.get(t.text) : undefined)
const floor: Parser<Floor> = (i) =>
  pipe(
    repeat((t) => signOf(t) !== undefined, accept('a sign', (t) => ({ at: t.at, op: signOf(t) as string }))),
    P.chain((before) => pipe(atom, present((term) => ({ at: peek(i).at, prefixes: before, term })))),
  )(i)
const upper: Parser<Floor> = pipe(symbol(power.symbol), P.chain((hat) => pipe(floor, present((f) => ({ ...f, at: hat.at })))))
/** -x^2: what stands between two binary operators. */
const tower: Parser<Term> = pipe(floor, P.chain((ground) => pipe(repeat(isSymbol(power.symbol), upper), present((above): Term =>
  above.length === 0 && ground.prefixes.length === 0 ? ground.term : { _tag: 'Tower', floors: [ground, ...above] },
))))

interface Joint {
  readonly at: number
  readonly op: string
  readonly level: number
  readonly swapped: boolean
}
const comparison = levels.findIndex((l) => !l.chains)
const joints: ReadonlyMap<string, Omit<Joint, 'at'>> = new Map([
  ...levels.flatMap((l, level) => l.operators.map((o) => [o.symbol, { op: o.op, level, swapped: false }] as const)),
  ...swapped.map((o) => [o.symbol, { op: o.op, level: comparison, swapped: true }] as const),
])
const jointOf = (t: Token): Joint | undefined => {
  const found = t._tag === 'Symbol' ? joints.get(t.text) : undefined
  return found && { ...found, at: t.at }
}
type Step = readonly [Joint, Term]
/** What is joined at one level of tightness, the tighter parts first. */
const group = (first: Term, rest: readonly Step[], level: number): Term => {
  if (rest.length === 0) return first
  const parts: { readonly joint: Joint | undefined; readonly first: Term; readonly rest: Step[] }[] = [{ joint: undefined, first, rest: [] }]
  for (const step of rest) {
    const [joint, term] = step
    if (joint.level === level) parts.push({ joint, first: term, rest: [] })
    else parts[parts.length - 1]?.rest.push(step)
  }
  const terms = parts.map((p) => group(p.first, p.rest, level + 1))
  const links = parts.flatMap(({ joint }, k): readonly Link[] =>
    joint === undefined ? [] : [{ at: joint.at, op: joint.op, swapped: joint.swapped, term: terms[k] as Term }])
  return links.length === 0 ? (terms[0] as Term) : { _tag: 'Chain', first: terms[0] as Term, rest: links }
}
const step: Parser<Step> = pipe(accept('an operator', jointOf), P.chain((joint) => pipe(tower, present((term): Step => [joint, term]))))
const chain: Parser<Term> = pipe(tower, P.chain((first) => pipe(repeat((t) => jointOf(t) !== undefined, step), present((rest) => group(first, rest, 0)))))

// -- programs --------------------------------------------------------------------------------------------------------

const nothing = <A>(a: A): Parser<A> => pipe(keyword('_'), present(() => a))
const inputs: Parser<Inputs> = choose<Inputs>(['a name', 'a type', '[', '{', '_'], (t) =>
  isSymbol('[')(t) ? pipe(listOf('[', inputs, ']'), present((items): Inputs => ({ _tag: 'Tuple', items })))
  : isSymbol('{')(t) ? pipe(listOf('{', member, '}'), present((entries): Inputs => ({ _tag: 'Record', entries })))
  : isWord('_')(t) ? nothing<Inputs>({ _tag: 'Nothing' })
  : isType(t) ? unnamed
  : isName(t) ? leaf : undefined,
)
const unnamed: Parser<Inputs> = (i) => pipe(type, present((ty): Inputs => ({ _tag: 'Leaf', at: peek(i).at, name: undefined, type: ty })))(i)
const leaf: Parser<Inputs> = pipe(name, P.chainFirst(() => symbol(':')), P.chain((n) => pipe(type, present((ty): Inputs => ({ _tag: 'Leaf', at: n.at, name: n.text, type: ty })))))
const member: Parser<readonly [string, Inputs]> = pipe(key, P.chain((k) => pipe(
  choose<Inputs>([':', '='], (t) => (isSymbol(':')(t) ? pipe(symbol(':'), P.chain(() => inputs)) : isSymbol('=')(t) ? pipe(symbol('='), P.chain(() => leaf)) : undefined)),
  present((x) => [k, x] as const),
)))

const stated: Parser<Type | undefined> = choose<Type | undefined>([], (t) => (isSymbol(':')(t) ? pipe(symbol(':'), P.chain(() => type)) : succeed(undefined)))
const boundName: Parser<Token> = accept('a name', (t) => (isName(t) || isWord('_')(t) ? t : undefined))
const bound: Parser<Bound> = pipe(boundName, P.chain((n) => pipe(stated, present((ty) => ({ at: n.at, name: n._tag === 'Word' && n.text === '_' ? undefined : n.text, type: ty })))))
const bounds: Parser<Pick<Binding, 'several' | 'bounds'>> = choose(['a name', '[', 'in'], (t) =>
  isSymbol('[')(t) ? pipe(listOf('[', bound, ']'), present((many) => ({ several: true, bounds: many })))
  : isName(t) || isWord('_')(t) ? pipe(bound, present((one) => ({ several: false, bounds: [one] }))) : undefined,
)
const separator = repeat(isSymbol(';'), symbol(';'))
const binding: Parser<Binding> = pipe(bounds, P.chain((b) => pipe(
  symbol('='), P.chain((eq) => pipe(formula, present((value) => ({ ...b, at: eq.at, value })))), P.chainFirst(() => separator),
)))
const bindings: Parser<readonly Binding[]> = choose<readonly Binding[]>([], (t) =>
  isWord('let')(t) ? between(keyword('let'), repeat((next) => !isWord('in')(next), binding), keyword('in')) : succeed([]),
)
const outputs: Parser<Outputs> = choose<Outputs>([], (t) =>
  isSymbol('[')(t) ? pipe(listOf('[', outputs, ']'), present((items): Outputs => ({ _tag: 'Tuple', items })))
  : isSymbol('{')(t) ? pipe(listOf('{', result, '}'), present((entries): Outputs => ({ _tag: 'Record', entries })))
  : isWord('_')(t) ? nothing<Outputs>({ _tag: 'Nothing' })
  : pipe(formula, present((term): Outputs => ({ _tag: 'Value', term }))),
)
const result: Parser<readonly [string, Outputs]> = pipe(key, P.chainFirst(() => symbol(':')), P.chain((k) => pipe(outputs, present((x) => [k, x] as const))))
const fn: Parser<Fn> = pipe(keyword('fn'), P.chain(({ at }) => pipe(inputs, P.chainFirst(() => symbol('->')), P.chain((ins) =>
  pipe(bindings, P.chain((lets) => pipe(outputs, present((outs): Fn => ({ at, inputs: ins, bindings: lets, outputs: outs }))))))),
))

// -- texts -----------------------------------------------------------------------------------------------------------

export type Text = { readonly _tag: 'Program'; readonly fn: Fn } | { readonly _tag: 'Formula'; readonly term: Term }
const end = (expected: readonly string[]): Parser<Token> => (i) => (peek(i)._tag === 'End' ? success(peek(i), i, i) : error(i, [...expected]))
const program: Parser<Text> = pipe(fn, P.chainFirst(() => end(['an operator', 'the end'])), present((f): Text => ({ _tag: 'Program', fn: f })))
const plain: Parser<Text> = pipe(formula, P.chainFirst(() => end(['an operator', 'the end'])), present((term): Text => ({ _tag: 'Formula', term })))
const text: Parser<Text> = choose<Text>([], (t) => (isWord('fn')(t) ? program : plain))

const found = ({ _tag, text: written }: Token): string => (_tag === 'End' ? 'the end' : _tag === 'String' ? JSON.stringify(written) : written)
const read = <A>(parser: Parser<A>) => (tokens: readonly Token[]): E.Either<Flaw, A> => {
  const r = parser(stream(tokens as Token[]))
  if (E.isRight(r)) return E.right(r.right.value)
  const { input, expected } = r.left, next = peek(input)
  return E.left(flaw(next.at, { _tag: 'Unexpected', expected: [...new Set(expected)], found: found(next) }))
}
export const readText = read(text)
export const readFormula = read(plain)
