/** Places in a sorted array, by halving: which of its intervals a number is in, and what lies between its knots. */
import { concat } from '../primitives/concat.ts'
import { filled } from '../primitives/constant.ts'
import { add, and, div, eq, floor, le, lt, max, min, mul, ne, or, select, sub } from '../primitives/elementwise.ts'
import { argsort, gather, gatherRows } from '../primitives/indexing.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import { derived, differ, notAmong, sizeAt, unless } from './derived.ts'
import { strided } from './slicing.ts'

/** The sides of equal elements. */
type Side = 'left' | 'right'
/** Whether an element a of a sorted array is before the place of v: NaN comes last. */
const isBefore = (side: Side, a: Expr, v: Expr): Expr =>
  side === 'left' ? or(lt(a, v), and(ne(v, v), eq(a, a))) : or(le(a, v), ne(v, v))
/** By halving from the largest power of two on: how many elements are before v. */
export const placesIn = (side: Side, sorted: Expr, v: Expr): Expr => {
  const batch = rankOf(sorted) - 1
  const n = sizeAt(sorted, batch)
  const from = (found: Expr, step: number): Expr => {
    if (step < 1) return found
    const next = add(found, step)
    const fits = and(le(next, n), isBefore(side, gatherRows(batch)(sorted, sub(next, 1)), v))
    return from(select(fits, next, found), step / 2)
  }
  const none = filled('int', shapeOf(v), 0)
  return n === 0 ? none : from(none, 2 ** Math.floor(Math.log2(n)))
}

export interface SearchOptions {
  /** Of elements equal to the value: 'left' gives the place before them, 'right' the one behind. Default: 'left'. */
  readonly side?: Side
}
const searchProblem = (sorted: Expr, values: Expr): Problem | undefined => {
  const lead = shapeOf(sorted).slice(0, -1)
  if (rankOf(sorted) === 0) return { _tag: 'RankMismatch', expected: 1, shape: [] }
  if (sorted.type.dtype !== values.type.dtype)
    return { _tag: 'ElementType', expected: ['real', 'int'], found: [sorted.type.dtype, values.type.dtype] }
  return differ(lead, shapeOf(values).slice(0, lead.length))
}
const search = (op: string, side: Side, sorted: Expr, values: Expr): Expr =>
  derived(op, [sorted, values], notAmong('side', side, ['left', 'right']) ?? searchProblem(sorted, values), () =>
    placesIn(side, sorted, values),
  )
type Numbers = 'real' | 'int'
/**
 * Where values would be inserted into a sorted array, to keep it sorted: the number of elements before each. NaN is last.
 *
 * Shape:   [n], [...] -> int [...]; axes in front of the sorted one must be those of the values: [B, n], [B, ...]
 * Cost:    log2 n rounds
 * Errors:  RankMismatch, ShapeMismatch, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(3), real(2)], ([a, v]) => searchsorted({ side: 'right' })(a, v))
 * evaluate(f.closed, [Float64Array.of(1, 2, 3), Float64Array.of(2, 0)]) // => [[2, 0]]
 */
export const searchsorted = operation(
  'searchsorted(options?{side})(sorted, values)',
  ({ side = 'left' }: SearchOptions = {}) =>
    <N extends Shape, S extends Shape, D extends Numbers>(
      sorted: Expr<N, D>,
      values: Expr<S, NoInfer<D>>,
    ): Expr<S, 'int'> =>
      search('searchsorted', side, sorted, values),
)
interface Right {
  /** Whether an interval has its right end, and not its left end. */
  readonly right?: boolean
}
/**
 * The interval of each number between ascending boundaries (torch.bucketize): with `right`, b[i - 1] <= x < b[i], and
 * b[i - 1] < x <= b[i] without. Shape, cost and errors: as searchsorted
 */
export const bucketize = operation(
  'bucketize(options?{right})(x, boundaries)',
  ({ right = false }: Right = {}) =>
    <S extends Shape, N extends Shape, D extends Numbers>(
      x: Expr<S, D>,
      boundaries: Expr<N, NoInfer<D>>,
    ): Expr<S, 'int'> =>
      search('bucketize', right ? 'right' : 'left', boundaries, x),
)
/**
 * The interval of each number between ascending boundaries (numpy.digitize): with `right`, b[i - 1] < x <= b[i], and
 * b[i - 1] <= x < b[i] without. This is `bucketize` with `right` reversed. Shape, cost and errors: as searchsorted
 */
export const digitize = operation(
  'digitize(options?{right})(x, boundaries)',
  ({ right = false }: Right = {}) =>
    <S extends Shape, N extends Shape, D extends Numbers>(
      x: Expr<S, D>,
      boundaries: Expr<N, NoInfer<D>>,
    ): Expr<S, 'int'> =>
      search('digitize', right ? 'left' : 'right', boundaries, x),
)

export interface InterpOptions {
  /** What lies below the first knot. Default: its value. */
  readonly left?: number
  /** What lies above the last knot. Default: its value. */
  readonly right?: number
  /** After how much the knots repeat; they then need no order, and `left` and `right` have no part. */
  readonly period?: number
}
const modulo = (x: Expr, m: number): Expr => sub(x, mul(floor(div(x, m)), m))
interface Knots {
  readonly x: Expr
  readonly xp: Expr
  readonly fp: Expr
}
/** The knots of one period in order, with the last one before them and the first one behind. */
const periodic = ({ x, xp, fp }: Knots, period: number): Knots => {
  const reduced = modulo(xp, period)
  const order = argsort()(reduced)
  const n = sizeAt(xp, 0)
  const [at, f] = [gather(reduced, order), gather(fp, order)]
  const first = strided(0, 0, 1, 1)
  const last = strided(0, n - 1, 1, 1)
  return {
    x: modulo(x, period),
    xp: concat(0)([sub(last(at), period), at, add(first(at), period)]),
    fp: concat(0)([last(f), f, first(f)]),
  }
}
const interpolated = ({ x, xp, fp }: Knots, left: number | undefined, right: number | undefined): Expr => {
  const n = sizeAt(xp, 0)
  const i = max(1, min(n - 1, placesIn('right', xp, x)))
  const [x0, x1, f0, f1] = [gather(xp, sub(i, 1)), gather(xp, i), gather(fp, sub(i, 1)), gather(fp, i)]
  const none = eq(x0, x1)
  const inside = select(none, f1, add(f0, mul(div(sub(x, x0), select(none, 1, sub(x1, x0))), sub(f1, f0))))
  const end = (k: number): readonly [Expr, Expr] => {
    const take = (e: Expr): Expr => gather(e, filled('int', [], k))
    return [take(xp), take(fp)]
  }
  const [[xFirst, fFirst], [xLast, fLast]] = [end(0), end(n - 1)]
  const below = select(lt(x, xFirst), left ?? fFirst, inside)
  return select(lt(xLast, x), right ?? fLast, below)
}
/**
 * Linear interpolation between knots (xp, fp), with xp ascending (numpy.interp). Differentiable in all three. At a knot
 * the derivative in x is the slope on its right, at the last one the slope on its left, and outside it is 0.
 *
 * Shape:   x [...], xp [n], fp [n] -> [...]
 * Errors:  RankMismatch, ShapeMismatch, EmptyAxis, ElementType; InvalidAttribute where the period is not positive
 *
 * @example
 * const f = programOrThrow([real(2), real(3), real(3)], ([x, xp, fp]) => interp()(x, xp, fp))
 * evaluate(f.closed, [Float64Array.of(1.5, 9), Float64Array.of(0, 1, 2), Float64Array.of(5, 6, 8)]) // => [[7, 8]]
 */
export const interp = operation(
  'interp(options?{left right period})(x: real, xp: real, fp: real)',
  ({ left, right, period }: InterpOptions = {}) =>
    <S extends Shape, N extends Shape>(
      x: Expr<S, 'real'>,
      xp: Expr<N, 'real'>,
      fp: Expr<NoInfer<N>, 'real'>,
    ): Expr<S, 'real'> => {
      const knots: Knots = { x, xp, fp }
      const problem = knotsProblem(knots) ?? unless(period === undefined || period > 0, 'period', 'must be positive')
      return derived('interp', [x, xp, fp], problem, () =>
        period === undefined
          ? interpolated(knots, left, right)
          : interpolated(periodic(knots, period), undefined, undefined),
      ) as Expr<S, 'real'>
    },
)
const knotsProblem = ({ xp, fp }: Knots): Problem | undefined => {
  if (rankOf(xp) !== 1) return { _tag: 'RankMismatch', expected: 1, shape: shapeOf(xp) }
  return (
    differ(shapeOf(xp), shapeOf(fp)) ?? (sizeAt(xp, 0) > 0 ? undefined : { _tag: 'EmptyAxis', shape: [0], axes: [0] })
  )
}
