/** Choices between numbers: comparisons, limits, powers, and a select that is safe to differentiate. */

import {
  div,
  exp,
  integerPow,
  le,
  log,
  lt,
  mul,
  type Operand,
  power,
  type ShapeOf,
  select,
} from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Fits, Joined } from '../types/index.ts'

type Numeric = 'real' | 'int'
type Comparison = <A extends Operand<Numeric>, B extends Operand<Numeric>>(
  x: A,
  y: B & Fits<ShapeOf<A>, ShapeOf<B>>,
) => Expr<Joined<ShapeOf<A>, ShapeOf<B>>, 'bool'>
/** A function of every number by itself. */
export type Pointwise = <S extends Shape>(x: Expr<S, 'real'>) => Expr<S, 'real'>

/** x > y. False where either is NaN. */
export const gt: Comparison = (x: Operand<Numeric>, y: Operand<Numeric>): Expr => lt(y, x)
/** x >= y. False where either is NaN. */
export const ge: Comparison = (x: Operand<Numeric>, y: Operand<Numeric>): Expr => le(y, x)

/**
 * f(x) where the condition holds, else `otherwise`; elsewhere f sees the number `safe`, so that neither its value nor
 * its derivative can be NaN times 0.
 *
 * Law:     grad(safeSelect(c, x, ...)) = 0 where c does not hold
 *
 * @example
 * safeSelect(log, 1, 0)(gt(x, 0), x)
 */
export const safeSelect =
  (f: (x: Expr) => Expr, safe: number, otherwise: Operand) =>
  <S extends Shape>(condition: Expr<S, 'bool'>, x: Expr<S, 'real'>): Expr<S, 'real'> =>
    select(condition, f(select(condition, x, safe)), otherwise)

/** Limits on both sides, or one. The derivative is 1 on the bounds; NaN passes. */
export const clamp =
  (lowest?: number, highest?: number) =>
  <S extends Shape, D extends Numeric>(x: Expr<S, D>): Expr<S, D> => {
    const e: Expr = x
    const above = lowest === undefined ? e : select(lt(e, lowest), lowest, e)
    return highest === undefined ? above : select(lt(highest, e), highest, above)
  }
/** Limits on both sides. The derivative is 0 on the bounds, unlike clamp's; NaN passes. */
export const hardtanh =
  (lowest = -1, highest = 1): Pointwise =>
  (x: Expr) =>
    select(le(x, lowest), lowest, select(le(highest, x), highest, x))
/** min(max(x, 0), 6). The derivative is 0 at 0 and at 6. */
export const relu6: Pointwise = hardtanh(0, 6)

export const square: Pointwise = (x: Expr) => integerPow(2)(x)
/** 1 / x */
export const reciprocal: Pointwise = (x: Expr) => div(1, x)

type Power = <A extends Operand<'real'>, B extends Operand<'real'>>(
  x: A,
  y: B & Fits<ShapeOf<A>, ShapeOf<B>>,
) => Expr<Joined<ShapeOf<A>, ShapeOf<B>>, 'real'>
/**
 * x ** y. A whole number as exponent multiplies, so that negative bases are fine. x ** 0 is 1 and has derivative 0,
 * also at 0; the derivative in the exponent is 0 where the base is 0.
 */
export const pow: Power = (x: Operand<'real'>, y: Operand<'real'>): Expr =>
  typeof y === 'number' && typeof x !== 'number' && Number.isInteger(y) && Math.abs(y) <= 1024
    ? integerPow(y)(x)
    : power(x, y)

/** Logarithm to the base 2, as ln x / ln 2. */
export const log2: Pointwise = (x: Expr) => div(log(x), Math.LN2)
/** Logarithm to the base 10, as ln x / ln 10. */
export const log10: Pointwise = (x: Expr) => div(log(x), Math.LN10)
/** 2 ** x */
export const exp2: Pointwise = (x: Expr) => exp(mul(x, Math.LN2))
