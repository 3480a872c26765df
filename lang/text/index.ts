/** Programs as text. The grammar is in syntax.ts. */
export { formula, latexFormula, type NameOf } from './formula.ts'
export { fromJSONText, toJSONText } from './json.ts'
export { latex, latexCall, latexEquations, latexName, latexNumber } from './latex.ts'
export { parse, parseFormula, parseFormulaOrThrow, parseOrThrow } from './parse.ts'
export { type ParseError, type ParseProblem, showParseError, showParseErrors } from './parseError.ts'
export { type PrintOptions, print, printClosed } from './print.ts'
export { printType } from './printType.ts'
export { valueNames } from './valueNames.ts'
