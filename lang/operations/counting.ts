/** How often numbers occur: in bins, each by itself, or at all. Sizes that depend on data are stated, and filled up. */
import { sum } from '../primitives/broadcast.ts'
import { constant, filled, iota, tensor } from '../primitives/constant.ts'
import { add, and, div, eq, le, lt, mul, ne, or, rem, select, sub, toInt, toReal } from '../primitives/elementwise.ts'
import { argsort, gather, scatterRows } from '../primitives/indexing.ts'
import { cumSum, reduceMax, reduceMin } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Problem, shapeProblem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type DType, type Shape, sizeOf, strides } from '../syntax/shape.ts'
import type { FitsSize } from '../types/index.ts'
import { stack } from './arranging.ts'
import { isFirst } from './chosen.ts'
import { derived, differ, notReal, sizeAt, unless } from './derived.ts'
import { placesIn } from './search.ts'
import { strided, take } from './slicing.ts'

const flat = (x: Expr): Expr => reshape([sizeOf(shapeOf(x))])(x)
/** Adds up the weights of every place in 0 .. size - 1; other places do not count. */
const countedAt = (size: number, places: Expr, weights: Expr): Expr => {
  const counts = and(le(0, places), lt(places, size))
  return scatterRows(0, size)(flat(select(counts, weights, 0)), flat(places))
}
const ones = (x: Expr): Expr => filled('int', shapeOf(x), 1)
type Weights<S extends Shape = Shape> = Expr<S, 'real'>

/**
 * How often each of 0, 1, ..., length - 1 occurs; or the sum of the weights there. Other integers do not count.
 *
 * Shape:   int [...], [...]? -> [length], of integers without weights
 * Errors:  ElementType, ShapeMismatch, NotASize
 *
 * @example
 * const f = programOrThrow(int(4), (i) => bincount(3)(i))
 * evaluate(f.closed, [Float64Array.of(2, 0, 2, 7)]) // => [[1, 0, 2]]
 */
export const bincount = operation(
  'bincount(length)(index, weights?)',
  <const N extends number>(length: N & FitsSize<N>) =>
    <S extends Shape, W extends Weights<NoInfer<S>> | undefined = undefined>(
      index: Expr<S, 'int'>,
      weights?: W,
    ): Expr<readonly [N], W extends Expr ? 'real' : 'int'> => {
      const [i, w]: readonly [Expr, Expr] = [index, weights ?? ones(index)]
      const problem: Problem | undefined =
        (i.type.dtype === 'int' ? undefined : { _tag: 'ElementType', expected: ['int'], found: [i.type.dtype] }) ??
        unless(Number(length) > 0, 'length', 'must be positive') ??
        shapeProblem([length]) ??
        differ(shapeOf(i), shapeOf(w))
      return derived('bincount', [i, w], problem, () => countedAt(length, i, w)) as Expr<
        readonly [N],
        W extends Expr ? 'real' : 'int'
      >
    },
)

/** A number of bins of one width, or their edges, ascending. */
type Bins = number | readonly number[]
/** Where the first bin begins, and where the last one ends. */
type Range = readonly [low: number, high: number]
type BinsOf<B> = B extends readonly number[] ? ButOne<B> : B extends number ? B : number
type ButOne<B extends readonly number[]> = B extends readonly [number, ...infer R] ? R['length'] : number
type EdgesOf<B> = B extends readonly number[] ? readonly [B['length']] : readonly [number]
export interface HistogramOptions {
  /** Where bins of one width begin and end. Default: at the smallest and the largest number. */
  readonly range?: Range
  /** Whether the result is a density, whose integral is 1. Default: false. */
  readonly density?: boolean
}
const ascending = (xs: readonly number[]): boolean =>
  xs.every((x, k) => Number.isFinite(x) && (k === 0 || x >= nth(xs, k - 1)))
const binsProblem = (bins: Bins, range: Range | undefined): Problem | undefined =>
  typeof bins === 'number'
    ? (unless(Number.isInteger(bins) && bins > 0, 'bins', 'must be a positive integer') ??
      unless(range === undefined || ascending(range), 'range', 'must be two numbers, the lower one first'))
    : unless(bins.length > 1 && ascending(bins), 'bins', 'must be two or more edges in ascending order')
/** Edges at equal distances. Where all numbers are equal they are one half away, as numpy has it. */
const edgesOf = (bins: Bins, range: Range | undefined, x: Expr): Expr => {
  if (typeof bins !== 'number') return tensor<Shape>([bins.length], bins)
  const spread = ([low, high]: Range): Range => (low === high ? [low - 0.5, high + 0.5] : [low, high])
  if (range !== undefined) {
    const [low, high] = spread(range)
    const step = (high - low) / bins
    return tensor<Shape>(
      [bins + 1],
      Array.from({ length: bins + 1 }, (_, k) => (k === bins ? high : low + k * step)),
    )
  }
  const none = sizeOf(shapeOf(x)) === 0
  const [least, most]: readonly [Expr, Expr] = none
    ? [constant([], 0), constant([], 1)]
    : [reduceMin()(x), reduceMax()(x)]
  const half = select(eq(least, most), 0.5, 0)
  const [low, high] = [sub(least, half), add(most, half)]
  const k = iota<Shape>([bins + 1])
  return select(eq(k, bins), high, add(low, mul(toReal(k), div(sub(high, low), bins))))
}
const widthsOf = (edges: Expr): Expr => {
  const n = sizeAt(edges, 0) - 1
  return sub(strided(0, 1, n, 1)(edges), strided(0, 0, n, 1)(edges))
}
/** The bin of each number: it has its left edge, the last one both; -1 and the number of bins are outside. */
const binsOf = (edges: Expr, x: Expr): Expr => {
  const n = sizeAt(edges, 0) - 1
  const place = sub(placesIn('right', edges, x), 1)
  const highest = gather(edges, filled('int', [], n))
  return select(eq(x, highest), n - 1, select(ne(x, x), n, place))
}
/**
 * How many numbers are in each bin, and the edges of the bins; or the sum of their weights. A bin has its left edge, and
 * the last bin both. What is outside does not count. The derivative of the counts is that in the weights.
 *
 * Shape:   [...], [...]? -> counts [bins], edges [bins + 1]
 * Errors:  ElementType, ShapeMismatch, InvalidAttribute
 *
 * @example
 * const f = programOrThrow(real(4), (x) => histogram(2, { range: [0, 4] })(x))
 * evaluate(f.closed, [Float64Array.of(1, 2, 4, 5)]) // => [[1, 2], [0, 2, 4]]
 */
export const histogram = operation(
  'histogram(bins, options?{range density})(x: real, weights?: real)',
  <const B extends Bins>(bins: B, { range, density = false }: HistogramOptions = {}) =>
    <S extends Shape>(
      x: Expr<S, 'real'>,
      weights?: Weights<NoInfer<S>>,
    ): { readonly counts: Expr<readonly [BinsOf<B>], 'real'>; readonly edges: Expr<EdgesOf<B>, 'real'> } => {
      const e: Expr = x
      const w: Expr = weights ?? constant<Shape>(shapeOf(e), 1)
      const problem = notReal(e) ?? binsProblem(bins, range) ?? differ(shapeOf(e), shapeOf(w))
      const edges = derived('histogram', [e, w], problem, () => edgesOf(bins, range, e))
      const counts = derived('histogram', [e, w, edges], undefined, () => {
        const n = sizeAt(edges, 0) - 1
        const total = countedAt(n, binsOf(edges, e), w)
        if (!density) return total
        return div(div(total, widthsOf(edges)), sum()(total))
      })
      return { counts, edges }
    },
)
/**
 * How many points (x, y) are in each box of a grid: `histogram` of two coordinates.
 *
 * Shape:   [...], [...], [...]? -> counts [bins, bins], xEdges, yEdges [bins + 1]
 * Errors:  as histogram
 */
export const histogram2d = operation(
  'histogram2d(bins, options?{range density})(x: real, y: real, weights?: real)',
  <const B extends readonly [Bins, Bins]>(
    bins: B,
    { range, density = false }: { readonly range?: readonly [Range, Range]; readonly density?: boolean } = {},
  ) =>
    <S extends Shape>(
      x: Expr<S, 'real'>,
      y: Expr<NoInfer<S>, 'real'>,
      weights?: Weights<NoInfer<S>>,
    ): {
      readonly counts: Expr<readonly [BinsOf<B[0]>, BinsOf<B[1]>], 'real'>
      readonly xEdges: Expr<EdgesOf<B[0]>, 'real'>
      readonly yEdges: Expr<EdgesOf<B[1]>, 'real'>
    } => {
      const [a, b, w]: readonly [Expr, Expr, Expr] = [x, y, weights ?? constant<Shape>(shapeOf(x), 1)]
      const problem =
        differ(shapeOf(a), shapeOf(b)) ??
        differ(shapeOf(a), shapeOf(w)) ??
        binsProblem(bins[0], range?.[0]) ??
        binsProblem(bins[1], range?.[1])
      const edges = [a, b].map((e, k) =>
        derived('histogram2d', [a, b, w], problem, () => edgesOf(nth(bins, k), range?.[k], e)),
      )
      const [xEdges, yEdges] = [nth(edges, 0), nth(edges, 1)]
      const counts = derived('histogram2d', [a, b, w, ...edges], undefined, () => {
        const [n, m] = [sizeAt(xEdges, 0) - 1, sizeAt(yEdges, 0) - 1]
        const [i, j] = [binsOf(xEdges, a), binsOf(yEdges, b)]
        const inside = and(and(le(0, i), lt(i, n)), and(le(0, j), lt(j, m)))
        const total = reshape([n, m])(countedAt(n * m, select(inside, add(mul(i, m), j), -1), w))
        return density ? div(div(total, mul(reshape([n, 1])(widthsOf(xEdges)), widthsOf(yEdges))), sum()(total)) : total
      })
      return { counts, xEdges, yEdges }
    },
)

const runsOf = (size: number, x: Expr) => {
  const n = sizeOf(shapeOf(x))
  const order = argsort()(flat(x))
  const sorted = gather(flat(x), order)
  const isNew = and(isFirst(sorted), or(eq(sorted, sorted), isFirst(toInt(ne(sorted, sorted)))))
  const group = sub(cumSum(0)(toInt(isNew)), 1)
  const count = add(take(0, -1)(group), 1)
  // where each group begins; behind the last one, at the end
  const starts = placesIn('left', group, iota<Shape>([size + 1]))
  const inverse = reshape(shapeOf(x))(scatterRows(0, n)(group, order))
  return { order, sorted, count, starts, inverse }
}
interface Unique<S extends Shape, D extends DType, N extends number> {
  /** In ascending order, and then the fill. */
  readonly values: Expr<readonly [N], D>
  /** Where each occurs first in the flat array; 0 for the fill. */
  readonly indices: Expr<readonly [N], 'int'>
  /** How often each occurs; 0 for the fill. */
  readonly counts: Expr<readonly [N], 'int'>
  /** Which of the values each element of x is, of all values. */
  readonly inverse: Expr<S, 'int'>
  /** How many values there are, also beyond the size. */
  readonly count: Expr<readonly [], 'int'>
}
/**
 * The distinct elements in ascending order, the first `size` of them; where there are fewer, the rest is `fill`, by
 * default the smallest element (jnp.unique with a size). All NaN are one. The derivative goes to the first occurrence.
 *
 * Shape:   [...] -> values, indices, counts [size], inverse [...], count []
 * Errors:  NotASize, EmptyAxis
 *
 * @example
 * const f = programOrThrow(real(4), (x) => unique(3)(x).values)
 * evaluate(f.closed, [Float64Array.of(5, 2, 5, 2)]) // => [[2, 5, 2]]
 */
export const unique = operation(
  'unique(size, options?{fill})(x)',
  <const N extends number>(size: N & FitsSize<N>, { fill }: { readonly fill?: number } = {}) =>
    <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D>): Unique<S, D, N> => {
      const e: Expr = x
      const n = sizeOf(shapeOf(e))
      const problem: Problem | undefined =
        shapeProblem([size]) ?? (n > 0 ? undefined : { _tag: 'EmptyAxis', shape: shapeOf(e), axes: axesOf(rankOf(e)) })
      const part = (f: (runs: ReturnType<typeof runsOf>, isSome: Expr, starts: Expr) => Expr): Expr =>
        derived('unique', [e], problem, () => {
          const runs = runsOf(size, e)
          return f(runs, lt(iota<Shape>([size]), runs.count), strided(0, 0, size, 1)(runs.starts))
        })
      const indices = part(({ order }, isSome, starts) => select(isSome, gather(order, starts), 0))
      const values = part(({ sorted }, isSome, starts) => {
        const rest = fill ?? gather(sorted, filled('int', [], 0))
        return select(isSome, gather(sorted, starts), rest)
      })
      const counts = part(({ starts: all }, _, starts) => sub(strided(0, 1, size, 1)(all), starts))
      return { values, indices, counts, inverse: part((r) => r.inverse), count: part((r) => r.count) }
    },
)

/**
 * Where elements are not 0 (or are true), in row-major order: the first `size` places, one row of indices each. Where
 * there are fewer, the rest is `fill` (jnp.argwhere with a size). Not differentiable.
 *
 * Options: fill (0)
 * Shape:   [n, m] -> int [size, 2]
 * Errors:  NotASize, RankMismatch, EmptyAxis
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => argwhere(3)(x))
 * evaluate(f.closed, [Float64Array.of(0, 5, 6, 0)]) // => [[0, 1, 1, 0, 0, 0]]
 */
export const argwhere = operation(
  'argwhere(size, options?{fill})(x)',
  <const N extends number>(size: N & FitsSize<N>, { fill = 0 }: { readonly fill?: number } = {}) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<readonly [N, S['length']], 'int'> => {
      const e: Expr = x
      return derived('argwhere', [e], placesProblem(size, fill, e), () => stack(1)(indicesIn(size, fill, e)))
    },
)
/**
 * Where elements are not 0: as argwhere, but one list of indices for each axis (jnp.nonzero with a size).
 *
 * Shape:   [n, m] -> int [size], int [size]
 * Errors:  as argwhere
 */
export const nonzero = operation(
  'nonzero(size, options?{fill})(x)',
  <const N extends number>(size: N & FitsSize<N>, { fill = 0 }: { readonly fill?: number } = {}) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): { readonly [K in keyof S]: Expr<readonly [N], 'int'> } => {
      const e: Expr = x
      const lists = axesOf(rankOf(e)).map((d) =>
        derived('nonzero', [e], placesProblem(size, fill, e), () => nth(indicesIn(size, fill, e), d)),
      )
      return lists as unknown as { readonly [K in keyof S]: Expr<readonly [N], 'int'> } // one for each axis
    },
)
const placesProblem = (size: number, fill: number, x: Expr): Problem | undefined =>
  shapeProblem([size]) ??
  (rankOf(x) > 0 ? undefined : { _tag: 'RankMismatch', expected: 1, shape: [] }) ??
  (sizeOf(shapeOf(x)) > 0 ? undefined : { _tag: 'EmptyAxis', shape: shapeOf(x), axes: axesOf(rankOf(x)) }) ??
  unless(Number.isInteger(fill), 'fill', 'must be whole')
/** For each axis the indices of the places. */
const indicesIn = (size: number, fill: number, x: Expr): readonly Expr[] => {
  const hits = cumSum(0)(toInt(ne(flat(x), filled(x.type.dtype, [sizeOf(shapeOf(x))], 0))))
  const k = iota<Shape>([size])
  const at = placesIn('left', hits, add(k, 1))
  const isSome = lt(k, take(0, -1)(hits))
  return strides(shapeOf(x)).map((by, d) => select(isSome, rem(div(at, by), sizeAt(x, d)), fill))
}
