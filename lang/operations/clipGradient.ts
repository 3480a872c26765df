/**
 * The identity, whose cotangent is bounded: reverse mode passes on no more than a limit. What is computed above it sees
 * small gradients only, whatever comes from below.
 *
 * The rules are not linear in the cotangent, so these functions have no forward mode.
 */
import { declareVjp } from '../control/custom.ts'
import { div, lt, max, min, mul, select } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Pointwise } from './comparison.ts'
import { derived, notReal, unless } from './derived.ts'
import { norm } from './norm.ts'

const bounding =
  (op: string, limit: number, bound: (cotangent: Expr) => Expr): Pointwise =>
  (x: Expr) =>
    derived(op, [x], notReal(x) ?? unless(limit >= 0, 'limit', 'must be at least 0'), () =>
      declareVjp(
        (e: Expr) => e,
        (_, ct): Expr => bound(ct),
        { linear: false },
      )(x),
    )

/**
 * x; every number of its cotangent is brought between -limit and limit.
 *
 * Shape:   [...] -> [...]
 * Errors:  ElementType; InvalidAttribute for a negative limit; in forward mode OneWay
 *
 * @example
 * const f = programOrThrow(real(2), (x) => sum()(mul(tensor([2], [5, 0.25]), clipGradient(1)(x))))
 * evaluate(gradOrThrow(f).closed, [Float64Array.of(7, 7)]) // => [[1, 0.25]]
 */
export const clipGradient = operation(
  'clipGradient(limit)(x)',
  (limit: number): Pointwise => bounding('clipGradient', limit, (ct) => max(-limit, min(limit, ct))),
)
/**
 * x; its cotangent is scaled by min(1, limit / |cotangent|), with the 2-norm of all its numbers, so that it keeps its
 * direction. Under vmap every example has its own norm.
 *
 * Shape and errors: as clipGradient
 *
 * @example
 * const f = programOrThrow(real(2), (x) => sum()(mul(tensor([2], [3, 4]), clipGradientNorm(1)(x))))
 * evaluate(gradOrThrow(f).closed, [Float64Array.of(7, 7)]) // => [[0.6, 0.8]]
 */
export const clipGradientNorm = operation(
  'clipGradientNorm(limit)(x)',
  (limit: number): Pointwise =>
    bounding('clipGradientNorm', limit, (ct) => {
      const length = norm()(ct)
      return mul(ct, select(lt(limit, length), div(limit, length), 1))
    }),
)
