/** Loops under vmap: what an example computes with while it waits for others must not keep it in a loop for ever. */
import { type Closed, isClosed } from '../syntax/closed.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { isReal } from '../syntax/shape.ts'
import { broadcast, repeat, sum } from './broadcast.ts'
import { lt, select, stopGradient, toInt, toReal } from './elementwise.ts'
import { gatherRows } from './indexing.ts'
import { argmax } from './reduction.ts'

/** Whether a program holds a while loop, itself or in a body: on values that it was not written for it may not end. */
export const mayNotEnd = (p: Closed): boolean =>
  p.equations.some((q) => q.op === 'while' || Object.values(q.attrs).some((a) => isClosed(a) && mayNotEnd(a)))
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
