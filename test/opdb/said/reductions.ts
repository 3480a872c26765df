/** Many numbers made fewer: sums, extremes, moments, counts, running values. */
import {
  abs,
  add,
  and,
  argmax,
  argmin,
  concat,
  constant,
  cumProd,
  cumSum,
  div,
  type Expr,
  eq,
  le,
  logsumexp,
  matmul,
  mean,
  mul,
  nanmean,
  nansum,
  ne,
  or,
  prod,
  reduceMax,
  reduceMin,
  reshape,
  select,
  sliceAlong,
  sqrt,
  square,
  std,
  sub,
  sum,
  swapAxes,
  toBool,
  toInt,
  toReal,
  variance,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, flat, keeping, length, pNorm, range, rank, reduced, type Sayings, size } from './common.ts'

type Over = (axes: readonly number[]) => (x: Expr) => Expr
const nan = (x: Expr): Expr => ne(x, x)
const all: Over = (axes) => (x) => eq(sum(axes)(select(toBool(x), 0, 1)), 0)
const everywhere = (x: Expr): Expr => all(axesOf(x))(x)
const any: Over = (axes) => (x) => ne(sum(axes)(select(toBool(x), 1, 0)), 0)
const counted: Over = (axes) => (x) => toInt(sum(axes)(select(toBool(x), 1, 0)))

/** The axes of a reduction; scalars have none. */
const dims = (c: Call, k = 1): readonly number[] =>
  c.any(k, 'dim') === undefined
    ? axesOf(c.x)
    : c
        .numbers(k, 'dim')
        .map((d) => axis(c.x, d))
        .filter((d) => d < rank(c.x))
const correction = (c: Call): number => {
  const given = c.any(1)
  if (typeof given === 'boolean') return Number(given)
  const unbiased = c.any(2, 'unbiased')
  return c.any(9, 'correction') === undefined
    ? typeof unbiased === 'boolean'
      ? Number(unbiased)
      : 1
    : c.number(9, 'correction')
}
type Spreading = (axes: readonly number[], options: { readonly correction: number }) => (x: Expr) => Expr
/** Ours takes no correction below 0, PyTorch does. */
const corrected =
  (f: Spreading, axes: readonly number[], k: number) =>
  (x: Expr): Expr => {
    if (k >= 0) return f(axes, { correction: k })(x)
    const n = axes.reduce((m, d) => m * length(x, d), 1)
    const shrunk = n / (n - k)
    return mul(f === (std as Spreading) ? Math.sqrt(shrunk) : shrunk, f(axes, { correction: 0 })(x))
  }
const spread =
  (f: Spreading): ((c: Call) => Expr) =>
  (c) => {
    const all = typeof c.any(1) === 'boolean' || c.any(1, 'dim') === undefined || c.numbers(1, 'dim').length === 0
    const axes = all ? axesOf(c.x) : dims(c)
    return keeping(c.flag(3, 'keepdim'), axes, c.x)(corrected(f, axes, correction(c))(c.x))
  }
const averaged = (c: Call): Expr => {
  const all = typeof c.any(1) === 'boolean' || c.any(1, 'dim') === undefined || c.numbers(1, 'dim').length === 0
  const axes = all ? axesOf(c.x) : dims(c)
  return keeping(c.flag(3, 'keepdim'), axes, c.x)(mean(axes)(c.x))
}
/** An index along one axis; of the flat array where none is given. */
const located =
  (f: (axis: number) => (x: Expr) => Expr): Saying =>
  (c) => {
    if (rank(c.x) === 0) return toInt(mul(0, c.x))
    if (c.any(1, 'dim') === undefined) return keeping(c.flag(2, 'keepdim'), axesOf(c.x), c.x)(f(0)(flat(c.x)))
    const d = axis(c.x, c.number(1, 'dim'))
    return keeping(c.flag(2, 'keepdim'), [d], c.x)(f(d)(c.x))
  }
const extreme =
  (f: Over, place: (axis: number) => (x: Expr) => Expr): Saying =>
  (c) => {
    if (rank(c.x) === 0) return [c.x, toInt(mul(0, c.x))]
    const d = axis(c.x, c.number(1, 'dim'))
    const keep = keeping(c.flag(2, 'keepdim'), [d], c.x)
    return [keep(f([d])(c.x)), keep(place(d)(c.x))]
  }
const along = (c: Call, f: (d: number) => (x: Expr) => Expr): Expr =>
  rank(c.x) === 0 ? c.x : f(axis(c.x, c.number(1, 'dim')))(c.x)
/** Areas between neighbours along an axis. */
const trapezia = (c: Call): readonly [Expr, number] => {
  const d = axis(c.x, c.number(9, 'dim', -1))
  const n = length(c.x, d)
  const part = (x: Expr, from: number, to: number): Expr => sliceAlong(axis(x, d), from, to)(x)
  const pairs = add(part(c.x, 0, n - 1), part(c.x, 1, n))
  const given = c.any(1, 'x')
  if (given === undefined || typeof given === 'number')
    return [mul(c.number(9, 'dx', typeof given === 'number' ? given : 1) / 2, pairs), d]
  const places = c.tensor(1, 'x')
  const wide = rank(places) === 1 ? reshape(range(rank(c.x)).map((e) => (e === d ? n : 1)))(places) : places
  const last = rank(wide) - (rank(c.x) - d)
  const steps = sub(sliceAlong(last, 1, n)(wide), sliceAlong(last, 0, n - 1)(wide))
  return [mul(steps, mul(0.5, pairs)), Math.max(rank(wide), rank(c.x)) - (rank(c.x) - d)]
}
/** The covariance of a single row is a scalar. */
const oneRow = (s: Expr): Expr => (size(s) === 1 ? reshape([])(s) : s)
const wholeNorm = (x: Expr, p: number): Expr => pNorm(axesOf(x), p)(x)
const centred = (x: Expr): Expr => sub(x, mean([1], { keep: true })(x))
/** The covariance of rows; weights count observations, or say how much they matter. */
const covariance = (c: Call): Expr => {
  const x = rank(c.x) < 2 ? reshape([1, size(c.x)])(c.x) : c.x
  const n = length(x, 1)
  const f = c.maybe(9, 'fweights')
  const a = c.maybe(9, 'aweights')
  const w = (f === undefined ? (a ?? constant([n], 1)) : a === undefined ? toReal(f) : mul(toReal(f), a)) as Expr
  const total = sum()(w) as Expr
  const middle = sub(x, reshape([length(x, 0), 1])(div(sum([1])(mul(x, w)), total)))
  const ddof = c.number(1, 'correction', 1)
  const norm = a === undefined ? sub(total, ddof) : sub(total, div(mul(ddof, sum()(mul(w, a))), total))
  const s = div(matmul(mul(middle, w), swapAxes(0, 1)(middle)), norm)
  return oneRow(s)
}

export const reductions: Sayings = {
  'all|': (c) => reduced(all)(c),
  'amax|': (c) => reduced(reduceMax)(c),
  'amin|': (c) => reduced(reduceMin)(c),
  'aminmax|': (c) => {
    const axes = c.any(1, 'dim') === undefined ? axesOf(c.x) : dims(c)
    const keep = keeping(c.flag(2, 'keepdim'), axes, c.x)
    return [keep(reduceMin(axes)(c.x)), keep(reduceMax(axes)(c.x))]
  },
  'any|': (c) => reduced(any)(c),
  'argmax|': located(argmax),
  'argmin|': located(argmin),
  'corrcoef|': (c) => {
    const x = centred(rank(c.x) < 2 ? reshape([1, size(c.x)])(c.x) : c.x)
    const s = matmul(x, swapAxes(0, 1)(x))
    const d = sqrt(sum([1])(square(x)))
    return oneRow(div(div(s, d), reshape([size(d), 1])(d)))
  },
  'count_nonzero|': (c) => counted(dims(c))(c.x),
  'cov|': covariance,
  'cumprod|': (c) => along(c, (d) => cumProd(d)),
  'cumsum|': (c) => along(c, (d) => cumSum(d)),
  'cumulative_trapezoid|': (c) => {
    const [areas, d] = trapezia(c)
    return cumSum(d)(areas)
  },
  'diff|': (c) => {
    const d = axis(c.x, c.number(2, 'dim', -1))
    const parts = [c.maybe(3, 'prepend'), c.x, c.maybe(4, 'append')].filter((x) => x !== undefined)
    const whole = parts.length === 1 ? c.x : concat(d)(parts)
    return range(c.number(1, 'n', 1)).reduce(
      (x) => sub(sliceAlong(d, 1, length(x, d))(x), sliceAlong(d, 0, length(x, d) - 1)(x)),
      whole,
    )
  },
  'dist|': (c) => wholeNorm(sub(c.x, c.tensor(1)), c.number(2, 'p', 2)),
  'equal|': (c) => everywhere(eq(c.x, c.tensor(1))),
  'allclose|': (c) => {
    const [x, y] = [c.x, c.tensor(1)]
    const near = or(
      eq(x, y),
      le(abs(sub(x, y)), add(c.number(3, 'atol', 1e-8), mul(c.number(2, 'rtol', 1e-5), abs(y)))),
    )
    return all(axesOf(near))(c.flag(4, 'equal_nan') ? or(near, and(nan(x), nan(y))) : near)
  },
  'logsumexp|': (c) => reduced((axes) => logsumexp(axes))(c),
  'max|reduction_no_dim': (c) => reduceMax()(c.x),
  'max|reduction_with_dim': extreme(reduceMax, argmax),
  'mean|': (c) => reduced((axes) => mean(axes))(c),
  'min|reduction_no_dim': (c) => reduceMin()(c.x),
  'min|reduction_with_dim': extreme(reduceMin, argmin),
  'nanmean|': (c) => reduced((axes) => nanmean(axes))(c),
  'nansum|': (c) => reduced((axes) => nansum(axes))(c),
  'prod|': (c) => reduced(prod)(c),
  'std|': spread(std as Spreading),
  'std|unbiased': spread(std as Spreading),
  'std_mean|': (c) => [spread(std as Spreading)(c), averaged(c)],
  'std_mean|unbiased': (c) => [spread(std as Spreading)(c), averaged(c)],
  'sum|': (c) => reduced(sum)(c),
  'trapezoid|': (c) => {
    const [areas, d] = trapezia(c)
    return sum([d])(areas)
  },
  'trapz|': (c) => {
    const [areas, d] = trapezia(c)
    return sum([d])(areas)
  },
  'var|': spread(variance as Spreading),
  'var|unbiased': spread(variance as Spreading),
  'var_mean|': (c) => [spread(variance as Spreading)(c), averaged(c)],
  'var_mean|unbiased': (c) => [spread(variance as Spreading)(c), averaged(c)],
}
