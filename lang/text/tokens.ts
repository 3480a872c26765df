/** A text as a list of tokens, in linear time. The depth of brackets is limited, so that parsers may recurse. */
import * as E from 'fp-ts/lib/Either.js'
import { word } from './names.ts'
import { respell } from './notation.ts'
import { type Flaw, flaw } from './parseError.ts'
import type { Token } from './token.ts'

/** How many brackets may be open at once. */
export const deepest = 128

const space = /(?:\s|#.*)+/y
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const symbol = /->|<=|>=|==|!=|&&|\|\||\*\*|⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+|[{}[\](),:;=<>+\-*/^!|√×·⋅÷−≤≥≠]/uy
const string = /"[^"\\\n]*(?:\\.[^"\\\n]*)*"/y

const match = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
const content = (quoted: string): string | undefined => {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return undefined
  }
}
const tokenAt = (text: string, at: number): readonly [Token, number] | undefined => {
  const patterns = [
    ['Word', word],
    ['Number', number],
    ['Symbol', symbol],
    ['String', string],
  ] as const
  for (const [_tag, pattern] of patterns) {
    const found = match(pattern, text, at)
    const value = found !== undefined && _tag === 'String' ? content(found) : found
    if (found !== undefined && value !== undefined) return [{ _tag, text: value, at }, at + found.length]
  }
  return undefined
}

/** The tokens of the grammar, then the end. Errors: Unexpected, TwoReadings, TooDeep */
export const tokenize = (text: string): E.Either<Flaw, readonly Token[]> => {
  const tokens = E.chain(respell)(written(text))
  if (E.isLeft(tokens)) return tokens
  let depth = 0
  for (const { _tag, text: bracket, at } of tokens.right) {
    if (_tag === 'Symbol') depth += '([{'.includes(bracket) ? 1 : ')]}'.includes(bracket) ? -1 : 0
    if (depth > deepest) return E.left(flaw(at, { _tag: 'TooDeep', limit: deepest }))
  }
  return tokens
}
/** The tokens as they are written, then the end. */
const written = (text: string): E.Either<Flaw, readonly Token[]> => {
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    at += match(space, text, at)?.length ?? 0
    if (at >= text.length) return E.right([...tokens, { _tag: 'End', text: '', at: text.length }])
    const found = tokenAt(text, at)
    if (found === undefined) {
      const [character = ''] = text.slice(at, at + 2)
      const what = character === '"' ? 'string that does not end on its line' : character
      return E.left(flaw(at, { _tag: 'Unexpected', expected: [], found: what }))
    }
    const [token, next] = found
    tokens.push(token)
    at = next
  }
}
