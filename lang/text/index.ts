/** Programs as text. The grammar is in syntax.ts. */
export { formula, latexFormula } from './formula.ts'
export { fromJSONText, toJSONText } from './json.ts'
export { latex, latexName, latexNumber } from './latex.ts'
export { parse, parseFormula, parseFormulaOrThrow, parseOrThrow } from './parse.ts'
export { type ParseError, showParseError, showParseErrors } from './parseError.ts'
export { type PrintOptions, print } from './print.ts'
export { valueNames } from './valueNames.ts'
