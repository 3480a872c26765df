/**
 * The parsers of the grammar in syntax.ts, rule by rule: from tokens to a syntax tree. elaborate.ts resolves names and
 * types.
 */
import * as E from 'fp-ts/lib/Either.js'
import { error, success } from 'parser-ts/lib/ParseResult.js'
import { stream } from 'parser-ts/lib/Stream.js'
import type { DType, Shape, Type } from '../syntax/shape.ts'
import { isValidType } from '../validate.ts'
import {
  accept,
  after,
  before,
  between,
  both,
  choose,
  defer,
  isName,
  isSymbol,
  isWord,
  key,
  keyword,
  listOf,
  map,
  name,
  type Parser,
  peek,
  repeat,
  succeed,
  symbol,
} from './combinators.ts'
import { group, jointOf, type Step } from './grouping.ts'
import { power, prefixes } from './operators.ts'
import { type Flaw, flaw, type Hint } from './parseError.ts'
import type { Attribute, Binding, Bound, Floor, Inputs, NamedAttribute, Outputs, ProgramTerm, Term } from './syntax.ts'
import type { Token } from './token.ts'

// -- numbers and types -----------------------------------------------------------------------------------------------

const numberIn = (t: Token): number | undefined =>
  t._tag === 'Number'
    ? Number(t.text)
    : isWord('NaN')(t)
      ? Number.NaN
      : isWord('Infinity')(t)
        ? Number.POSITIVE_INFINITY
        : undefined
const number = accept('a number', numberIn)
const negative = map(after(symbol('-'), number), (x) => -x)
const signed = choose(['a number'], (t) => (isSymbol('-')(t) ? negative : number))
const truthIn = (t: Token): boolean | undefined => (isWord('true')(t) ? true : isWord('false')(t) ? false : undefined)
const truth = accept('a truth value', truthIn)

const dtypes: ReadonlyMap<string, DType> = new Map([
  ['real', 'real'],
  ['int', 'int'],
  ['bool', 'bool'],
])
const dtypeIn = (t: Token): DType | undefined => (t._tag === 'Word' ? dtypes.get(t.text) : undefined)
const size = accept('a size', (t) => {
  const n = numberIn(t)
  return n !== undefined && Number.isSafeInteger(n) ? n : undefined
})
const sizes = listOf('[', size, ']')
const shape: Parser<Shape> = (i) => {
  const r = isSymbol('[')(peek(i)) ? sizes(i) : success([], i, i)
  return E.isRight(r) && !isValidType({ dtype: 'real', shape: r.right.value }) ? error(i, ['fewer elements']) : r
}
const type = both(accept('a type', dtypeIn), shape, (dtype, s): Type => ({ dtype, shape: s }))

// -- attributes ------------------------------------------------------------------------------------------------------

const plain = (value: number | string | boolean | null): Attribute => ({ _tag: 'Plain', value })
const string = accept('a string', (t) => (t._tag === 'String' ? t.text : undefined))
const data: Parser<Attribute> = choose(['a value'], (t) => {
  if (numberIn(t) !== undefined || isSymbol('-')(t)) return map(signed, plain)
  if (t._tag === 'String') return map(string, plain)
  if (truthIn(t) !== undefined) return map(truth, plain)
  if (isWord('null')(t)) return map(keyword('null'), () => plain(null))
  if (isSymbol('[')(t)) return map(listOf('[', data, ']'), (items): Attribute => ({ _tag: 'List', items }))
  if (isSymbol('{')(t)) return map(record, (entries): Attribute => ({ _tag: 'Record', entries }))
  return isWord('fn')(t) ? map(program, (fn): Attribute => ({ _tag: 'Program', fn })) : undefined
})
/** A key, a colon and an item. */
const labelled = <A>(item: Parser<A>): Parser<readonly [string, A]> =>
  both(before(key, symbol(':')), item, (k, x) => [k, x])
const record: Parser<readonly NamedAttribute[]> = listOf('{', labelled(data), '}')

// -- formulas --------------------------------------------------------------------------------------------------------

/** Elements in row-major order, and the shape that the brackets give; undefined where rows differ. */
type Elements = Pick<Extract<Term, { _tag: 'Array' }>, 'data' | 'shape'>
const single = (x: number): Elements => ({ data: [x], shape: [] })
const rows = (items: readonly Elements[]): Elements => {
  const inner = items[0]?.shape
  const same = items.every((x) => x.shape !== undefined && x.shape.join() === inner?.join())
  return { data: items.flatMap((x) => x.data), shape: same ? [items.length, ...(inner ?? [])] : undefined }
}
const elements: Parser<Elements> = choose(['a number', '"["'], (t) =>
  isSymbol('[')(t)
    ? map(listOf('[', elements, ']'), rows)
    : truthIn(t) !== undefined
      ? map(truth, (b) => single(Number(b)))
      : map(signed, single),
)

const formula: Parser<Term> = defer(() => chain)
const args = listOf('(', formula, ')')
const closing: Parser<Token> = (i) => (isSymbol(')')(peek(i)) ? symbol(')')(i) : error(i, ['an operator', '")"']))
const parenthesised = between(symbol('('), formula, closing)

type Called = Pick<Extract<Term, { _tag: 'Call' }>, 'attrs' | 'args'>
/** The attributes and arguments after a name; undefined where it is not called. */
const called: Parser<Called | undefined> = choose<Called | undefined>([], (t) =>
  isSymbol('{')(t)
    ? both(record, args, (attrs, xs) => ({ attrs, args: xs }))
    : isSymbol('(')(t)
      ? map(args, (xs) => ({ attrs: undefined, args: xs }))
      : succeed(undefined),
)
const nameOrCall = both(
  name,
  called,
  ({ text, at }, call): Term =>
    call === undefined ? { _tag: 'Name', at, name: text } : { _tag: 'Call', at, op: text, ...call },
)
const atom: Parser<Term> = choose(['a formula'], (t) => {
  const { at } = t
  const value = numberIn(t) ?? truthIn(t)
  if (value !== undefined) return accept('a number', (): Term => ({ _tag: 'Literal', at, value }))
  if (isSymbol('(')(t)) return parenthesised
  if (isSymbol('[')(t)) return map(elements, (e): Term => ({ _tag: 'Array', at, ...e }))
  if (dtypeIn(t) !== undefined)
    return both(type, parenthesised, (ty, of): Term => ({ _tag: 'Typed', at, type: ty, of }))
  return isName(t) ? nameOrCall : undefined
})

type Sign = Floor['prefixes'][number]
const signs = new Map(prefixes.map((o) => [o.symbol, o.op]))
const signIn = (t: Token): Sign | undefined => {
  const op = t._tag === 'Symbol' ? signs.get(t.text) : undefined
  return op === undefined ? undefined : { at: t.at, op }
}
const leading = repeat((t) => signIn(t) !== undefined, accept('a sign', signIn))
const floor = both(leading, atom, (signed, term): Floor => ({ at: 0, prefixes: signed, term }))
const upper = both(symbol(power.symbol), floor, ({ at }, f): Floor => ({ ...f, at }))
/** An operand of binary operators, such as -x^2. */
const tower = both(
  floor,
  repeat(isSymbol(power.symbol), upper),
  (ground, above): Term =>
    above.length === 0 && ground.prefixes.length === 0 ? ground.term : { _tag: 'Tower', floors: [ground, ...above] },
)
const step = both(accept('an operator', jointOf), tower, (joint, term): Step => [joint, term])
const steps = repeat((t) => jointOf(t) !== undefined, step)
const chain: Parser<Term> = both(tower, steps, (first, rest) => group(first, rest))

// -- programs --------------------------------------------------------------------------------------------------------

const unnamed = (at: number): Parser<Inputs> =>
  map(type, (ty): Inputs => ({ _tag: 'Leaf', at, name: undefined, type: ty }))
const leaf = both(
  before(name, symbol(':')),
  type,
  ({ at, text }, ty): Inputs => ({ _tag: 'Leaf', at, name: text, type: ty }),
)
const nothing = map(keyword('_'), () => ({ _tag: 'Nothing' }) as const)
const inputs: Parser<Inputs> = choose<Inputs>(['a name', 'a type', '"["', '"{"'], (t) => {
  if (isSymbol('[')(t)) return map(listOf('[', inputs, ']'), (items): Inputs => ({ _tag: 'Tuple', items }))
  if (isSymbol('{')(t)) return map(listOf('{', member, '}'), (entries): Inputs => ({ _tag: 'Record', entries }))
  if (isWord('_')(t)) return nothing
  return dtypeIn(t) !== undefined ? unnamed(t.at) : isName(t) ? leaf : undefined
})
const colonOrEquals = choose<Inputs>(['":"', '"="'], (t) =>
  isSymbol(':')(t) ? after(symbol(':'), inputs) : isSymbol('=')(t) ? after(symbol('='), leaf) : undefined,
)
const member = both(key, colonOrEquals, (k, x) => [k, x] as const)

const stated = choose<Type | undefined>([], (t) => (isSymbol(':')(t) ? after(symbol(':'), type) : succeed(undefined)))
const isBound = (t: Token): boolean => isName(t) || isWord('_')(t)
const bound = both(
  accept('a name', (t) => (isBound(t) ? t : undefined)),
  stated,
  (t, ty): Bound => ({ at: t.at, name: isName(t) ? t.text : undefined, type: ty }),
)
type Left = Pick<Binding, 'several' | 'bounds'>
const left: Parser<Left> = choose<Left>(['a name', '"["', '"in"'], (t) =>
  isSymbol('[')(t)
    ? map(listOf('[', bound, ']'), (bounds): Left => ({ several: true, bounds }))
    : isBound(t)
      ? map(bound, (one): Left => ({ several: false, bounds: [one] }))
      : undefined,
)
const right = before(
  both(symbol('='), formula, ({ at }, value) => ({ at, value })),
  repeat(isSymbol(';'), symbol(';')),
)
const binding = both(left, right, (l, r): Binding => ({ ...l, ...r }))
const lets = between(
  keyword('let'),
  repeat((t) => !isWord('in')(t), binding),
  keyword('in'),
)
const bindings = choose<readonly Binding[]>([], (t) => (isWord('let')(t) ? lets : succeed([])))

const outputs: Parser<Outputs> = choose<Outputs>([], (t) => {
  if (isSymbol('[')(t)) return map(listOf('[', outputs, ']'), (items): Outputs => ({ _tag: 'Tuple', items }))
  if (isSymbol('{')(t))
    return map(listOf('{', labelled(outputs), '}'), (entries): Outputs => ({ _tag: 'Record', entries }))
  return isWord('_')(t) ? nothing : map(formula, (term): Outputs => ({ _tag: 'Value', term }))
})
const head = both(keyword('fn'), before(inputs, symbol('->')), ({ at }, ins) => ({ at, inputs: ins }))
const rest = both(bindings, outputs, (bs, outs) => ({ bindings: bs, outputs: outs }))
const program: Parser<ProgramTerm> = both(head, rest, (h, r) => ({ ...h, ...r }))

// -- texts -----------------------------------------------------------------------------------------------------------

export type Text =
  | { readonly _tag: 'Program'; readonly fn: ProgramTerm }
  | { readonly _tag: 'Formula'; readonly term: Term }
const end: Parser<Token> = (i) =>
  peek(i)._tag === 'End' ? success(peek(i), i, i) : error(i, ['an operator', 'the end'])
const wholeProgram = map(before(program, end), (fn): Text => ({ _tag: 'Program', fn }))
const wholeFormula = before(formula, end)
const text = choose<Text>([], (t) =>
  isWord('fn')(t) ? wholeProgram : map(wholeFormula, (term): Text => ({ _tag: 'Formula', term })),
)

const shown = ({ _tag, text, written = text }: Token): string =>
  _tag === 'End' ? 'the end' : _tag === 'String' ? JSON.stringify(written) : written
/** What the text seems to mean where a token does not fit. */
const hintAt = (
  before: Token | undefined,
  next: Token,
  after: Token | undefined,
  expected: readonly string[],
): Hint | undefined => {
  if (isSymbol(',')(next) && before?._tag === 'Number' && after?._tag === 'Number') return 'point'
  if (isSymbol('√')(next)) return 'root'
  if (isSymbol('|')(next) || isSymbol('||')(next) || next.written === '|') return 'bars'
  if (!expected.includes('an operator') && !expected.includes('")"')) return undefined
  if (isSymbol('=')(next)) return 'equation'
  if (before?._tag === 'Number' && (next._tag === 'Number' || /^_\d/.test(next.text))) return 'digits'
  if (before !== undefined && isName(before) && before.text.length > 1 && (next._tag === 'Number' || isName(next)))
    return 'call'
  return next._tag === 'Number' || isName(next) || isSymbol('(')(next) ? 'times' : undefined
}
const read =
  <A>(parser: Parser<A>) =>
  (tokens: readonly Token[]): E.Either<Flaw, A> => {
    const r = parser(stream([...tokens]))
    if (E.isRight(r)) return E.right(r.right.value)
    const { buffer, cursor } = r.left.input
    const next = peek(r.left.input)
    const expected = r.left.expected
    const hint = hintAt(buffer[cursor - 1], next, buffer[cursor + 1], expected)
    return E.left(flaw(next.at, { _tag: 'Unexpected', expected, found: shown(next), ...(hint && { hint }) }))
  }
export const readText = read(text)
export const readFormula = read(wholeFormula)
