/** Any text is read or refused, never thrown at; and what is read is a program that prints and reads back. */

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { expect, test } from 'vitest'
import type { Program } from '../../../lang/syntax/program.ts'
import { type ParseError, parse, parseFormula, showParseErrors } from '../../../lang/text/parse.ts'
import { print } from '../../../lang/text/print.ts'
import { arbitraryProgram } from '../../../src/testing/arbitrary/program.ts'
import { jvp } from '../../../src/transform/jvp.ts'
import { passesChecks, printThenParse } from '../../laws/text.ts'

type Parsed = E.Either<readonly ParseError[], Program<unknown, unknown>>
const parsesBack = printThenParse()
/** An error has a place in the text and something to say; a program is well-typed and reads back. */
const sound = (text: string, result: Parsed): boolean => {
  if (E.isRight(result)) return passesChecks(result.right) && parsesBack(result.right)
  const lines = text.split('\n')
  const placed = result.left.every(
    (e) =>
      e.line >= 1 && e.line <= lines.length && e.column >= 1 && e.column <= (lines[e.line - 1] as string).length + 1,
  )
  return placed && result.left.length > 0 && showParseErrors(result.left).length > 0
}
const isSound = (text: string): boolean => sound(text, parse(text)) && sound(text, parseFormula(text))

const words = [
  'fn',
  'let',
  'in',
  '_',
  'real',
  'int',
  'bool',
  'true',
  'NaN',
  'x',
  "y'",
  'p.0.w',
  'sin',
  'relu',
  'sum',
  'softmax',
  'matmul',
  'scan',
  'call',
  'axes',
  'body',
  '->',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  ';',
  '=',
  '<',
  '<=',
  '>',
  '==',
  '!=',
  '&&',
  '||',
  '!',
  '+',
  '-',
  '*',
  '/',
  '^',
  '2',
  '0.5',
  '1e400',
  '[1]',
  '"a"',
  '#',
  '\n',
  '{axes: [0]}',
  'real[2]',
]
const soup = fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((ws) => ws.join(' '))

test('any string', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), isSound), { numRuns: 400 })
})
test('words in any order', () => {
  fc.assert(fc.property(soup, isSound), { numRuns: 700 })
})
test('formulas of these words', () => {
  const operand = fc.constantFrom(
    'x',
    'y',
    '2',
    '-x',
    'sin(x)',
    '(x + y)',
    '[1, 2]',
    'true',
    'real(x)',
    'int(2)',
    'x > y',
    'sum([1, 2])',
    'softmax(x)',
    'e',
  )
  const operator = fc.constantFrom('+', '-', '*', '/', '^', '<', '>=', '==', '&&')
  const formula = fc
    .tuple(operand, fc.array(fc.tuple(operator, operand), { maxLength: 6 }))
    .map(([x, xs]) => [x, ...xs.flat()].join(' '))
  fc.assert(fc.property(formula, isSound), { numRuns: 400 })
})

/** A piece of the text removed, doubled, replaced by another piece or word; or the next digit changed. */
const mutated = (text: string, edits: readonly (readonly [number, number, number, string])[]): string =>
  edits.reduce((t, [at, length, kind, word]) => {
    const from = at % (t.length + 1)
    const piece = t.slice(from, from + length)
    if (kind === 4) return t.slice(0, from) + t.slice(from).replace(/\d/, `${length % 10}`)
    const put = ['', piece + piece, word, t.slice(length, 2 * length)][kind] as string
    return t.slice(0, from) + put + t.slice(from + length)
  }, text)
const edits = fc.array(fc.tuple(fc.nat(5000), fc.integer({ min: 1, max: 12 }), fc.nat(4), fc.constantFrom(...words)), {
  minLength: 1,
  maxLength: 3,
})

test('programs with small changes', () => {
  const text = arbitraryProgram({ maxEquations: 5 }).map((p) => print(p))
  let read = 0
  fc.assert(
    fc.property(text, edits, (t, changes) => {
      const changed = mutated(t, changes)
      if (E.isRight(parse(changed))) read++
      return isSound(changed)
    }),
    { numRuns: 250 },
  )
  // some changes leave a program, so both sides of the law are tested
  expect(read).toBeGreaterThan(0)
})
test('derivatives with small changes', () => {
  const text = arbitraryProgram({ maxEquations: 3 }).map((p) => print(jvp(p), { style: 'formulas' }))
  fc.assert(
    fc.property(text, edits, (t, changes) => isSound(mutated(t, changes))),
    { numRuns: 80 },
  )
})
