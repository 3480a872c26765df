/** LU factors of matrices that need not be square, with the order of their rows known or sought. */
import { broadcast, sum } from '../primitives/broadcast.ts'
import { iota } from '../primitives/constant.ts'
import { div, eq, lt, mul, select, stopGradient, sub } from '../primitives/elementwise.ts'
import { gatherRows } from '../primitives/indexing.ts'
import { factorLU } from '../primitives/linalg.ts'
import { scanClosed } from '../primitives/scan.ts'
import { pad } from '../primitives/window.ts'
import { closeOver, numbered } from '../syntax/closed.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { int, real } from '../syntax/shape.ts'
import { sizeAt } from './derived.ts'
import { strided } from './slicing.ts'

/**
 * U, and L below the diagonal of ones, of m matrices [m, p, q] whose rows keep their order. It does not divide by a pivot of
 * 0: the column below is left out then.
 */
const unpivoted = (x: Expr): Expr => {
  const [m, p, q] = [sizeAt(x, 0), sizeAt(x, 1), sizeAt(x, 2)]
  const count = Math.min(p, q)
  const all = [m, p, q]
  const body = closeOver(numbered([real(...all), int()]), ([before, k]) => {
    const [i, j, now] = [iota(all, 1), iota(all, 2), broadcast(all, [])(k as Expr)]
    const row = sum(1)(select(eq(i, now), before as Expr, 0)) as Expr
    const column = sum(2)(select(eq(j, now), before as Expr, 0)) as Expr
    const pivot = broadcast([m, p], [0])(sum(1)(select(eq(iota([m, q], 1), broadcast([m, q], [])(k as Expr)), row, 0)))
    const none = eq(pivot, 0)
    const below = lt(broadcast([m, p], [])(k as Expr), iota([m, p], 1))
    const factor = div(select(none, 0, select(below, column, 0)), select(none, 1, pivot))
    const [down, across] = [broadcast(all, [0, 1])(factor), broadcast(all, [0, 2])(row)]
    const rest = sub(before as Expr, select(lt(now, j), mul(down, across), 0))
    return [select(lt(now, i), select(eq(j, now), down, rest), before as Expr)]
  })
  return nth(scanClosed(count, false, body)([x], [iota([count])], []), 0)
}
/** The order of the rows that partial pivoting gives. */
const orderOf = (x: Expr): Expr => {
  const [m, p, q] = [sizeAt(x, 0), sizeAt(x, 1), sizeAt(x, 2)]
  const held = stopGradient(x)
  const square =
    q > p ? strided(2, 0, p, 1)(held) : pad({ start: [0, 0, 0], shape: [m, p, p], stride: [1, 1, 1] })(held)
  return factorLU(square)[1]
}
/** The packed factors of m matrices [m, p, q], and the order of their rows. */
export const eliminated = (x: Expr, pivot: boolean): readonly [Expr, Expr] => {
  if (!pivot) return [unpivoted(x), iota(shapeOf(x).slice(0, -1), 1)]
  if (sizeAt(x, 1) === sizeAt(x, 2)) return factorLU(x)
  const order = orderOf(x)
  return [unpivoted(gatherRows(1)(x, order)), order]
}
