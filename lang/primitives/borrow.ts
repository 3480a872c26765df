/** Loops under vmap: what an example computes with while it waits for others must not keep it in a loop for ever. */
import type { Closed } from '../syntax/closed.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { isReal } from '../syntax/shape.ts'
import { broadcast, repeat, sum } from './broadcast.ts'
import { lt, select, stopGradient, toInt, toReal } from './elementwise.ts'
import type { Recursion } from './entry.ts'
import { gatherRows } from './indexing.ts'
import { argmax } from './reduction.ts'

/**
 * Whether a body must not compute with the values of an example that waits: a loop in it may not end on them. A body that
 * reads the axis of the examples cannot compute with others.
 */
export const mustBorrow = (body: Closed, rec: Recursion): boolean =>
  rec.size > 0 && rec.loops(body).length > 0 && !rec.reads(body)
/** Why such a body cannot be mapped: a loop without a limit, in a body that needs the values of every example. */
export const endless = (body: Closed, rec: Recursion): Problem | undefined => {
  const loop = rec.reads(body) ? rec.loops(body).find((m) => m.limit === undefined) : undefined
  return loop && { _tag: 'MayNotEnd', loop: loop.name, axis: rec.axis ?? '' }
}
/** Whether any of some truth values is true. */
export const anyOf = (marks: Expr): Expr => lt(0, sum()(toInt(marks)))
/** An array per example with the rows of the examples that are not marked replaced by that of the first one that is. */
export const borrowing = (marks: Expr, size: number): ((x: Expr) => Expr) => {
  const first = argmax(0)(toReal(marks))
  return (x) => {
    const row = repeat(size, gatherRows(0)(x, first))
    return select(broadcast(shapeOf(x), [0])(marks), x, isReal(x.type) ? stopGradient(row) : row)
  }
}
