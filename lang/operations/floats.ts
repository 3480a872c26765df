/** Questions about floats, their signs, whole parts and remainders, and sums that leave out NaN. */

import { declareJvp } from '../control/custom.ts'
import {
  abs,
  add,
  and,
  ceil,
  div,
  eq,
  floor,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  power,
  rem,
  round,
  select,
  sin,
  stopGradient,
  sub,
  toReal,
} from '../primitives/elementwise.ts'
import type { Pairwise } from '../primitives/pointwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { DType, Shape } from '../syntax/shape.ts'
import { typed } from '../syntax/typed.ts'
import type { AxesFirst, AxesOrArray, FitsAxes } from '../types/index.ts'
import { type Keep, named, type Reduction, type Remaining, total } from './along.ts'
import { gt, type Pointwise, square } from './comparison.ts'
import { derived } from './derived.ts'
import { type OfThree, ofNumbers, ofReal, ofReals, ofThree } from './pairwise.ts'
import { polynomial } from './polynomial.ts'

const infinity = Number.POSITIVE_INFINITY

// -- questions -------------------------------------------------------------------------------------------------------

type Question = <S extends Shape>(x: Expr<S, DType>) => Expr<S, 'bool'>
const question = (name: string, f: (x: Expr) => Expr): Question =>
  typed(
    operation(`${name}(x)`, (x: Expr) =>
      derived(name, [x], undefined, () => f(x.type.dtype === 'real' ? x : toReal(x))),
    ),
  )
/** x is NaN. Integers and truth values never are. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the name of the field
export const isNaN: Question = question('isNaN', (x) => ne(x, x))
/** x is Infinity or -Infinity. */
export const isInf: Question = question('isInf', (x) => eq(abs(x), infinity))
/** x is neither infinite nor NaN. */
// biome-ignore lint/suspicious/noShadowRestrictedNames: the name of the field
export const isFinite: Question = question('isFinite', (x) => lt(abs(x), infinity))
/** x is Infinity. */
export const isPosInf: Question = question('isPosInf', (x) => eq(x, infinity))
/** x is -Infinity. */
export const isNegInf: Question = question('isNegInf', (x) => eq(x, -infinity))
/** x is negative, or -0. False for NaN. */
export const signbit: Question = question('signbit', (x) => lt(select(eq(x, 0), div(1, x), x), 0))

// -- signs and steps -------------------------------------------------------------------------------------------------

/** |x| with the sign of y, where -0 is negative. Derivative: in x as |x|, so 0 at x = 0; in y 0. Shape: broadcast */
export const copysign: Pairwise<'real', 'real'> = ofReals('copysign', (x, y) =>
  mul(abs(x), select(signbit(y), -1, select(eq(x, x), 1, x))),
)
/** 0 where x < 0, h where x = 0, 1 where x > 0; NaN of NaN. Derivative: 0 in x; 1 in h where x = 0. Shape: broadcast */
export const heaviside: Pairwise<'real', 'real'> = ofReals('heaviside', (x, h) =>
  select(eq(x, 0), h, select(ne(x, x), Number.NaN, select(gt(x, 0), 1, 0))),
)
const whole = (x: Expr): Expr => select(lt(x, 0), ceil(x), floor(x))
/** x rounded towards 0; derivative 0. */
export const trunc: Pointwise = ofReal('trunc', whole)
/** x - trunc(x), with the sign of x. Derivative: 1, from either side at steps. NaN of infinities. */
export const frac: Pointwise = ofReal('frac', (x) => sub(x, whole(x)))
/** Radians of degrees: pi x / 180. */
export const deg2rad: Pointwise = ofReal('deg2rad', (x) => mul(x, Math.PI / 180))
/** Degrees of radians: 180 x / pi. */
export const rad2deg: Pointwise = ofReal('rad2deg', (x) => mul(x, 180 / Math.PI))

// -- quotients and remainders ----------------------------------------------------------------------------------------

/** The remainder towards 0, and whether its sign is the wrong one. */
const remainder = (x: Expr, y: Expr): { readonly m: Expr; readonly off: Expr } => {
  const m = rem(x, y)
  return { m, off: and(ne(m, 0), ne(lt(m, 0), lt(y, 0))) }
}
/**
 * The remainder with the sign of y, as Python's and NumPy's `%`: -7 mod 3 = 2. Of integers it is 0 for y = 0; of reals NaN.
 * The remainder with the sign of x, C's fmod, is `rem`. Derivative: 1 in x, -floorDiv(x, y) in y.
 *
 * Shape:   broadcast
 * Law:     x = y floorDiv(x, y) + mod(x, y), up to rounding
 * Errors:  ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2), (x) => mod(x, 3))
 * evaluate(f.closed, [Float64Array.of(-7, 7)]) // => [[2, 1]]
 */
export const mod: Pairwise<'real' | 'int', 'same'> = ofNumbers('mod', (x, y) => {
  const { m, off } = remainder(x, y)
  // a remainder of 0 gets the sign of y too: -0 + 0 = 0
  const signed = m.type.dtype === 'int' ? m : select(lt(y, 0), neg(add(neg(m), 0)), add(m, 0))
  return select(off, add(signed, y), signed)
})
/**
 * The largest integer that is not above x / y, of reals or integers, as Python's and NumPy's `//`: it belongs to
 * mod(x, y), so that 1 // 0.1 is 9. Division by 0: of integers 0, of reals as x / y. Derivative: 0. Shape and errors: as mod
 */
export const floorDiv: Pairwise<'real' | 'int', 'same'> = ofNumbers('floorDiv', (x, y) => {
  const { m, off } = remainder(x, y)
  if (m.type.dtype === 'int') return select(off, sub(div(x, y), 1), div(x, y))
  const quotient = stopGradient(div(x, y))
  const q = sub(select(isFinite(y), round(div(sub(x, m), y)), 0), select(off, 1, 0))
  const known = select(eq(q, 0), mul(quotient, 0), q) // a zero has the sign of x / y
  return select(eq(y, 0), quotient, select(ne(m, m), Number.NaN, known))
})

// -- NaN left out ----------------------------------------------------------------------------------------------------

const either =
  (f: typeof max) =>
  (x: Expr, y: Expr): Expr =>
    select(ne(x, x), y, select(ne(y, y), x, f(x, y)))
/** The larger, of a NaN and a number the number, as C's fmax. Derivative: as max. Shape: broadcast */
export const fmax: Pairwise<'real' | 'int', 'same'> = ofNumbers('fmax', either(max))
/** The smaller, of a NaN and a number the number, as C's fmin. Derivative: as min. Shape: broadcast */
export const fmin: Pairwise<'real' | 'int', 'same'> = ofNumbers('fmin', either(min))

/** The largest float32: an infinity that is replaced by it is finite on every back end. */
const largest = 3.4028234663852886e38
interface Replacements {
  /** In place of NaN. Default: 0 */
  readonly nan?: number
  /** In place of Infinity. Default: the largest float32, in float64 too */
  readonly posInf?: number
  /** In place of -Infinity. Default: the negative of the largest float32 */
  readonly negInf?: number
}
/** Numbers in place of NaN and infinities. Derivative: 1 where x is finite, else 0. */
export const nanToNum = operation(
  'nanToNum(options?{nan posInf negInf})(x: real)',
  ({ nan = 0, posInf = largest, negInf = -largest }: Replacements = {}): Pointwise =>
    (x: Expr) =>
      derived('nanToNum', [x], undefined, () =>
        select(ne(x, x), nan, select(eq(x, infinity), posInf, select(eq(x, -infinity), negInf, x))),
      ),
)
const zeroed = (x: Expr): Expr => select(ne(x, x), 0, x)
const nanTotal: Reduction = (axes) => (x) => total(axes)(zeroed(x))
const nanAverage: Reduction = (axes) => (x) => div(nanTotal(axes)(x), total(axes)(select(ne(x, x), 0, 1)))
/** The sum along axes of what is not NaN; 0 of nothing. Derivative: 0 at NaN. Shape and errors: as mean */
export const nansum = operation(
  'nansum(axes?, options?{keep})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
    axes?: A & AxesFirst<A, 'nansum()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('nansum', nanTotal, axes, options, x),
)
/** The mean along axes of what is not NaN; NaN of nothing. Derivative: 0 at NaN. Shape and errors: as mean */
export const nanmean = operation(
  'nanmean(axes?, options?{keep})(x: real)',
  <const A extends AxesOrArray = undefined, const O extends Keep = {}>(
    axes?: A & AxesFirst<A, 'nanmean()(x)'>,
    options?: O,
  ) =>
    <S extends Shape>(x: Expr<S, 'real'> & FitsAxes<S, A>): Expr<Remaining<S, A, O>, 'real'> =>
      named('nanmean', nanAverage, axes, options, x),
)

// -- formulas --------------------------------------------------------------------------------------------------------

const third = declareJvp(
  (x: Expr): Expr => {
    const regular = and(ne(x, 0), isFinite(x))
    const a = select(regular, abs(x), 1)
    const y = power(a, 1 / 3)
    // 1/3 is rounded: one step of Newton's method
    const root = sub(y, div(sub(y, div(div(a, y), y)), 3))
    return select(regular, select(lt(x, 0), neg(root), root), x)
  },
  (_, dx, y) => div(dx, mul(3, square(y))),
)
/** The real cube root, of negative numbers too. Derivative: 1 / (3 y^2), infinite at 0. */
export const cbrt: Pointwise = ofReal('cbrt', third)

/** sin(pi x), exact at whole x, without error for large x. */
export const sinPi = (x: Expr): Expr => {
  const n = round(x)
  const s = sin(mul(Math.PI, sub(x, n)))
  return select(eq(n, mul(2, round(mul(0.5, n)))), s, neg(s))
}
const sincTerms = Array.from({ length: 14 }, (_, k) =>
  Array.from({ length: 2 * k + 1 }, (_, j) => j + 1).reduce((p, j) => p / j, (-1) ** k),
)
/**
 * sin(pi x) / (pi x), 1 at 0: NumPy's sinc. Near 0 it is a polynomial, so that all derivatives are right there.
 *
 * @example
 * const f = programOrThrow(real(3), (x) => sinc(x))
 * evaluate(f.closed, [Float64Array.of(0, 0.5, 1)]) // => [[1, 0.6366197723675814, 0]]
 */
export const sinc: Pointwise = ofReal('sinc', (x) => {
  const near = lt(abs(x), 0.5)
  const far = select(near, 1, x)
  const value = polynomial(sincTerms, square(mul(Math.PI, select(near, x, 0))))
  return select(near, value, div(sinPi(select(isInf(x), 0, far)), mul(Math.PI, far)))
})
/** x + t (y - x), from the nearer end, so that it is y at t = 1. Source: torch.lerp. Shape: broadcast */
export const lerp: OfThree<'real'> = ofThree('lerp(x, y, t)', (x, y, t) => {
  const d = sub(y, x)
  return select(lt(t, 0.5), add(x, mul(t, d)), sub(y, mul(d, sub(1, t))))
})
