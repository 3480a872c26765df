/**
 * Parsers of tokens, in parser-ts. The grammar is predictive: the next token decides which rule applies, so no token
 * is read twice, and the first error is final. `repeat` and `listOf` are loops, since P.many copies its list at every
 * item.
 */
import * as E from 'fp-ts/lib/Either.js'
import { error, type ParseResult, success } from 'parser-ts/lib/ParseResult.js'
import * as P from 'parser-ts/lib/Parser.js'
import type { Stream } from 'parser-ts/lib/Stream.js'
import { nth } from '../syntax/list.ts'
import { reserved } from './names.ts'
import type { Token } from './token.ts'

export type Parser<A> = P.Parser<Token, A>
type Input = Stream<Token>

/** The next token. The last one is the end, which no parser passes. */
export const peek = (i: Input): Token => nth(i.buffer, i.cursor)
const advance = (i: Input): Input => ({ buffer: i.buffer, cursor: i.cursor + 1 })

/** The parser that the next token chooses; `expected` is for the error message. */
export const choose =
  <A>(expected: readonly string[], choice: (next: Token) => Parser<A> | undefined): Parser<A> =>
  (i) => {
    const parser = choice(peek(i))
    return parser === undefined ? error(i, [...expected]) : parser(i)
  }
/** A token that `read` accepts, as the value that `read` returns for it. */
export const accept =
  <A>(expected: string, read: (token: Token) => A | undefined): Parser<A> =>
  (i) => {
    const value = read(peek(i))
    return value === undefined ? error(i, [expected]) : success(value, advance(i), i)
  }
export const isSymbol =
  (text: string) =>
  (t: Token): boolean =>
    t._tag === 'Symbol' && t.text === text
export const isWord =
  (text: string) =>
  (t: Token): boolean =>
    t._tag === 'Word' && t.text === text
export const symbol = (text: string): Parser<Token> => accept(`"${text}"`, (t) => (isSymbol(text)(t) ? t : undefined))
export const keyword = (text: string): Parser<Token> => accept(`"${text}"`, (t) => (isWord(text)(t) ? t : undefined))

export const isName = (t: Token): boolean => t._tag === 'String' || (t._tag === 'Word' && !reserved.has(t.text))
export const name: Parser<Token> = accept('a name', (t) => (isName(t) ? t : undefined))
/** A key of a record: a string, or any word. */
export const key: Parser<string> = accept('a key', (t) =>
  t._tag === 'String' || t._tag === 'Word' ? t.text : undefined,
)

/** For parsers that refer to one another. */
export const defer =
  <A>(parser: () => Parser<A>): Parser<A> =>
  (i) =>
    parser()(i)

/** Items, as long as the next token begins one. */
export const repeat =
  <A>(begins: (next: Token) => boolean, item: Parser<A>): Parser<readonly A[]> =>
  (start) => {
    const items: A[] = []
    let i = start
    while (begins(peek(i))) {
      const r = item(i)
      if (E.isLeft(r)) return r
      items.push(r.right.value)
      i = r.right.next
    }
    return success(items, i, start)
  }
/** Items between brackets, with commas between them; a comma may follow the last. */
export const listOf =
  <A>(open: string, item: Parser<A>, close: string): Parser<readonly A[]> =>
  (start) => {
    const items: A[] = []
    const opened = symbol(open)(start)
    if (E.isLeft(opened)) return opened
    let i = opened.right.next
    while (!isSymbol(close)(peek(i))) {
      const r: ParseResult<Token, A> = item(i)
      if (E.isLeft(r)) return r
      items.push(r.right.value)
      i = r.right.next
      if (isSymbol(',')(peek(i))) i = advance(i)
      else if (!isSymbol(close)(peek(i))) return error(i, ['","', `"${close}"`])
    }
    return success(items, advance(i), start)
  }
/** One parser after another; `make` combines their values. */
export const both = <A, B, C>(p: Parser<A>, q: Parser<B>, make: (a: A, b: B) => C): Parser<C> =>
  P.chain((a: A) => P.map((b: B) => make(a, b))(q))(p)
/** Two parsers, of which only the value of the first is kept. */
export const before = <A>(p: Parser<A>, q: Parser<unknown>): Parser<A> => both(p, q, (a) => a)
/** Two parsers, of which only the value of the second is kept. */
export const after = <B>(p: Parser<unknown>, q: Parser<B>): Parser<B> => both(p, q, (_, b) => b)
export const between = <A>(open: Parser<unknown>, inner: Parser<A>, close: Parser<unknown>): Parser<A> =>
  after(open, before(inner, close))
export const map = <A, B>(p: Parser<A>, f: (a: A) => B): Parser<B> => P.map(f)(p)
export const succeed = <A>(a: A): Parser<A> => P.of(a)
