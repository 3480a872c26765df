/** Quantiles: the elements in order, read at a place between two of them. Each of the two gets its share of the derivative. */
import { axesFor, sum } from '../primitives/broadcast.ts'
import {
  abs,
  add,
  ceil,
  eq,
  floor,
  lt,
  max,
  mul,
  ne,
  round,
  select,
  sub,
  toInt,
  toReal,
} from '../primitives/elementwise.ts'
import { gatherRows, sortLast } from '../primitives/indexing.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { otherAxes, type Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes, Gradual } from '../types/index.ts'
import { count, type Keep, named, type Reduction, type Remaining, without } from './along.ts'
import { stack } from './arranging.ts'
import { notAmong, unless } from './derived.ts'
import { strided } from './slicing.ts'

/** Arithmetic of places: of numbers when the program is written, or of expressions. */
interface Places<N> {
  readonly floor: (x: N) => N
  readonly ceil: (x: N) => N
  readonly round: (x: N) => N
  readonly sub: (x: N, y: N) => N
}
/** The index of the element at or before place p, and the weight of the next one. */
type Rule = <N>(p: N, by: Places<N>) => readonly [index: N, weight: N | 0]
const rules = {
  linear: (p, by) => [by.floor(p), by.sub(p, by.floor(p))],
  lower: (p, by) => [by.floor(p), 0],
  higher: (p, by) => [by.ceil(p), 0],
  nearest: (p, by) => [by.round(p), 0],
  midpoint: (p, by) => [by.floor(p), by.sub(by.ceil(p), by.floor(p))],
} as const satisfies { readonly [name: string]: Rule }
/** Of the two elements around a place. */
type Method = keyof typeof rules
const numbers: Places<number> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round: (p) => (p % 1 === 0.5 ? 2 * Math.round(p / 2) : Math.round(p)), // half to even
  sub: (x, y) => x - y,
}
const terms: Places<Expr> = { floor, ceil, round, sub }

/** The axes joined to one, which is last, and its elements in ascending order. */
const inOrder = (axes: Shape, x: Expr): Expr =>
  sortLast()(reshape([...without(axes, x), count(axes, x)])(permute([...otherAxes(axes, rankOf(x)), ...axes])(x)))
/** a + w (b - a), which is a where b is; and (1 - w) a + w b where their distance is infinite. */
const between = (a: Expr, b: Expr, w: Expr | number): Expr => {
  const d = sub(b, a)
  return select(lt(abs(d), Number.POSITIVE_INFINITY), add(a, mul(w, d)), add(mul(sub(1, w), a), mul(w, b)))
}
const halved = (method: Method): number => (method === 'midpoint' ? 0.5 : 1)

const quantileOf =
  (q: number, method: Method): Reduction =>
  (axes) =>
  (x) => {
    const sorted = inOrder(axes, x)
    const n = count(axes, x)
    const at = (k: number): Expr => reshape(without(axes, x))(strided(rankOf(sorted) - 1, k, 1, 1)(sorted))
    const [k, w] = rules[method](q * (n - 1), numbers)
    const largest = at(n - 1)
    return select(ne(largest, largest), largest, w === 0 ? at(k) : between(at(k), at(k + 1), w * halved(method)))
  }
/** The same among the elements that are numbers. They come first in order; how many there are, the program counts. */
const nanQuantileOf =
  (q: number, method: Method): Reduction =>
  (axes) =>
  (x) => {
    const sorted = inOrder(axes, x)
    const last = rankOf(sorted) - 1
    const m = sum(last)(toReal(eq(sorted, sorted)))
    const [k, w] = rules[method](max(0, mul(q, sub(m, 1))), terms)
    const at = (i: Expr): Expr => gatherRows(last)(sorted, toInt(i))
    return w === 0 ? at(k) : select(lt(0, w), between(at(k), at(add(k, 1)), mul(w, halved(method))), at(k))
  }

/** What part of the elements lies below: from 0 to 1. Several give one more axis, in front. */
type Levels = number | readonly number[]
export interface QuantileOptions extends Keep {
  /**
   * Where q (n - 1) is between two indices: 'linear' goes that far from the one element to the other, 'midpoint' is their
   * mean, and 'lower', 'higher' and 'nearest' (to an even index from halfway) are one of them. Default: 'linear'.
   */
  readonly method?: Method
}
type Quantiles<Q, R> = Q extends readonly number[]
  ? R extends readonly number[]
    ? readonly [Q['length'], ...R]
    : Gradual
  : R

const emptyAlong = (axes: Shape, x: Expr): Problem | undefined =>
  axes.some((d) => shapeOf(x)[d] === 0) ? { _tag: 'EmptyAxis', shape: shapeOf(x), axes } : undefined
const quantiles = (
  op: string,
  of: (q: number, method: Method) => Reduction,
  q: Levels,
  axes: AxesOrArray,
  options: QuantileOptions | undefined,
  x: Expr,
): Expr => {
  const method = options?.method ?? 'linear'
  const levels = typeof q === 'number' ? [q] : q
  const problem =
    unless(
      levels.length > 0 && levels.every((p) => p >= 0 && p <= 1),
      'q',
      `of ${levels.join(', ')} is not in 0 .. 1`,
    ) ??
    notAmong('method', method, Object.keys(rules)) ??
    emptyAlong(axesFor(axes, rankOf(x)), x)
  const all = (levels.length === 0 ? [0] : levels).map((p) => named(op, of(p, method), axes, options, x, problem))
  return typeof q === 'number' ? nth(all, 0) : stack(0)(all)
}
/**
 * The number below which a part q of the elements lies, along axes; of all elements by default. NaN if any is NaN.
 *
 * Shape:   as mean; a list of q gives [q, ...]
 * Cost:    one sort, whatever the number of q
 * Ties:    the derivative goes to the elements that a stable sort puts at the place
 * Errors:  AxisOutOfRange, ElementType, EmptyAxis; InvalidAttribute where q is not in 0 .. 1
 *
 * @example
 * const f = programOrThrow(real(4), (x) => quantile([0.5, 0.9])(x))
 * evaluate(f.closed, [Float64Array.of(4, 1, 3, 2)]) // => [[2.5, 3.7]]
 */
export const quantile = operation(
  'quantile(q, axes?, options?{keep method})(x: real)',
  <const Q extends Levels, const A extends AxesOrArray = undefined, const O extends QuantileOptions = {}>(
    q: Q,
    axes?: A & AxesFirst<A, 'quantile(q)(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Quantiles<Q, Remaining<S, A, O>>, 'real'> =>
      quantiles('quantile', quantileOf, q, axes, options, x) as Expr<Quantiles<Q, Remaining<S, A, O>>, 'real'>,
)
/**
 * The quantile of the elements that are not NaN; NaN if there is none. In float32 and for other q than 0, 1/2 and 1, the
 * place between two of n elements is rounded to n 2^-24. Shape, cost, ties and errors: as quantile
 *
 * @example
 * const f = programOrThrow(real(3), (x) => nanquantile(0.5)(x))
 * evaluate(f.closed, [Float64Array.of(4, NaN, 3)]) // => [[3.5]]
 */
export const nanquantile = operation(
  'nanquantile(q, axes?, options?{keep method})(x: real)',
  <const Q extends Levels, const A extends AxesOrArray = undefined, const O extends QuantileOptions = {}>(
    q: Q,
    axes?: A & AxesFirst<A, 'nanquantile(q)(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Quantiles<Q, Remaining<S, A, O>>, 'real'> =>
      quantiles('nanquantile', nanQuantileOf, q, axes, options, x) as Expr<Quantiles<Q, Remaining<S, A, O>>, 'real'>,
)
/**
 * The element in the middle along axes, or the mean of the two: quantile(0.5). NaN if any is NaN. The lower of two, as
 * PyTorch's median gives, is quantile(0.5, axes, { method: 'lower' }). Shape, ties and errors: as quantile
 *
 * @example
 * const f = programOrThrow(real(2, 3), (x) => median(1)(x))
 * evaluate(f.closed, [Float64Array.of(3, 1, 2, 9, 7, 8)]) // => [[2, 8]]
 */
export const median = operation(
  'median(axes?, options?{keep})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
    axes?: A & AxesFirst<A, 'median()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      quantiles('median', quantileOf, 0.5, axes, options, x),
)
/** The median of the elements that are not NaN; NaN if there is none. Shape, ties and errors: as quantile */
export const nanmedian = operation(
  'nanmedian(axes?, options?{keep})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
    axes?: A & AxesFirst<A, 'nanmedian()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      quantiles('nanmedian', nanQuantileOf, 0.5, axes, options, x),
)
