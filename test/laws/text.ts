/** Programs as texts: what is written reads back as the same program, to the bit: NaN, -0 and the order of keys included. */
import * as E from 'fp-ts/lib/Either.js'
import { toJSON } from '../../lang/syntax/plain.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { fromJSONText, toJSONText } from '../../lang/text/json.ts'
import { parse } from '../../lang/text/parse.ts'
import { type PrintOptions, print } from '../../lang/text/print.ts'
import { validateClosed } from '../../lang/validate.ts'

type AnyProgram = Program<unknown, unknown>
export const sameProgram = (p: AnyProgram, q: AnyProgram): boolean => toJSON(p) === toJSON(q)

/** parse(print(p)) = p, in either style */
export const printThenParse =
  (options: PrintOptions = {}) =>
  (p: AnyProgram): boolean => {
    const back = parse(print(p, options))
    return E.isRight(back) && sameProgram(back.right, p)
  }
/** print(parse(print(p))) = print(p) */
export const printIsStable = (p: AnyProgram): boolean => {
  const text = print(p)
  const back = parse(text)
  return E.isRight(back) && print(back.right) === text
}
/** fromJSONText(toJSONText(p)) = p */
export const jsonAndBack = (p: AnyProgram): boolean => {
  const back = fromJSONText(toJSONText(p))
  return E.isRight(back) && sameProgram(back.right, p)
}
/** validateClosed(p) = p */
export const passesChecks = ({ closed }: AnyProgram): boolean => {
  const checked = validateClosed(closed)
  return E.isRight(checked) && toJSON(checked.right) === toJSON(closed)
}
export const textLaws: { readonly [name: string]: (p: AnyProgram) => boolean } = {
  'parse (print p) = p': printThenParse(),
  'parse (print p) = p, as formulas': printThenParse({ style: 'formulas' }),
  'print (parse (print p)) = print p': printIsStable,
  'fromJSON (toJSON p) = p': jsonAndBack,
  'validateClosed p = p': passesChecks,
}
