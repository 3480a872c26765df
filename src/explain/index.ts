/** Transformations that explain themselves: derivations as data, documents in two languages, four renderings. */
export type { Derivation, EvaluationPoint, Flow, Kind, LocalDerivative, Place, Step } from './derivation.ts'
export { type DescribeOptions, describe } from './describe.ts'
export { type Change, changes } from './difference.ts'
export type { Block, Document } from './document.ts'
export { explain, explainOrThrow } from './explain.ts'
export { flows, flowsOrThrow } from './flow.ts'
export { type Edge, type Graph, graphOf, type Node, type Placed, type PlaceOptions, place } from './graph.ts'
export { indexEquation } from './indices/equation.ts'
export {
  derivativeOf,
  type IndexSymbol,
  indexed,
  type Notation,
  notationOf,
  written,
} from './indices/notation.ts'
export { type Language, languages, type Phrase, phrase, speak } from './messages.ts'
export { showNumber, showNumbers } from './numbers.ts'
export { kindsThatTake, type Option, optionsOf, takes } from './options.ts'
export { renderBlock, renderEquations, renderHtml, renderSentence } from './render/html.ts'
export { renderLatex } from './render/latex.ts'
export { renderSvg } from './render/svg.ts'
export { renderText } from './render/text.ts'
export type { Transformation } from './transformation.ts'
export { equals, type Formula, type Inline, isFormula, type Line, type Sentence, textOf } from './words.ts'
