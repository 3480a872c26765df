/** Comparisons, clamping, powers, logarithms to other bases, and a select that is safe to differentiate. */

import { div, integerPow, le, log, lt, type Operand, power, type ShapeOf, select } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Fits, Joined } from '../types/index.ts'
import { derived, unless } from './derived.ts'

type Numeric = 'real' | 'int'
type Comparison = <A extends Operand<Numeric>, B extends Operand<Numeric>>(
  x: A,
  y: B & Fits<ShapeOf<A>, ShapeOf<B>>,
) => Expr<Joined<ShapeOf<A>, ShapeOf<B>>, 'bool'>
/** A function of reals that is applied element by element. */
export type Pointwise = <S extends Shape>(x: Expr<S, 'real'>) => Expr<S, 'real'>

/** x > y, element by element. False where either is NaN. Shape: broadcast. Errors: ShapeMismatch, ElementType */
export const gt: Comparison = operation('gt(x, y)', (x: Operand<Numeric>, y: Operand<Numeric>): Expr => lt(y, x))
/** x >= y, element by element. False where either is NaN. Shape: broadcast. Errors: ShapeMismatch, ElementType */
export const ge: Comparison = operation('ge(x, y)', (x: Operand<Numeric>, y: Operand<Numeric>): Expr => le(y, x))

/** The second where the first is true, else the third: the primitive `select` under numpy's name. */
export const where: typeof select = operation('where(condition, x, y)', select)

/**
 * f(x) where the condition holds, else `otherwise`. Where it does not hold, f is applied to the number `safe` instead
 * of x. This keeps the derivative finite: that of select(c, f(x), otherwise) may be 0 times Infinity, which is NaN.
 *
 * Shape:   the condition has the shape of x
 * Law:     the derivative is 0 where the condition does not hold
 * Errors:  ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(2), (x) => sum()(safeSelect(log, 1, 0)(gt(x, 0), x)))
 * evaluate(gradOrThrow(f).closed, [Float64Array.of(0, 4)]) // => [[0, 0.25]]
 */
export const safeSelect = operation(
  'safeSelect(f, safe, otherwise!)(condition, x)',
  (f: (x: Expr) => Expr, safe: number, otherwise: Operand) =>
    <S extends Shape>(condition: Expr<S, 'bool'>, x: Expr<S, 'real'>): Expr<S, 'real'> =>
      select(condition, f(select(condition, x, safe)), otherwise),
)

const boundProblem = (name: string, bound: number | undefined): Problem | undefined =>
  unless(!Number.isNaN(bound), name, 'is NaN')
/**
 * min(max(x, lowest), highest): the highest everywhere if it is less than the lowest. Leave a bound undefined for no
 * limit on that side. The derivative is 1 inside and on the bounds, 0 outside. NaN stays NaN.
 *
 * Errors:  ElementType; InvalidAttribute for a bound that is NaN
 *
 * @example
 * const f = programOrThrow(real(3), (x) => clamp(0, 1)(x))
 * evaluate(f.closed, [Float64Array.of(-2, 0.5, 7)]) // => [[0, 0.5, 1]]
 */
export const clamp = operation(
  'clamp(lowest?, highest?)(x)',
  (lowest?: number, highest?: number) =>
    <S extends Shape, D extends Numeric>(x: Expr<S, D>): Expr<S, D> => {
      const e: Expr = x
      const problem = boundProblem('lowest', lowest) ?? boundProblem('highest', highest)
      return derived('clamp', [e], problem, () => {
        const above = lowest === undefined ? e : select(lt(e, lowest), lowest, e)
        return highest === undefined ? above : select(lt(highest, above), highest, above)
      }) as Expr<S, D>
    },
)
/**
 * clamp, but with derivative 0 on the bounds. Defaults: lowest = -1, highest = 1
 *
 * Errors:  InvalidAttribute where the lowest is above the highest
 */
export const hardtanh = operation(
  'hardtanh(lowest?, highest?)(x)',
  (lowest = -1, highest = 1): Pointwise =>
    (x: Expr) =>
      derived('hardtanh', [x], unless(lowest <= highest, 'lowest', `of ${lowest} is above ${highest}`), () =>
        select(le(x, lowest), lowest, select(le(highest, x), highest, x)),
      ),
)
/** min(max(x, 0), 6). The derivative is 0 at 0 and at 6. */
export const relu6: Pointwise = operation('relu6(x)', hardtanh(0, 6))

/** x^2 */
export const square: Pointwise = operation('square(x)', (x: Expr) => integerPow(2)(x))
/** 1 / x */
export const reciprocal: Pointwise = operation('reciprocal(x)', (x: Expr) => div(1, x))

type Power = <A extends Operand<'real'>, B extends Operand<'real'>>(
  x: A,
  y: B & Fits<ShapeOf<A>, ShapeOf<B>>,
) => Expr<Joined<ShapeOf<A>, ShapeOf<B>>, 'real'>
/**
 * x ** y, element by element. If y is a JavaScript integer, up to 1024 in magnitude, the result is integerPow(y)(x): a
 * product, which also serves negative x. x ** 0 is 1 with derivative 0, also at x = 0. The derivative with respect to y
 * is 0 where x is 0.
 *
 * Shape:   broadcast
 * Errors:  ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow(real(), (x) => pow(x, 3))
 * evaluate(f.closed, [Float64Array.of(-2)]) // => [[-8]]
 */
export const pow: Power = operation(
  'pow(x, y)',
  (x: Operand<'real'>, y: Operand<'real'>): Expr =>
    typeof y === 'number' && typeof x !== 'number' && Number.isInteger(y) && Math.abs(y) <= 1024
      ? integerPow(y)(x)
      : power(x, y),
)

/** Logarithm to the base 2, as ln x / ln 2. */
export const log2: Pointwise = operation('log2(x)', (x: Expr) => div(log(x), Math.LN2))
/** Logarithm to the base 10, as ln x / ln 10. */
export const log10: Pointwise = operation('log10(x)', (x: Expr) => div(log(x), Math.LN10))
/** 2 ** x, computed as a power: e^(x ln 2) would magnify the rounding error of x ln 2. */
export const exp2: Pointwise = operation('exp2(x)', (x: Expr) => power(2, x))
