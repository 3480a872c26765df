/** Norms along axes, and the scale that keeps squares in range. */
import { declareJvp } from '../control/custom.ts'
import { constant } from '../primitives/constant.ts'
import { abs, and, div, eq, lt, mul, ne, select, sqrt, stopGradient, sub, toReal } from '../primitives/elementwise.ts'
import { reduceMax, reduceMin } from '../primitives/reduction.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes } from '../types/index.ts'
import { count, type Keep, keeping, named, type Reduction, type Remaining, total, without } from './along.ts'
import { pow, square } from './comparison.ts'
import { unless } from './derived.ts'

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

/** The sum of |x|^p, to the power 1 / p, of numbers scaled to be at most 1 (at least 1 for a negative p). */
const powers =
  (p: number): Reduction =>
  (axes) =>
  (x) => {
    const sizes = abs(x)
    const top = keeping((over) => (e) => (p < 0 ? reduceMin : reduceMax)(over)(e))(axes)(sizes)
    const scale = count(axes, x) === 0 ? constant([], 1) : scaleOf(top)
    const all = total(axes)(pow(div(sizes, scale), p))
    const none = eq(all, 0)
    const root = sub(pow(select(none, 1, all), 1 / p), toReal(none)) // 1 - 1, whose derivative is 0
    return mul(reshape(count(axes, x) === 0 ? [] : without(axes, x))(scale), root)
  }
const normOf = (p: number): Reduction => {
  switch (p) {
    case 1:
      return (axes) => (x) => total(axes)(abs(x))
    case 2:
      return length
    case 0:
      return (axes) => (x) => total(axes)(toReal(ne(x, 0)))
    case Number.POSITIVE_INFINITY:
      return (axes) => (x) => (count(axes, x) === 0 ? total(axes)(x) : reduceMax(axes)(abs(x)))
    case Number.NEGATIVE_INFINITY:
      return (axes) => (x) => reduceMin(axes)(abs(x))
  }
  return powers(p)
}

export interface Norm extends Keep {
  /**
   * Any number. 2: the square root of the sum of squares. 1: the sum of absolute values. Infinity and -Infinity: the
   * largest and the smallest absolute value. 0: how many numbers are not 0. Default: 2.
   */
  readonly p?: number
}
const pProblem = (p: unknown): Problem | undefined =>
  unless(typeof p === 'number' && !Number.isNaN(p), 'p', 'must be a number, and not NaN')
/**
 * The p-norm of vectors along axes, (sum |x|^p)^(1 / p). Where the vector is 0 its gradient is 0, for every p; that of the
 * 1-norm is 0 at each 0, and the largest absolute values share that of p = Infinity. No power overflows or vanishes: they
 * are those of x / max |x|. For norms of matrices see matrixNorm.
 *
 * Shape:   as mean
 * Errors:  as mean; InvalidAttribute for a p that is no number; EmptyAxis for p = -Infinity of nothing
 *
 * @example
 * const f = programOrThrow(real(2), (x) => norm(0, { p: Infinity })(x))
 * evaluate(f.closed, [Float64Array.of(3, -4)]) // => [[4]]
 */
export const norm = operation(
  'norm(axes?, options?{keep p})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Norm = {}>(
    axes?: A & AxesFirst<A, 'norm()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('norm', normOf(options?.p ?? 2), axes, options, x, pProblem(options?.p ?? 2)),
)

export interface Normalize {
  /** Which norm becomes 1, as in norm. Default: 2. */
  readonly p?: number
  /** A norm below it counts as eps, so that a vector near 0 stays near 0. Default: 1e-12. */
  readonly eps?: number
}
/**
 * Vectors of length 1: x / max(|x|, eps), with the norm along the axes; along all of them by default. As PyTorch's
 * normalize. For mean 0 and variance 1 see standardize.
 *
 * Shape:   [...] -> [...]
 * Law:     norm(axes)(normalize(axes)(x)) = 1 where |x| > eps
 * Errors:  AxisOutOfRange, ElementType; InvalidAttribute for a p that is no number or an eps that is not positive
 *
 * @example
 * const f = programOrThrow(real(2), (x) => normalize()(x))
 * evaluate(f.closed, [Float64Array.of(3, 4)]) // => [[0.6, 0.8]]
 */
export const normalize = operation(
  'normalize(axes?, options?{p eps})(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'normalize()(x)'>, options: Normalize = {}) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<S, 'real'> => {
      const { p = 2, eps = 1e-12 } = options
      const positive = Number.isFinite(eps) && eps > 0
      const problem = pProblem(p) ?? unless(positive, 'eps', 'must be finite and positive')
      const whole: Reduction = (over) => (e) => {
        const r = keeping(normOf(p))(over)(e)
        return div(e, select(lt(r, eps), eps, r))
      }
      return named('normalize', whole, axes, undefined, x, problem)
    },
)
