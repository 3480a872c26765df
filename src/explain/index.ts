/** Transformations that explain themselves: derivations as data, documents in two languages, four renderings. */
export type { AnyProgram, Derivation, Flow, Kind, LocalDerivative, Place, Step } from './derivation.ts'
export { explain, explainOrThrow } from './explain.ts'
export { flows, type Point } from './flow.ts'
export { type Language, languages, type Phrase, speak } from './messages.ts'
export type { Transformation } from './transformation.ts'
export { equals, type Formula, type Inline, isFormula, type Line, type Sentence, textOf } from './words.ts'
