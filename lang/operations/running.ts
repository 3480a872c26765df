/** Running totals along an axis that are neither sums nor products, in ceil(log2 n) rounds. */
import { declareJvp } from '../control/custom.ts'
import { concat } from '../primitives/concat.ts'
import { filled, iota } from '../primitives/constant.ts'
import {
  abs,
  add,
  eq,
  exp,
  le,
  log1p,
  logistic,
  max,
  mul,
  ne,
  neg,
  or,
  select,
  sub,
} from '../primitives/elementwise.ts'
import { reverse as reversed } from '../primitives/reindex.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type Shape } from '../syntax/shape.ts'
import type { FitsAxes } from '../types/index.ts'
import { ge } from './comparison.ts'
import { axisProblem, derived, notReal, sizeAt, withSize } from './derived.ts'
import { gatherAlong } from './lookup.ts'
import type { Sorted } from './order.ts'
import { strided } from './slicing.ts'

/** The unit of a total; 'itself' where joining an element with itself gives that element. */
type Unit = number | 'itself'
/** x moved on by `by` places along an axis. */
const shifted = (axis: number, by: number, unit: Unit, x: Expr): Expr => {
  const start = strided(axis, 0, by, 1)(x)
  const gap = unit === 'itself' ? start : filled(x.type.dtype, withSize(shapeOf(x), axis, by), unit)
  return concat(axis)([gap, strided(axis, 0, sizeAt(x, axis) - by, 1)(x)])
}
/**
 * The totals of everything up to each place, for any associative join of tuples. Each round doubles how far a total
 * reaches back.
 */
export const totals = <T extends readonly Expr[]>(
  axis: number,
  units: { readonly [K in keyof T]: Unit },
  join: (before: T, own: T) => T,
  xs: T,
): T => {
  const n = sizeAt(nth(xs, 0), axis)
  // map keeps the length of a tuple, which its type does not say
  const before = (ys: T, by: number): T => ys.map((y, k) => shifted(axis, by, nth(units, k), y)) as unknown as T
  const round = (ys: T, by: number): T => (by >= n ? ys : round(join(before(ys, by), ys), 2 * by))
  return round(xs, 1)
}
type Pair = readonly [x: Expr, index: Expr]
/** The later of two places where neither element is before the other; NaN is beyond all. */
const runningExtreme = (
  op: string,
  axis: number,
  backwards: boolean,
  x: Expr,
  reaches: (a: Expr, b: Expr) => Expr,
): { readonly values: Expr; readonly indices: Expr } => {
  const at = axisOf(axis, rankOf(x))
  const turn = (e: Expr): Expr => (backwards ? reversed(at)(e) : e)
  const join = ([a, i]: Pair, [b, j]: Pair): Pair => {
    const later = or(reaches(a, b), ne(b, b))
    return [select(later, b, a), select(later, j, i)]
  }
  const indices = derived(op, [x], axisProblem(axis, rankOf(x)), () =>
    turn(totals<Pair>(at, ['itself', 'itself'], join, [turn(x), turn(iota<Shape>(shapeOf(x), at))])[1]),
  )
  return { values: derived(op, [x, indices], undefined, () => gatherAlong(at)(x, indices)), indices }
}
/**
 * The largest element up to each place along an axis, and its index; from the end with `reverse`. NaN from the first NaN
 * on. At a tie it is the latest, as in PyTorch, which gets the derivative.
 *
 * Law:     values = gatherAlong(axis)(x, indices)
 * Cost:    ceil(log2 n) passes
 * Errors:  AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow(real(4), (x) => cumMax(0)(x))
 * evaluate(f.closed, [Float64Array.of(1, 3, 2, 3)]) // => [[1, 3, 3, 3], [0, 1, 1, 3]]
 */
export const cumMax = operation(
  'cumMax(axis, reverse?)(x)',
  <const A extends number>(axis: A, reverse = false) =>
    <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D> & FitsAxes<S, A>): Sorted<S, D> =>
      runningExtreme('cumMax', axis, reverse, x, le),
)
/** The smallest element up to each place along an axis, and its index. Ties, NaN, cost and errors: as cumMax */
export const cumMin = operation(
  'cumMin(axis, reverse?)(x)',
  <const A extends number>(axis: A, reverse = false) =>
    <S extends Shape, D extends 'real' | 'int'>(x: Expr<S, D> & FitsAxes<S, A>): Sorted<S, D> =>
      runningExtreme('cumMin', axis, reverse, x, ge),
)

type Two = { readonly a: Expr; readonly b: Expr }
/** Zero where both are one infinity, of which the difference is NaN. */
const difference = (a: Expr, b: Expr): Expr => select(eq(a, b), 0, sub(a, b))
/** The part of a in e^a + e^b; 0 where both are 0. */
const part = (a: Expr, b: Expr): Expr => select(eq(a, Number.NEGATIVE_INFINITY), 0, logistic(difference(a, b)))
/** ln(e^a + e^b), whose derivative at e^a = e^b = 0 is 0, as that of logsumexp. */
const joined = declareJvp(
  ({ a, b }: Two): Expr => add(max(a, b), log1p(exp(neg(abs(difference(a, b)))))),
  ({ a, b }, d): Expr => add(mul(part(a, b), d.a), mul(part(b, a), d.b)),
)
/**
 * The logsumexp of everything up to each place along an axis: out[k] = ln(e^x[0] + ... + e^x[k]), without overflow;
 * from the end with `reverse`.
 *
 * Cost:    ceil(log2 n) passes
 * Errors:  AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow(real(3), (x) => logCumsumExp(0)(x))
 * evaluate(f.closed, [Float64Array.of(0, 0, Math.log(2))]) // => [[0, Math.log(2), Math.log(4)]]
 */
export const logCumsumExp = operation(
  'logCumsumExp(axis, reverse?)(x: real)',
  <const A extends number>(axis: A, reverse = false) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> => {
      const e: Expr = x
      const at = axisOf(axis, rankOf(e))
      const running = (y: Expr): Expr =>
        totals<readonly [Expr]>(at, [Number.NEGATIVE_INFINITY], ([a], [b]) => [joined({ a, b })], [y])[0]
      return derived('logCumsumExp', [e], notReal(e) ?? axisProblem(axis, rankOf(e)), () =>
        reverse ? reversed(at)(running(reversed(at)(e))) : running(e),
      )
    },
)
