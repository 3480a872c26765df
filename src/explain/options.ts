/**
 * The options of each transformation: one table, read by `explain`, by `flows` and by the command line. An option
 * that a transformation does not have is an error, and never ignored.
 */
import type { Problem } from '../../lang/syntax/error.ts'
import type { EvaluationPoint, Kind } from './derivation.ts'
import type { Transformation } from './transformation.ts'

type OptionOf<K extends Kind> = Exclude<keyof Extract<Transformation, { readonly _tag: K }>, '_tag'>
type Table = { readonly [K in Kind]: readonly (OptionOf<K> | keyof EvaluationPoint)[] }
export type Option = OptionOf<Kind> | keyof EvaluationPoint

export const optionsOf: Table = {
  forward: ['wrt', 'at', 'along'],
  reverse: ['wrt', 'at', 'from'],
  gradient: ['wrt', 'at'],
  // its source is the program of forward mode: a point of it has the tangents too
  linearize: ['at'],
  transpose: ['at', 'from'],
  batch: ['size', 'over', 'axis'],
  simplify: ['at'],
  compile: ['schedule'],
}
export const takes = (kind: Kind, option: string): boolean => (optionsOf[kind] as readonly string[]).includes(option)
export const kindsThatTake = (option: string): readonly Kind[] =>
  (Object.keys(optionsOf) as Kind[]).filter((kind) => takes(kind, option))

/** The given options that the transformation does not have. */
export const withoutPart = (kind: Kind, given: object): readonly Problem[] =>
  Object.entries(given).flatMap(([option, value]): readonly Problem[] =>
    value === undefined || takes(kind, option)
      ? []
      : [{ _tag: 'OptionWithoutPart', option, kind, takers: kindsThatTake(option) }],
  )
