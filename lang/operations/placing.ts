/**
 * Rows set by index. Where several rows have one place, the last of them is there: a scatter adds, so all other rows are
 * zeros first.
 */

import { scanElements } from '../control/associative.ts'
import { declareJvp } from '../control/custom.ts'
import { filled, iota } from '../primitives/constant.ts'
import { add, div, eq, lt, max, min, mul, ne, or, select, toBool, toInt, toReal } from '../primitives/elementwise.ts'
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
/** Indices that are equal where they mean the same place of n: one outside means the nearest end. */
const clipped = (n: number, index: Expr): Expr => max(0, min(index, n - 1))
/** A condition per row, for every number of the rows. */
export const perRow = (condition: Expr, rows: Expr): Expr =>
  reshape([...shapeOf(condition), ...axesOf(rankOf(rows) - rankOf(condition)).map(() => 1)])(condition)
/**
 * x [B.., n, R..] with rows [B.., J, R..] at the places [B.., J]. Where `kept` is false, a row is left out.
 */
export const setRows = (batch: number, x: Expr, index: Expr, rows: Expr, kept?: Expr): Expr => {
  if (x.type.dtype === 'bool') return toBool(setRows(batch, toInt(x), index, toInt(rows), kept))
  const n = sizeAt(x, batch)
  const inside = clipped(n, index)
  // a row that is left out would hide an earlier one at the same place: so it gets a place of its own
  const place = kept === undefined ? inside : select(kept, inside, n)
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

// -- several rows at one place ---------------------------------------------------------------------------------------

export const joins = ['add', 'multiply', 'max', 'min', 'mean'] as const
export type Joining = (typeof joins)[number]
const functionOf: { readonly [J in 'multiply' | 'max' | 'min']: (x: Expr, y: Expr) => Expr } = {
  multiply: (x, y) => mul(x, y),
  max: (x, y) => max(x, y),
  min: (x, y) => min(x, y),
}
/**
 * The joined rows of each place, from the sorted indices: totals that begin anew with each run, of which the last is the run's.
 * rows [B.., J, R..], index [B.., J] -> [B.., n, R..], and whether a place has rows [B.., n].
 */
const totalsOf = (
  f: (x: Expr, y: Expr) => Expr,
  batch: number,
  n: number,
  index: Expr,
  rows: Expr,
): { readonly totals: Expr; readonly some: Expr } => {
  const { order, sorted, ends } = runsOf(index)
  const begins = or(ne(sorted, roll(1, batch)(sorted)), eq(iota([sizeAt(index, -1)]), 0))
  const [totals] = scanElements(
    ([a, u]: readonly Expr[], [b, v]: readonly Expr[]) => [
      select(perRow(v as Expr, b as Expr), b as Expr, f(a as Expr, b as Expr)),
      or(u as Expr, v as Expr),
    ],
    batch,
    false,
    [gatherRows(batch)(rows, order), begins],
  )
  const put = (e: Expr): Expr => scatterRows(batch, n)(e, sorted)
  return {
    totals: put(select(perRow(ends, totals as Expr), totals as Expr, 0)),
    some: lt(0, put(toInt(ends))),
  }
}
/** What is at each place: the number of rows there, for every number of a row. */
const countsOf = (batch: number, n: number, index: Expr, rows: Expr): Expr =>
  perRow(toReal(scatterRows(batch, n)(filled('int', shapeOf(index), 1), index)), rows)
/**
 * The largest (or smallest) of x and of the rows at each place. Its derivative is shared evenly by those that tie, as that of
 * reduceMax.
 */
const extreme = (
  f: (x: Expr, y: Expr) => Expr,
  batch: number,
  own: boolean,
  x: Expr,
  index: Expr,
  rows: Expr,
): Expr => {
  const n = sizeAt(x, batch)
  const value = ([a, r]: readonly [Expr, Expr]): Expr => {
    const { totals, some } = totalsOf(f, batch, n, index, r)
    return select(perRow(some, a), own ? f(a, totals) : totals, a)
  }
  if (x.type.dtype !== 'real') return value([x, rows])
  return declareJvp(value, ([a, r], [da, dr], y: Expr): Expr => {
    const sums = (e: Expr): Expr => scatterRows(batch, n)(e, index)
    const hit = eq(r, gatherRows(batch)(y, index))
    const mine = (e: Expr | number): Expr => (own ? select(eq(a, y), e, 0) : filled('real', shapeOf(a), 0))
    const none = eq(countsOf(batch, n, index, a), 0)
    const tied = add(sums(select(hit, 1, 0)), mine(1))
    const slope = div(add(sums(select(hit, dr, 0)), mine(da)), select(none, 1, tied))
    return select(none, da, slope)
  })([x, rows])
}
/** x [B.., n, R..] joined with rows [B.., J, R..] at the places [B.., J]. `own`: whether x itself counts where there are rows. */
export const joinRows = (by: Joining, batch: number, own: boolean, x: Expr, places: Expr, rows: Expr): Expr => {
  const n = sizeAt(x, batch)
  if (sizeAt(places, -1) === 0) return x
  const index = clipped(n, places)
  const sums = (e: Expr): Expr => scatterRows(batch, n)(e, index)
  const counts = (): Expr => countsOf(batch, n, index, x)
  switch (by) {
    case 'add':
      return own ? add(x, sums(rows)) : select(lt(0, counts()), sums(rows), x)
    case 'mean':
      return own
        ? div(add(x, sums(rows)), add(counts(), 1))
        : select(lt(0, counts()), div(sums(rows), max(counts(), 1)), x)
    case 'multiply': {
      const { totals, some } = totalsOf(functionOf.multiply, batch, n, index, rows)
      return select(perRow(some, x), own ? mul(x, totals) : totals, x)
    }
    case 'max':
    case 'min':
      return extreme(functionOf[by], batch, own, x, index, rows)
  }
}
