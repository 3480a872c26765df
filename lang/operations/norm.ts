/** Norms along axes, and the scale that keeps squares in range. */
import { declareJvp } from '../control/custom.ts'
import { constant } from '../primitives/constant.ts'
import { abs, and, div, eq, lt, mul, select, sqrt, stopGradient, sub } from '../primitives/elementwise.ts'
import { reduceMax } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes } from '../types/index.ts'
import { count, type Keep, keeping, named, type Reduction, type Remaining, total, without } from './along.ts'
import { square } from './comparison.ts'
import { notAmong } from './derived.ts'

/** The smallest normal number of float32. */
const smallest = 2 ** -126
/**
 * The scale of numbers whose largest magnitude is `top`: `least` where that is smaller, 1 where it is 0 or infinite.
 * Numbers are divided by it before they are squared, so that no square overflows or vanishes. Derivatives are divided by
 * it too, and 1 / top may overflow where top is subnormal: the scale is then 2^52 top, and the squares are still far from
 * 0. It has no derivative: what is computed with it does not depend on it.
 */
export const scaleOf = (top: Expr, least = 0): Expr => {
  const some = select(lt(top, least), least, top)
  const scale = select(and(lt(0, some), lt(some, Number.POSITIVE_INFINITY)), some, 1)
  return stopGradient(select(lt(scale, smallest), mul(2 ** 52, scale), scale))
}
/** The scale of numbers along axes, which stay with size 1. */
export const scaleAlong = (axes: Shape, x: Expr, least = 0): Expr =>
  count(axes, x) === 0 ? constant([], 1) : scaleOf(keeping((over) => (e) => reduceMax(over)(e))(axes)(abs(x)), least)
/** x / r, and 0 where r is 0. */
const ratio = (x: Expr, r: Expr): Expr => {
  const none = eq(r, 0)
  return div(select(none, 0, x), select(none, 1, r))
}
/** The root of the sum of squares. Its derivative is x / |x|, and 0 where x is 0. */
export const length: Reduction = (axes) => {
  const sumOf = keeping(total)(axes)
  // of scaled numbers: its derivative reads the root itself, so that no derivative of a square or a root may overflow
  const root = declareJvp(
    (y: Expr): Expr => sqrt(sumOf(square(y))),
    (y, dy, r): Expr => sumOf(mul(ratio(y, r), dy)),
  )
  // u = y / |y|; du is what dy has across u, over |y|: subtracted before it is divided, which may overflow
  const direction = declareJvp(
    (y: Expr): Expr => ratio(y, root(y)),
    (y, dy, u): Expr => ratio(sub(dy, mul(u, sumOf(mul(u, dy)))), root(y)),
  )
  return declareJvp(
    (x: Expr): Expr => {
      const scale = scaleAlong(axes, x)
      return reshape(without(axes, x))(mul(scale, root(div(x, scale))))
    },
    (x, dx): Expr => total(axes)(mul(direction(div(x, scaleAlong(axes, x))), dx)),
  )
}

export interface Norm extends Keep {
  /** 2: the square root of the sum of squares. 1: the sum of absolute values. Default: 2. */
  readonly p?: 1 | 2
}
/**
 * The p-norm along axes. The 2-norm has gradient 0 at the zero vector, the 1-norm at each 0. No square overflows or
 * vanishes: the 2-norm is computed from x / max |x|.
 *
 * Shape:   as mean
 * Errors:  as mean; InvalidAttribute for another p
 */
export const norm = operation(
  'norm(axes?, options?{keep p})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Norm = {}>(
    axes?: A & AxesFirst<A, 'norm()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named(
        'norm',
        options?.p === 1 ? (over) => (e) => total(over)(abs(e)) : length,
        axes,
        options,
        x,
        notAmong('p', options?.p ?? 2, [1, 2]),
      ),
)
