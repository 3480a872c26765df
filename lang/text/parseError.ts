/** The errors of a text, and how they are shown: the line, a caret below it, and what to try. */
import { adviceFor, type Diagnostic, showProblem } from '../syntax/error.ts'
import { printType } from './printType.ts'

/**
 * What the text seems to mean: a decimal comma, a factor without *, a call without brackets, digits in groups, bars inside
 * bars, a root without brackets, an equation.
 */
export type Hint = 'point' | 'times' | 'call' | 'digits' | 'bars' | 'root' | 'equation'
export type ParseProblem =
  | { readonly _tag: 'Unexpected'; readonly expected: readonly string[]; readonly found: string; readonly hint?: Hint }
  | { readonly _tag: 'UnknownFunction'; readonly name: string; readonly suggestion?: string }
  | { readonly _tag: 'UnknownName'; readonly name: string; readonly suggestion?: string }
  | { readonly _tag: 'BoundTwice'; readonly name: string }
  | { readonly _tag: 'Comparisons' }
  | { readonly _tag: 'TwoReadings'; readonly readings: readonly [string, string] }
  | { readonly _tag: 'TooDeep'; readonly limit: number }
  | { readonly _tag: 'Outputs'; readonly op: string; readonly expected: number; readonly found: number }
  | { readonly _tag: 'IllTyped'; readonly diagnostic: Diagnostic }

/** A problem and its position; lines and columns count from 1. */
export interface ParseError {
  readonly line: number
  readonly column: number
  /** The line of the text. */
  readonly source: string
  readonly problem: ParseProblem
}
/** A problem and its offset in the text, as every stage of parsing reports it. */
export interface Flaw {
  readonly at: number
  readonly problem: ParseProblem
}
export const flaw = (at: number, problem: ParseProblem): Flaw => ({ at, problem })

/** The line and column of a flaw. */
export const locate =
  (text: string) =>
  ({ at, problem }: Flaw): ParseError => {
    const start = text.lastIndexOf('\n', at - 1) + 1,
      end = text.indexOf('\n', start)
    const source = text.slice(start, end === -1 ? undefined : end)
    return {
      line: text.slice(0, start).split('\n').length,
      column: [...text.slice(start, at)].length + 1,
      source,
      problem,
    }
  }

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words[words.length - 1]}`
const suggest = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : `; did you mean ${suggestion}?`

/** The problem as one sentence. */
const showParseProblem = (p: ParseProblem): string => {
  switch (p._tag) {
    case 'Unexpected':
      return p.expected.length === 0 ? `unexpected ${p.found}` : `expected ${listed(p.expected)}, found ${p.found}`
    case 'UnknownFunction':
      return `no function is called ${p.name}${suggest(p.suggestion)}`
    case 'UnknownName':
      return `nothing here is called ${p.name}${suggest(p.suggestion)}`
    case 'BoundTwice':
      return `${p.name} is bound already`
    case 'Comparisons':
      return 'comparisons do not chain: write a < b && b < c'
    case 'TwoReadings':
      return 'this is read in two ways'
    case 'TooDeep':
      return `more than ${p.limit} brackets are open`
    case 'Outputs':
      return (
        `${p.op} gives ${p.found} value${p.found === 1 ? '' : 's'}, not ${p.expected}` +
        (p.expected === 1 ? ': bind them as [a, b] = ...' : '')
      )
    case 'IllTyped': {
      const { problem, op, types } = p.diagnostic
      return `${op}${types.length === 0 ? '' : `(${types.map(printType).join(', ')})`}: ${showProblem(problem)}`
    }
  }
}
const hints: { readonly [H in Hint]: string } = {
  point: 'write decimals with a point, as in 0.5: a comma separates arguments',
  times: 'write * between factors, as in 2 * x',
  call: 'write * between factors, as in 2 * x, and brackets around an argument, as in sin(x)',
  digits: 'write the digits of a number together, as in 1000',
  bars: 'write abs(x) for |x| inside or beside bars',
  equation: 'write the formula alone, without = and what it is equal to',
  root: 'write √ before a number, a name, or brackets',
}
/** What to write in place of a character that is not read. */
const instead: ReadonlyMap<string, string> = new Map([
  ['∛', 'cbrt(x)'],
  ['½', '1/2'],
  ['¼', '1/4'],
  ['¾', '3/4'],
  ['%', 'rem(x, y)'],
  ['⌊', 'floor(x)'],
  ['⌈', 'ceil(x)'],
  ['?', 'select(condition, x, y)'],
  ['&', 'a && b'],
  ['\\', 'a formula in plain symbols, such as (a + b)/sqrt(c): LaTeX is not read'],
])
const advice = (p: ParseProblem, source: string): string | undefined => {
  switch (p._tag) {
    case 'IllTyped':
      return p.diagnostic.problem._tag === 'Arity' && /\d,\d/.test(source)
        ? hints.point
        : p.diagnostic.op === 'or' && /\|[^|]+\|\|/.test(source)
          ? hints.bars
          : adviceFor(p.diagnostic.problem)
    case 'TwoReadings':
      return `write ${listed(p.readings)}, with the * and the brackets that you mean`
    case 'Unexpected':
      if (p.hint !== undefined) return hints[p.hint]
      return instead.has(p.found) ? `write ${instead.get(p.found)}` : undefined
    case 'UnknownFunction':
      return p.name.length === 1 ? `write ${p.name} * (...) for a product` : undefined
    case 'UnknownName':
    case 'BoundTwice':
    case 'Comparisons':
    case 'TooDeep':
    case 'Outputs':
      return undefined
  }
}

/** How many characters of a long line are shown before and after the position. */
const before = 60
const after = 40
/**
 * The position and the problem, then the line of the text with a caret below it, then what to try, if anything.
 *
 * @example
 * const read = parse('x * sine(x)')
 * const text = 'line 1, column 5: no function is called sine; did you mean sin?\n  x * sine(x)\n      ^'
 * E.isLeft(read) && showParseErrors(read.left) // => text
 */
export const showParseError = ({ line, column, source, problem }: ParseError): string => {
  const from = column > before ? column - before : 0
  const shown = [...source.replaceAll(/\s/g, ' ')].slice(from, column + after).join('')
  const found = advice(problem, source)
  return [
    `line ${line}, column ${column}: ${showParseProblem(problem)}`,
    `  ${shown}`,
    `  ${' '.repeat(column - 1 - from)}^`,
    ...(found === undefined ? [] : [`  try  ${found}`]),
  ].join('\n')
}
/** All errors, one after the other. */
export const showParseErrors = (errors: readonly ParseError[]): string => errors.map(showParseError).join('\n')
