/** Numbers in order: sorting, the largest, places in an order, counts. */
import { type Expr, mul, sliceAlong, sort, take, toInt, topK } from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axis, keeping, rank, type Sayings } from './common.ts'

const scalar = (c: Call): readonly Expr[] => [c.x, toInt(mul(0, c.x))]
const sorted: Saying = (c) => {
  if (rank(c.x) === 0) return scalar(c)
  const d = c.number(1, 'dim', -1)
  const { values, indices } = sort(axis(c.x, d), { descending: c.flag(2, 'descending') })(c.x)
  return [values, indices]
}
const largest: Saying = (c) => {
  const d = axis(c.x, c.number(2, 'dim', -1))
  if (rank(c.x) === 0) return scalar(c)
  if (c.any(3, 'largest') !== false) {
    const { values, indices } = topK(d, c.number(1, 'k'))(c.x)
    return [values, indices]
  }
  const { values, indices } = sort(d)(c.x)
  return [values, indices].map((x) => sliceAlong(d, 0, c.number(1, 'k'))(x) as Expr)
}
const kth: Saying = (c) => {
  if (rank(c.x) === 0) return scalar(c)
  const d = axis(c.x, c.number(2, 'dim', -1))
  const { values, indices } = sort(d)(c.x)
  const keep = keeping(c.flag(3, 'keepdim'), [d], c.x)
  return [values, indices].map((x) => keep(take(d, c.number(1, 'k') - 1)(x) as Expr))
}

export const order: Sayings = {
  'argsort|': (c) => (sorted(c) as readonly Expr[])[1] as Expr,
  'kthvalue|': kth,
  'msort|': (c) => (rank(c.x) === 0 ? c.x : (sort(0)(c.x).values as Expr)),
  'sort|': sorted,
  'topk|': largest,
}
