/** Structural zeros: lists of tangents or cotangents in which a zero is absent, and the marks that say which are there. */
import type { Expr, Maybe } from '../syntax/expr.ts'
import type { Type } from '../syntax/shape.ts'
import { constant } from './constant.ts'

/** Zero made solid: only where a signature demands an array. */
export const zero = (t: Type): Expr => constant(t.shape, 0)
/** Those that are there. */
export const present = (xs: readonly Maybe[]): readonly Expr[] => xs.filter((x): x is Expr => x !== undefined)
/** Those items whose mark is set. */
export const marked = <T>(marks: readonly boolean[], items: readonly T[]): readonly T[] => items.filter((_, i) => marks[i])
/** One item for each mark that is set, absent elsewhere. Law: marked(marks, spread(marks, xs)) = xs */
export const spread = (marks: readonly boolean[], xs: readonly Maybe[]): readonly Maybe[] => {
  let next = 0
  return marks.map((m) => (m ? xs[next++] : undefined))
}
