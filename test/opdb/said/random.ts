/** Random numbers, from a key where PyTorch has a hidden state: shapes are compared, distributions in their own tests. */
import {
  add,
  bernoulli,
  broadcastTo,
  categorical,
  div,
  type Expr,
  exp,
  exponential,
  floor,
  log,
  lt,
  mul,
  normal,
  randomKey,
  select,
  splitKey,
  stack,
  sub,
  take,
  tan,
  toInt,
  uniform,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { range, rank, type Sayings, shape } from './common.ts'

const key = randomKey(7)
const sizesOf = (c: Call, k: number): readonly number[] =>
  Array.isArray(c.any(k)) ? (c.any(k) as readonly number[]) : shape(c.x)
const between = (low: number, high: number, u: Expr): Expr => add(low, mul(high - low, u))
/** Kept with probability 1 - p and scaled; every element has its own draw, or every channel. */
const dropped =
  (drawn: (x: Expr) => readonly number[]): Saying =>
  (c) => {
    const p = c.number(1, 'p', 0.5)
    if (!c.flag(2, 'training', true) || p === 0) return c.x
    if (p === 1) return mul(0, c.x)
    const kept = bernoulli(1 - p, drawn(c.x))(key)
    return select(broadcastTo(shape(c.x))(kept), div(c.x, 1 - p), 0)
  }
const channels = (x: Expr): readonly number[] => shape(x).map((n, d) => (d < Math.min(2, rank(x) - 1) ? n : 1))
/** Dropout that keeps the mean and the variance of what a selu returns. */
const alphaDropped =
  (drawn: (x: Expr) => readonly number[]): Saying =>
  (c) => {
    const p = c.number(1, 'p', 0.5)
    if (!c.flag(2, 'training', c.any(2) !== undefined) || p === 0) return c.x
    if (p === 1) return mul(0, c.x)
    const alpha = -1.7580993408473766
    const a = 1 / Math.sqrt((alpha ** 2 * p + 1) * (1 - p))
    const kept = broadcastTo(shape(c.x))(bernoulli(1 - p, drawn(c.x))(key))
    return add(mul(a, select(kept, c.x, alpha)), -a * alpha * p)
  }
const gaussian: Saying = (c) => {
  const drawn = Array.isArray(c.any(2))
    ? (c.any(2) as readonly number[])
    : shape(add(c.operand(0), c.operand(1)) as Expr)
  return add(c.operand(0), mul(c.operand(1), normal(drawn)(key)))
}

export const random: Sayings = {
  'bernoulli|': (c) => select(lt(uniform(shape(c.x))(key), c.x), 1, 0),
  'cauchy|': (c) =>
    add(c.number(1, 'median', 0), mul(c.number(2, 'sigma', 1), tan(mul(Math.PI, sub(uniform(shape(c.x))(key), 0.5))))),
  'exponential|': (c) => div(exponential(shape(c.x))(key), c.number(1, 'lambd', 1)),
  'geometric|': (c) => add(1, floor(div(exponential(shape(c.x))(key), -Math.log1p(-c.number(1, 'p'))))),
  'log_normal|': (c) => exp(add(c.number(1, 'mean', 1), mul(c.number(2, 'std', 2), normal(shape(c.x))(key)))),
  'multinomial|': (c) => {
    const n = c.number(1, 'num_samples')
    const keys = splitKey(n)(key) as Expr
    const draws = range(n).map((k) => categorical(log(c.x))(take(0, k)(keys)))
    return stack(rank(c.x) - 1)(draws)
  },
  'nn.functional.alpha_dropout|': alphaDropped(shape),
  'nn.functional.dropout|': dropped(shape),
  'nn.functional.dropout2d|': dropped(channels),
  'nn.functional.dropout3d|': dropped(channels),
  'nn.functional.feature_alpha_dropout|with_train': alphaDropped(channels),
  'nn.functional.feature_alpha_dropout|without_train': alphaDropped(channels),
  'native_dropout_backward|': (c) => mul(mul(c.x, c.number(2, 'scale')), select(c.tensor(1), 1, 0)),
  'normal|': gaussian,
  'normal|in_place': (c) => add(c.number(1, 'mean', 0), mul(c.number(2, 'std', 1), normal(shape(c.x))(key))),
  'normal|number_mean': gaussian,
  'rand_like|': (c) => uniform(shape(c.x))(key),
  'randint|': (c) => {
    const [low, high, sizes] = Array.isArray(c.any(1))
      ? [0, c.number(0, 'high'), c.any(1)]
      : [c.number(0, 'low'), c.number(1, 'high'), c.any(2)]
    return toInt(floor(between(low, high, uniform(sizes as readonly number[])(key))))
  },
  'randint_like|': (c) => {
    const [low, high] = c.count === 2 ? [0, c.number(1, 'high')] : [c.number(1, 'low'), c.number(2, 'high')]
    return floor(between(low, high, uniform(shape(c.x))(key)))
  },
  'randn|': (c) => normal(sizesOf(c, 0))(key),
  'randn_like|': (c) => normal(shape(c.x))(key),
  'uniform|': (c) => between(c.number(1, 'from', 0), c.number(2, 'to', 1), uniform(shape(c.x))(key)),
}
