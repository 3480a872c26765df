/**
 * Parsing of programs and formulas, by the grammar of syntax.ts. The parsers never throw, on any text.
 *
 * Law: parse(print(p)) = p
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { UntypedProgram } from '../syntax/program.ts'
import { described } from '../syntax/wrongCall.ts'
import { elaborateFormula, elaborateProgram } from './elaborate.ts'
import { readFormula, readText, type Text } from './grammar.ts'
import { type Flaw, flaw, locate, type ParseError, showParseErrors } from './parseError.ts'
import { tokenize } from './tokens.ts'

type Parsed = E.Either<readonly ParseError[], UntypedProgram>

export { type ParseError, showParseErrors } from './parseError.ts'

const alone = (f: Flaw): readonly Flaw[] => [f]
const elaborate = (t: Text): E.Either<readonly Flaw[], UntypedProgram> => {
  switch (t._tag) {
    case 'Program':
      return elaborateProgram(t.fn)
    case 'Formula':
      return elaborateFormula(t.term)
  }
}
const placed = (text: string) => E.mapLeft((flaws: readonly Flaw[]) => flaws.map(locate(String(text))))
/** The tokens of a text. TypeScript knows that it is one, JavaScript does not. */
const tokensOf = (text: unknown): ReturnType<typeof tokenize> =>
  typeof text === 'string'
    ? tokenize(text)
    : E.left(flaw(0, { _tag: 'Unexpected', expected: ['a text'], found: described(text) }))

/**
 * The program of a text, or of a formula, whose inputs are the names in it.
 *
 * Errors:  the first error of syntax; else all errors of names and types, each with its line and column
 *
 * @example
 * parse('fn x: real[3] -> sum(sin(x))')._tag // => 'Right'
 * parse('x * sin(x * z')._tag // => 'Left'
 */
export const parse = (text: string): Parsed =>
  pipe(tokensOf(text), E.chain(readText), E.mapLeft(alone), E.chain(elaborate), placed(text))
/**
 * The program of a formula of real numbers. Its inputs are the names in it, in order of appearance. Errors: as parse
 */
export const parseFormula = (text: string): Parsed =>
  pipe(tokensOf(text), E.chain(readFormula), E.mapLeft(alone), E.chain(elaborateFormula), placed(text))

const orThrow =
  (read: (text: string) => Parsed) =>
  (text: string): UntypedProgram => {
    const result = read(text)
    if (E.isRight(result)) return result.right
    throw Object.assign(new Error(showParseErrors(result.left)), { name: 'ParseError', errors: result.left })
  }
/**
 * parse, with an exception where there are errors: for scripts.
 *
 * @example
 * const f = parseOrThrow('x^2 + y')
 * evaluate(f.closed, [Float64Array.of(3), Float64Array.of(1)]) // => [[10]]
 */
export const parseOrThrow = orThrow(parse)
/** parseFormula, with an exception where there are errors: for scripts. */
export const parseFormulaOrThrow = orThrow(parseFormula)
