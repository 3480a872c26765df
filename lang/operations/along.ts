/**
 * Reductions along axes. The axes are one number, a list of numbers, or absent for all axes; -1 is the last. With
 * { keep: true } a reduced axis stays with size 1, so that the result broadcasts against the argument.
 */
import { axesFor, sum } from '../primitives/broadcast.ts'
import { div } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type DType, type Shape, sizeOf } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, Kept, Reduced } from '../types/index.ts'
import { axesProblem, derived, notAmong, notReal, sizeAt } from './derived.ts'

export interface Keep {
  /** Whether reduced axes stay, with size 1. Default: false. */
  readonly keep?: boolean
}
export type Remaining<S extends Shape, A extends AxesOrArray, O> = O extends { readonly keep: true }
  ? Kept<S, A>
  : Reduced<S, A>

/** A reduction of all axes or some, whatever the shape. */
export type Reduction = (axes: Shape) => (x: Expr) => Expr
/** The reduction, with its axes kept as axes of size 1. */
export const keeping =
  (reduce: Reduction): Reduction =>
  (axes) =>
  (x) =>
    reshape(shapeOf(x).map((n, d) => (axes.includes(d) ? 1 : n)))(reduce(axes)(x))
const along = (reduce: Reduction, axes: AxesOrArray, options: Keep | undefined, x: Expr): Expr =>
  (options?.keep ? keeping(reduce) : reduce)(axesFor(axes, rankOf(x)))(x)
/** `along` of real numbers, under the name of the operation. */
export const named = (
  op: string,
  reduce: Reduction,
  axes: AxesOrArray,
  options: Keep | undefined,
  x: Expr,
  problem?: Problem,
): Expr =>
  derived(op, [x], problem ?? keepProblem(options) ?? realAlong(axes, x), () => along(reduce, axes, options, x))
const keepProblem = (options: Keep | undefined): Problem | undefined =>
  notAmong('keep', options?.keep ?? false, [true, false])
export const realAlong = (axes: AxesOrArray, x: Expr): Problem | undefined =>
  notReal(x) ?? axesProblem(axesFor(axes, rankOf(x)), rankOf(x))

/**
 * Any reduction, with its axes kept as axes of size 1.
 *
 * Shape:   [..., n, ...] -> [..., 1, ...]
 *
 * @example
 * const f = programOrThrow(real(2, 2), (x) => sub(x, keepAxes(reduceMax)(-1)(x)))
 * evaluate(f.closed, [Float64Array.of(1, 3, 5, 4)]) // => [[-2, 0, 0, -1]]
 */
export const keepAxes = operation(
  'keepAxes(reduce)(axes?)(x)',
  (reduce: (axes: Shape) => (x: Expr) => Expr) =>
    <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'keepAxes(f)()(x)'>) =>
    <S extends Shape, D extends DType>(x: Expr<S, D>): Expr<Kept<S, A>, D> =>
      along(reduce, axes, { keep: true }, x),
)

/** The shape of x without these axes. */
export const without = (axes: Shape, x: Expr): Shape => shapeOf(x).filter((_, d) => !axes.includes(d))
export const count = (axes: Shape, x: Expr): number => sizeOf(axes.map((a) => sizeAt(x, a)))
export const total: Reduction = (axes) => (x) => sum(axes)(x)
export const average: Reduction = (axes) => (x) => div(total(axes)(x), count(axes, x))
