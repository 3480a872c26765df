/**
 * Rows set by index. Where several rows have one place, the last of them is there: a scatter adds, so all other rows are
 * zeros first.
 */

import { iota } from '../primitives/constant.ts'
import { eq, lt, ne, or, select, toInt } from '../primitives/elementwise.ts'
import { argsort, gatherRows, scatterRows } from '../primitives/indexing.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { axesOf, type Shape, sizeOf } from '../syntax/shape.ts'
import { sizeAt } from './derived.ts'
import { roll, strided } from './slicing.ts'

/** Equal indices of the last axis side by side: their permutation, and whether each is the last of its equals. */
const runsOf = (index: Expr): { readonly order: Expr; readonly sorted: Expr; readonly ends: Expr } => {
  const [batch, n] = [rankOf(index) - 1, sizeAt(index, -1)]
  const order = argsort()(index)
  const sorted = gatherRows(batch)(index, order)
  return { order, sorted, ends: or(ne(sorted, roll(-1, batch)(sorted)), eq(iota([n]), n - 1)) }
}
/** Whether each index of the last axis is the last of its equals. */
const isLast = (index: Expr): Expr => {
  const [batch, n] = [rankOf(index) - 1, sizeAt(index, -1)]
  if (n < 2) return eq(index, index)
  const { order, ends } = runsOf(index)
  return lt(0, scatterRows(batch, n)(toInt(ends), order))
}
/** A condition per row, for every number of the rows. */
const perRow = (condition: Expr, rows: Expr): Expr =>
  reshape([...shapeOf(condition), ...axesOf(rankOf(rows) - rankOf(condition)).map(() => 1)])(condition)
/**
 * x [B.., n, R..] with rows [B.., J, R..] at the places [B.., J]. Where `kept` is false, a row is left out.
 */
export const setRows = (batch: number, x: Expr, index: Expr, rows: Expr, kept?: Expr): Expr => {
  const n = sizeAt(x, batch)
  // a row that is left out would hide an earlier one at the same place: so it gets a place of its own
  const place = kept === undefined ? index : select(kept, index, n)
  const size = kept === undefined ? n : n + 1
  const last = isLast(place)
  const counts = scatterRows(batch, size)(toInt(last), place)
  const set = scatterRows(batch, size)(select(perRow(last, rows), rows, 0), place)
  const whole = (e: Expr): Expr => (kept === undefined ? e : firstRows(batch, n, e))
  return select(perRow(lt(0, whole(counts)), x), whole(set), x)
}
/** The first n rows. */
const firstRows = (batch: number, n: number, x: Expr): Expr => strided(batch, 0, n, 1)(x)

/** [B.., J.., R..] -> [B.., sizeOf(J), R..], for `count` axes in J. */
export const joinAxes = (from: number, count: number, x: Expr): Expr => {
  const s: Shape = shapeOf(x)
  return reshape([...s.slice(0, from), sizeOf(s.slice(from, from + count)), ...s.slice(from + count)])(x)
}
