/**
 * Jacobi's method, one-sided: rotations of pairs of rows until all rows are orthogonal. It is accurate for rows of any
 * lengths, equal and zero ones included. A sweep is n rounds: round k rotates the pairs i + j = k (modulo n), which are
 * disjoint, so that a round is a few passes over the whole array.
 *
 * Sources: M. Hestenes (1958); Z. Drmac, K. Veselic, "New fast and accurate Jacobi SVD algorithm" (2008).
 */
import { broadcast, sum } from '../primitives/broadcast.ts'
import { concat } from '../primitives/concat.ts'
import { constant, filled, iota } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  lt,
  max,
  mul,
  neg,
  not,
  or,
  rem,
  rsqrt,
  select,
  sqrt,
  sub,
} from '../primitives/elementwise.ts'
import { gatherRows } from '../primitives/indexing.ts'
import { identityLike } from '../primitives/linalg.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { scanClosed } from '../primitives/scan.ts'
import { whileClosed } from '../primitives/while.ts'
import { closeOver, numbered } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { int, real } from '../syntax/shape.ts'
import { sizeAt } from './derived.ts'
import { strided } from './slicing.ts'

/** The most sweeps. The method converges quadratically: ten are enough for hundreds of rows in float64. */
const most = 16

/**
 * Round k: every row of `all` becomes c row - s partner, so that the first `width` numbers of the two are orthogonal. Gives
 * the largest cosine before it too.
 */
const round = (all: Expr, width: number, k: Expr): readonly [Expr, Expr] => {
  const [m, n, total] = [sizeAt(all, 0), sizeAt(all, 1), sizeAt(all, 2)]
  const row = iota([m, n], 1)
  const partner = rem(add(sub(broadcast([m, n], [])(k), row), n), n)
  const others = gatherRows(1)(all, partner)
  const x = strided(2, 0, width, 1)
  const squares = sum(2)(mul(x(all), x(all)))
  const product = sum(2)(mul(x(all), x(others)))
  const [mine, theirs] = [squares, gatherRows(1)(squares, partner)]
  const alone = eq(row, partner)
  const lengths = mul(sqrt(mine), sqrt(theirs))
  const cosine = select(alone, 0, div(abs(product), select(lt(0, lengths), lengths, 1)))
  const none = or(alone, eq(add(1, cosine), 1))
  const z = div(sub(theirs, mine), mul(2, select(none, 1, product)))
  const t = div(select(lt(z, 0), -1, 1), add(abs(z), sqrt(add(1, mul(z, z)))))
  // one of the two decides, so that rounding errors cannot turn them apart
  const chosen = select(none, 0, t)
  const tangent = select(lt(row, partner), chosen, neg(gatherRows(1)(chosen, partner)))
  const c = rsqrt(add(1, mul(tangent, tangent)))
  const s = mul(c, tangent)
  const along = broadcast([m, n, total], [0, 1])
  // c is 1 - s s / (1 + c): a small turn has small rounding errors so
  const turned = add(others, mul(along(div(s, add(1, c))), all))
  return [sub(all, mul(along(s), turned)), reduceMax()(cosine)]
}
/** W with orthogonal rows and V orthogonal, so that W = V X, for each of m matrices X [m, n, w]. */
export const orthogonalRows = (x: Expr): readonly [Expr, Expr] => {
  const [m, n, width] = [sizeAt(x, 0), sizeAt(x, 1), sizeAt(x, 2)]
  const one = identityLike(filled('real', [m, n, n], 0))
  if (n < 2 || m === 0) return [x, one]
  const both = real(m, n, width + n)
  const step = closeOver(numbered([both, real(), int()]), ([all, largest, k]) => {
    const [next, cosine] = round(all as Expr, width, k as Expr)
    return [next, max(largest as Expr, cosine)]
  })
  // it ends one sweep after one whose cosines have negligible squares: that is what convergence leaves of them
  const carried = numbered([both, real(), real(), int()])
  const test = closeOver(carried, ([, before, , k]) => [
    and(not(eq(add(1, mul(before as Expr, before as Expr)), 1)), lt(k as Expr, most)),
  ])
  const body = closeOver(carried, ([all, , last, k]) => {
    const out = scanClosed(n, false, step)([all as Expr, constant([], 0)], [iota([n])], [])
    return [nth(out, 0), last as Expr, nth(out, 1), add(k as Expr, 1)]
  })
  const start = [concat(2)([x, one]) as Expr, constant([], 1), constant([], 1), filled('int', [], 0)]
  const [done] = whileClosed(test, body)(start, [])
  const part = (from: number, count: number): Expr => strided(2, from, count, 1)(done as Expr)
  // the rotations lengthen both alike, by their rounding errors
  const [w, v] = [part(0, width), part(width, n)]
  const lengths = sqrt(sum(2)(mul(v, v)))
  return [w, v].map((e) => div(e, broadcast([m, n, sizeAt(e, 2)], [0, 1])(lengths))) as [Expr, Expr]
}
