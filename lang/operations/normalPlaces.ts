/** Where normal numbers come from: places that no draw leaves, and the quantiles there. */
import { abs, add, mul, sub } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import type { Shape } from '../syntax/shape.ts'
import { inverseOf } from './inverseErf.ts'
import { type Key, uniform } from './random.ts'

/** Half of the distance of two uniform numbers. Half-way between them lie the numbers that are never 0 and 1. */
export const half = 2 ** -25
/** Uniform in (-1, 1): odd multiples of 2^-24, so never -1, 0 or 1, and negative as often as positive. */
export const symmetric =
  (shape: Shape) =>
  (key: Key): Expr =>
    add(sub(mul(uniform(shape)(key), 2), 1), 2 * half)
/** The normal number at such a place: its quantile at (x + 1) / 2. */
export const normalAt = (x: Expr): Expr => mul(inverseOf(x, sub(1, abs(x)), 2 * half), Math.SQRT2)
