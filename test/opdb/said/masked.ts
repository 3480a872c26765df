/** Reductions of the elements that a mask keeps: the others are replaced by what changes nothing. */
import {
  add,
  argmax,
  argmin,
  broadcastTo,
  cumProd,
  cumSum,
  div,
  type Expr,
  logaddexp,
  logSoftmax,
  logsumexp,
  max,
  mul,
  nanquantile,
  neg,
  prod,
  reduceMax,
  reduceMin,
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
const reduced =
  (f: (axes: readonly number[]) => (x: Expr) => Expr, instead: number): Saying =>
  (c) =>
    keep(c)(f(axes(c))(kept(c, instead)))
const along =
  (f: (d: number) => (x: Expr) => Expr, instead: number): Saying =>
  (c) =>
    f(axis(c.x, c.number(1, 'dim')))(kept(c, instead))
const located =
  (f: (d: number) => (x: Expr) => Expr, instead: number): Saying =>
  (c) => {
    if (c.any(1, 'dim') === undefined) return keep(c)(f(0)(flat(kept(c, instead))))
    return keep(c)(f(axis(c.x, c.number(1, 'dim')))(kept(c, instead)))
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
const soft =
  (f: (axes: readonly number[]) => (x: Expr) => Expr): Saying =>
  (c) =>
    f([axis(c.x, c.number(1, 'dim'))])(kept(c, -infinity))

export const masked: Sayings = {
  'masked.median|': (c) => {
    const d = axis(c.x, c.number(1, 'dim'))
    return keep(c)(nanquantile(0.5, d, { method: 'lower' })(kept(c, Number.NaN)) as Expr)
  },
  'masked.amax|': reduced(reduceMax, -infinity),
  'masked.amin|': reduced(reduceMin, infinity),
  'masked.argmax|': located(argmax, -infinity),
  'masked.argmin|': located(argmin, infinity),
  'masked.cumprod|': along((d) => cumProd(d), 1),
  'masked.cumsum|': along((d) => cumSum(d), 0),
  'masked.log_softmax|': soft((d) => logSoftmax(d)),
  'masked.logaddexp|': (c) => {
    const part = (x: Expr, name: string): Expr =>
      c.maybe(9, name) === undefined ? x : select(broadcastTo(shape(x))(c.tensor(9, name)), x, -infinity)
    return logaddexp(part(c.x, 'input_mask'), part(c.tensor(1), 'other_mask'))
  },
  'masked.logsumexp|': reduced((d) => logsumexp(d), -infinity),
  'masked.mean|': (c) => keep(c)(div(sum(axes(c))(kept(c, 0)), sum(axes(c))(ones(c)))),
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
  'masked.prod|': reduced((d) => prod(d), 1),
  'masked.softmax|': soft((d) => softmax(d)),
  'masked.softmin|': (c) => softmax([axis(c.x, c.number(1, 'dim'))])(neg(kept(c, infinity))),
  'masked.std|': (c) => sqrt(moments(c)),
  'masked.sum|': reduced((d) => sum(d), 0),
  'masked.var|': moments,
}
