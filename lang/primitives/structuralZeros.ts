/**
 * Structural zeros: lists of tangents or cotangents in which zeros are absent, and the marks that say which are
 * present.
 */
import type { Expr, Maybe } from '../syntax/expr.ts'
import type { Type } from '../syntax/shape.ts'
import { constant } from './constant.ts'

/** An array of zeros, for signatures that demand one. */
export const zero = (t: Type): Expr => constant(t.shape, 0)
/** The items that are present. */
export const present = (xs: readonly Maybe[]): readonly Expr[] => xs.filter((x) => x !== undefined)
/** The items whose mark is set. */
export const marked = <T>(marks: readonly boolean[], items: readonly T[]): readonly T[] =>
  items.filter((_, i) => marks[i])
/** One item for each mark that is set, absent elsewhere. Law: marked(marks, spread(marks, xs)) = xs */
export const spread = (marks: readonly boolean[], xs: readonly Maybe[]): readonly Maybe[] => {
  let next = 0
  return marks.map((m) => (m ? xs[next++] : undefined))
}
