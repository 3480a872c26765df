/**
 * The determinant, with derivatives of every order at singular matrices too. With r the number of pivots that are not 0,
 *
 *   det A = p_1 ... p_r det S        S: the block that elimination leaves, 0 if A has rank r
 *
 * A formula that divides by a pivot of S has no derivative where S is 0. So det S is computed without such divisions: it
 * is the last coefficient of the characteristic polynomial, by the method of Faddeev and LeVerrier.
 */
import { broadcast, sum } from '../primitives/broadcast.ts'
import { condClosed } from '../primitives/cond.ts'
import { filled, iota } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  le,
  lt,
  max,
  mul,
  ne,
  neg,
  or,
  rem,
  select,
  stopGradient,
  sub,
  toInt,
  toReal,
} from '../primitives/elementwise.ts'
import { gatherRows } from '../primitives/indexing.ts'
import { diagonal, identityLike, product, swap } from '../primitives/linalg.ts'
import { argmax, prod, reduceMax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { scanClosed } from '../primitives/scan.ts'
import { closeOver, numbered } from '../syntax/closed.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { bool, int, real, sizeOf } from '../syntax/shape.ts'
import { sizeAt } from './derived.ts'

export const trace = (x: Expr): Expr => sum([-2, -1])(diagonal(x))

// -- elimination -----------------------------------------------------------------------------------------------------

/** The identity order of n rows with row k and row p exchanged, for each of m matrices. */
const exchanged = (m: number, n: number, k: Expr, p: Expr): Expr => {
  const i = iota([m, n], 1)
  const at = broadcast([m, n], [])(k)
  const to = broadcast([m, n], [0])(p)
  return select(eq(i, at), to, select(eq(i, to), at, i))
}
interface Eliminated {
  /** The product of the pivots, with the sign of the exchanges. */
  readonly pivots: Expr
  /** The block that is left, among zeros. */
  readonly rest: Expr
  /** The number of its rows. */
  readonly size: Expr
}
/**
 * Elimination with complete pivoting, of m matrices [m, n, n]. It stops where the largest element that is left is 0, or
 * no larger than the rounding errors of the products that were subtracted: then the block is rounding errors alone.
 */
const eliminate = (x: Expr): Eliminated => {
  const [m, n] = [sizeAt(x, 0), sizeAt(x, 1)]
  const all = [m, n, n]
  const [row, column] = [iota(all, 1), iota(all, 2)]
  const [ofEach, ofRows, ofColumns] = [broadcast(all, [0]), broadcast(all, [0, 1]), broadcast(all, [0, 2])]
  const inputs = numbered([real(m, n, n), real(m), bool(m), int()])
  const body = closeOver(inputs, ([before, largest, stopped, k]) => {
    const [here, ofK] = [broadcast(all, [])(k), broadcast([m], [])(k)]
    const found = argmax(1)(reshape([m, n * n])(select(and(le(here, row), le(here, column)), abs(before), -1)))
    const [i, j] = [div(found, n), rem(found, n)]
    const rows = gatherRows(1)(before, exchanged(m, n, k, i))
    const both = swap(gatherRows(1)(swap(rows), exchanged(m, n, k, j)))
    const across = sum(1)(select(eq(row, here), both, 0))
    const down = sum(2)(select(eq(column, here), both, 0))
    const pivot = sum([1, 2])(select(and(eq(row, here), eq(column, here)), both, 0))
    const stop = or(stopped, le(abs(pivot), mul(largest, n * 2 ** -51)))
    const factor = div(down, broadcast([m, n], [0])(select(stop, 1, pivot)))
    const inner = and(lt(here, row), lt(here, column))
    const subtracted = select(inner, mul(ofRows(factor), ofColumns(across)), 0)
    const seen = max(largest, reduceMax([1, 2])(abs(stopGradient(subtracted))))
    const odd = ne(ne(i, ofK), ne(j, ofK))
    const next = select(ofEach(stop), before, sub(both, subtracted))
    return [next, select(stop, largest, seen), stop, select(stop, 1, select(odd, neg(pivot), pivot)), toInt(stop)]
  })
  const start = [x, filled('real', [m], 0), filled('bool', [m], 0)]
  const outs = scanClosed(n, false, body)(start, [iota([n])], [])
  const size = sum(0)(nth(outs, 4))
  const from = ofEach(sub(n, size))
  return {
    pivots: prod(0)(nth(outs, 3)),
    rest: select(and(le(from, row), le(from, column)), nth(outs, 0), 0),
    size,
  }
}

// -- what elimination leaves -----------------------------------------------------------------------------------------

/** The most rows of a block whose determinant has a derivative other than 0, which is of the order of the rows. */
const most = 8
/**
 * e_k, the sum of the k x k principal minors: det S of a block S of k rows among zeros.
 *
 *   M_1 = 1     e_k = tr(S M_k) / k     M_k+1 = e_k - S M_k
 */
const minors = (s: Expr, size: Expr): Expr => {
  const [m, n] = [sizeAt(s, 0), sizeAt(s, 1)]
  const steps = Math.min(n, most)
  const body = closeOver(numbered([real(m, n, n), int(), real(m, n, n)]), ([before, k, block]) => {
    const t = product(block, before)
    const e = div(trace(t), broadcast([m], [])(toReal(add(k, 1))))
    const next = sub(mul(identityLike(t), broadcast([m, n, n], [0])(e)), t)
    return [next, e]
  })
  const [, sums] = scanClosed(steps, false, body)([identityLike(s)], [iota([steps])], [s])
  const wanted = eq(add(iota([steps, m], 0), 1), broadcast([steps, m], [1])(size))
  return add(sum(0)(select(wanted, sums as Expr, 0)), toReal(toInt(eq(size, 0))))
}
/** det S, of blocks of at most one row: the row itself. */
const single = (s: Expr, size: Expr): Expr => select(eq(size, 0), 1, trace(s))

/** det of [.., n, n], for n from 1 on. */
export const determinant = (a: Expr): Expr => {
  const lead = shapeOf(a).slice(0, -2)
  const [m, n] = [sizeOf(lead), sizeAt(a, -1)]
  if (n === 0) return filled('real', lead, 1)
  const { pivots, rest, size } = eliminate(reshape([m, n, n])(a))
  const branch = (f: (s: Expr, k: Expr) => Expr) => closeOver(numbered([real(m, n, n), int(m)]), ([s, k]) => [f(s, k)])
  const some = lt(0, sum(0)(toInt(lt(1, size))))
  const [block] = condClosed(some, branch(minors), branch(single))(rest, size)
  return reshape(lead)(mul(pivots, block as Expr))
}
