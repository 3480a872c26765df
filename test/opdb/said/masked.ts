/** Reductions of the elements that a mask keeps: the others are replaced by what changes nothing. */
import {
  add,
  broadcastTo,
  constant,
  div,
  type Expr,
  eq,
  logaddexp,
  maskedArgmax,
  maskedArgmin,
  maskedCumProd,
  maskedCumSum,
  maskedLogSoftmax,
  maskedLogsumexp,
  maskedMax,
  maskedMean,
  maskedMin,
  maskedProd,
  maskedSoftmax,
  maskedSum,
  max,
  mul,
  nanquantile,
  neg,
  select,
  softmax,
  sqrt,
  square,
  sub,
  sum,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, flat, keeping, pNorm, type Sayings, shape } from './common.ts'

const infinity = Number.POSITIVE_INFINITY
/** x with `instead` where the mask is false. */
const kept = (c: Call, instead: number, x: Expr = c.x): Expr => {
  const mask = c.maybe(9, 'mask')
  return mask === undefined ? x : select(broadcastTo(shape(x))(mask), x, instead)
}
const axes = (c: Call, k = 1): readonly number[] =>
  c.any(k, 'dim') === undefined
    ? axesOf(c.x)
    : c
        .numbers(k, 'dim')
        .map((d) => axis(c.x, d))
        .filter((d) => d < axesOf(c.x).length)
const keep = (c: Call, k = 1): ((y: Expr) => Expr) => keeping(c.flag(9, 'keepdim'), axes(c, k), c.x)
type Masked = (axes: readonly number[]) => (x: Expr, mask: Expr) => Expr
type Along = (axis: number) => (x: Expr, mask: Expr) => Expr
const maskOf = (c: Call): Expr => c.maybe(9, 'mask') ?? (constantTrue(c.x) as Expr)
const constantTrue = (x: Expr): Expr => eq(0, mul(0, constant(shape(x), 0)))
const of =
  (f: unknown): Saying =>
  (c) =>
    keep(c)((f as Masked)(axes(c))(c.x, maskOf(c)))
const over =
  (f: unknown): Saying =>
  (c) =>
    (f as Along)(axis(c.x, c.number(1, 'dim')))(c.x, maskOf(c))
/** Without an axis, in the flat array. */
const located =
  (f: unknown): Saying =>
  (c) => {
    if (c.any(1, 'dim') !== undefined) return keep(c)((f as Along)(axis(c.x, c.number(1, 'dim')))(c.x, maskOf(c)))
    return keep(c)((f as Along)(0)(flat(c.x), flat(broadcastTo(shape(c.x))(maskOf(c)))))
  }
const ones = (c: Call): Expr => kept(c, 0, add(mul(0, c.x), 1) as Expr)
const moments = (c: Call): Expr => {
  const over = axes(c, 1)
  const count = sum(over)(ones(c)) as Expr
  const wide = keeping(true, over, c.x)
  const middle = wide(div(sum(over)(kept(c, 0)), count))
  const correction = c.any(2, 'correction')
  const less = typeof correction === 'number' ? correction : Number(c.flag(2, 'unbiased', true))
  const squares = sum(over)(kept(c, 0, square(sub(c.x, middle)) as Expr))
  return keep(c)(div(squares, max(sub(count, less), 0)))
}
export const masked: Sayings = {
  'masked.median|': (c) => {
    const d = axis(c.x, c.number(1, 'dim'))
    return keep(c)(nanquantile(0.5, d, { method: 'lower' })(kept(c, Number.NaN)) as Expr)
  },
  'masked.amax|': of(maskedMax),
  'masked.amin|': of(maskedMin),
  'masked.argmax|': located(maskedArgmax),
  'masked.argmin|': located(maskedArgmin),
  'masked.cumprod|': over(maskedCumProd),
  'masked.cumsum|': over(maskedCumSum),
  'masked.log_softmax|': over(maskedLogSoftmax),
  'masked.logaddexp|': (c) => {
    const part = (x: Expr, name: string): Expr =>
      c.maybe(9, name) === undefined ? x : select(broadcastTo(shape(x))(c.tensor(9, name)), x, -infinity)
    return logaddexp(part(c.x, 'input_mask'), part(c.tensor(1), 'other_mask'))
  },
  'masked.logsumexp|': of(maskedLogsumexp),
  'masked.mean|': of(maskedMean),
  'masked.norm|': (c) => {
    const p = c.number(1, 'ord', 2)
    return keep(c, 2)(pNorm(axes(c, 2), p)(kept(c, p === -infinity ? infinity : 0)))
  },
  'masked.normalize|': (c) => {
    const p = c.number(1, 'ord')
    const d = axis(c.x, c.number(2, 'dim'))
    const x = kept(c, 0)
    return div(x, max(pNorm([d], p, true)(kept(c, p === -infinity ? infinity : 0)), c.number(9, 'eps', 1e-12)))
  },
  'masked.prod|': of(maskedProd),
  'masked.softmax|': over(maskedSoftmax),
  'masked.softmin|': (c) => softmax([axis(c.x, c.number(1, 'dim'))])(neg(kept(c, infinity))),
  'masked.std|': (c) => sqrt(moments(c)),
  'masked.sum|': of(maskedSum),
  'masked.var|': moments,
}
