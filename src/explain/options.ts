/**
 * What each transformation can be told: one table, read by `explain`, by `flows` and by the command line. An option
 * that has no part in a transformation is an error, never ignored.
 */
import type { Problem } from '../../lang/syntax/error.ts'
import type { Kind, Point } from './derivation.ts'
import type { Transformation } from './transformation.ts'

type Told<K extends Kind> = Exclude<keyof Extract<Transformation, { readonly _tag: K }>, '_tag'>
type Table = { readonly [K in Kind]: readonly (Told<K> | keyof Point)[] }
export type Option = Told<Kind> | keyof Point

export const optionsOf: Table = {
  forward: ['wrt', 'at', 'along'],
  reverse: ['wrt', 'at', 'from'],
  gradient: ['wrt', 'at'],
  // its source is forward mode's program: a point has the tangents too
  linearize: ['at'],
  transpose: ['at', 'from'],
  batch: ['size', 'over', 'axis'],
  simplify: ['at'],
  compile: ['schedule'],
}
export const takes = (kind: Kind, option: string): boolean => (optionsOf[kind] as readonly string[]).includes(option)
export const kindsThatTake = (option: string): readonly Kind[] =>
  (Object.keys(optionsOf) as Kind[]).filter((kind) => takes(kind, option))

/** The options of these that are given, and that have no part in the transformation. */
export const withoutPart = (kind: Kind, given: object): readonly Problem[] =>
  Object.entries(given).flatMap(([option, value]): readonly Problem[] =>
    value === undefined || takes(kind, option)
      ? []
      : [{ _tag: 'OptionWithoutPart', option, kind, takers: kindsThatTake(option) }],
  )
