/** Numbers in order: sorting, the largest, places in an order, counts. */
import {
  argmax,
  argwhere,
  bincount,
  bucketize,
  cumMax,
  cumMin,
  type Expr,
  eq,
  gradient,
  histogram,
  histogram2d,
  intTensor,
  kthvalue,
  logCumsumExp,
  mode,
  mul,
  nanquantile,
  not,
  quantile,
  reduceMin,
  reshape,
  searchsorted,
  segmentMax,
  segmentMean,
  segmentMin,
  segmentProd,
  segmentSum,
  select,
  sliceAlong,
  sort,
  take,
  toInt,
  topK,
  toReal,
} from '../../../src/index.ts'
import type { Call, Saying } from '../call.ts'
import { axesOf, axis, flat, keeping, length, range, rank, type Sayings, shape, size } from './common.ts'

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
  const { values, indices } = c.any(3, 'largest') === false ? sort(d)(c.x) : topK(d, c.number(1, 'k'))(c.x)
  return [values, indices].map((x) => sliceAlong(d, 0, c.number(1, 'k'))(x) as Expr)
}
type Chosen = { readonly values: Expr; readonly indices: Expr }
const chosen = (c: Call, k: number, f: (d: number) => (x: Expr) => Chosen): readonly Expr[] => {
  if (rank(c.x) === 0) return scalar(c)
  const d = axis(c.x, c.number(k, 'dim', -1))
  const { values, indices } = f(d)(c.x)
  const keep = keeping(c.flag(k + 1, 'keepdim'), [d], c.x)
  return [keep(values), keep(indices)]
}
/** The lower of two in the middle; with an axis its place too. */
const middle =
  (quantileOf: typeof quantile): Saying =>
  (c) => {
    if (c.any(1, 'dim') === undefined || rank(c.x) === 0) {
      const value = rank(c.x) === 0 ? c.x : (quantileOf(0.5, axesOf(c.x), { method: 'lower' })(c.x) as Expr)
      return c.any(1, 'dim') === undefined ? value : scalar(c)
    }
    return chosen(c, 1, (d) => (x) => {
      const values = quantileOf(0.5, d, { method: 'lower' })(x) as Expr
      return { values, indices: argmax(d)(toReal(eq(x, keeping(true, [d], x)(values)))) as Expr }
    })
  }
type Method = 'linear' | 'lower' | 'higher' | 'nearest' | 'midpoint'
const level =
  (quantileOf: typeof quantile): Saying =>
  (c) => {
    const given = c.any(1, 'q')
    const q =
      typeof given === 'number'
        ? given
        : rank(c.tensor(1, 'q')) === 0
          ? (c.elements(1, 'q')[0] as number)
          : c.elements(1, 'q')
    const x = rank(c.x) === 0 ? reshape([1])(c.x) : c.x
    const axes = c.any(2, 'dim') === undefined ? axesOf(x) : [axis(x, c.number(2, 'dim'))]
    const value = quantileOf(q, axes, { method: c.text(9, 'interpolation', 'linear') as Method })(x) as Expr
    if (!c.flag(3, 'keepdim') || rank(c.x) === 0) return value
    const sizes = shape(x).map((n, d) => (axes.includes(d) ? 1 : n))
    return reshape(typeof q === 'number' ? sizes : [q.length, ...sizes])(value)
  }
const cumulative =
  (f: (d: number) => (x: Expr) => Chosen): Saying =>
  (c) => {
    if (rank(c.x) === 0) return scalar(c)
    const { values, indices } = f(axis(c.x, c.number(1, 'dim')))(c.x)
    return [values, indices]
  }
const bins = (c: Call): number | readonly number[] => {
  const given = c.any(1, 'bins')
  return typeof given === 'number' ? given : c.elements(1, 'bins')
}
const span = (c: Call): { readonly range?: readonly [number, number] } => {
  const given = c.any(9, 'range')
  return Array.isArray(given) ? { range: given as unknown as readonly [number, number] } : {}
}
/** Rows of neighbouring segments, by how long they are or by where they begin. */
const segmented: Saying = (c) => {
  const lengths = c.any(9, 'lengths') === undefined ? undefined : c.elements(9, 'lengths')
  const offsets = c.any(9, 'offsets') === undefined ? [] : c.elements(9, 'offsets')
  const each = lengths ?? offsets.slice(1).map((end, k) => end - (offsets[k] as number))
  const ids = each.flatMap((n, k) => range(n).map(() => k))
  const f = { sum: segmentSum, mean: segmentMean, max: segmentMax, min: segmentMin, prod: segmentProd }[
    c.text(1, 'reduce') as 'sum'
  ]
  return f(each.length)(c.x, intTensor([ids.length], ids)) as Expr
}

export const order: Sayings = {
  'argsort|': (c) => (sorted(c) as readonly Expr[])[1] as Expr,
  'bincount|': (c) => {
    const n = Math.max(c.number(9, 'minlength', 0), Math.max(...c.elements(0)) + 1)
    const w = c.maybe(9, 'weights')
    return bincount(n)(c.x, (w === undefined ? w : toReal(w)) as never) as Expr
  },
  'bucketize|': (c) => bucketize({ right: c.flag(9, 'right') })(c.x, c.tensor(1)) as Expr,
  'cummax|': cumulative((d) => (x) => cumMax(d)(x)),
  'cummin|': cumulative((d) => (x) => cumMin(d)(x)),
  'gradient|': (c) => {
    const dims = c.any(9, 'dim') === undefined ? axesOf(c.x) : c.numbers(9, 'dim').map((d) => axis(c.x, d))
    const spacing = c.any(9, 'spacing')
    const edgeOrder = c.number(9, 'edge_order', 1) as 1 | 2
    return dims.map((d, k) => {
      const own = Array.isArray(spacing) ? spacing[k] : spacing
      const dx = typeof own === 'number' ? own : 1
      return gradient(d, { dx, edgeOrder })(c.x, (typeof own === 'object' ? own : undefined) as never) as Expr
    })
  },
  'histc|': (c) => {
    const [n, low, high] = [c.number(1, 'bins', 100), c.number(2, 'min', 0), c.number(3, 'max', 0)]
    return toReal(histogram(n, low === high ? {} : { range: [low, high] })(c.x).counts as Expr)
  },
  'histogram|': (c) => {
    const { counts, edges } = histogram(bins(c), { ...span(c), density: c.flag(9, 'density') })(
      c.x,
      c.maybe(9, 'weight') as never,
    )
    return [toReal(counts as Expr), edges as Expr]
  },
  'histogramdd|': (c) => {
    const given = c.any(1, 'bins')
    const points = reshape([size(c.x) / length(c.x, -1), length(c.x, -1)])(c.x)
    const sides = range(length(c.x, -1)).map(
      (k) =>
        (typeof given === 'number'
          ? given
          : Array.isArray(given) && typeof given[k] === 'number'
            ? given[k]
            : c.elements(1, 'bins')) as number,
    )
    const [x, y] = [take(1, 0)(points) as Expr, take(1, 1)(points) as Expr]
    const box = histogram2d(sides as unknown as readonly [number, number], { density: c.flag(9, 'density') })(
      x,
      y,
      c.maybe(9, 'weight') as never,
    )
    return [toReal(box.counts as Expr), box.xEdges as Expr, box.yEdges as Expr]
  },
  'isin|': (c) => {
    const [x, among] = [c.x, flat(c.tensor(1))]
    const hits = eq(reshape([...shape(x), 1])(x), among)
    const found = eq(reduceMin([rank(x)])(select(hits, 0, 1)), 0)
    return c.flag(9, 'invert') ? not(found) : found
  },
  'kthvalue|': (c) => chosen(c, 2, (d) => (x) => kthvalue(c.number(1, 'k'), d)(x)),
  'logcumsumexp|': (c) => (rank(c.x) === 0 ? c.x : (logCumsumExp(axis(c.x, c.number(1, 'dim')))(c.x) as Expr)),
  'median|': middle(quantile),
  'mode|': (c) => chosen(c, 1, (d) => (x) => mode(d)(x)),
  'msort|': (c) => (rank(c.x) === 0 ? c.x : (sort(0)(c.x).values as Expr)),
  'nanmedian|': middle(nanquantile as unknown as typeof quantile),
  'nanquantile|': level(nanquantile as unknown as typeof quantile),
  'nonzero_static|': (c) => argwhere(c.number(9, 'size'), { fill: c.number(9, 'fill_value', -1) })(c.x) as Expr,
  'quantile|': level(quantile),
  'searchsorted|': (c) => {
    const [a, v] = [c.x, c.operand(1)]
    const side = c.flag(9, 'right') || c.text(9, 'side', 'left') === 'right' ? 'right' : 'left'
    return searchsorted({ side })(a, v as Expr) as Expr
  },
  '_segment_reduce|lengths': segmented,
  '_segment_reduce|offsets': segmented,
  'sort|': sorted,
  'topk|': largest,
}
