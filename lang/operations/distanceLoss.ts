import { abs, div, le, lt, mul, select, sub } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { square } from './comparison.ts'
import { unless } from './derived.ts'
import { type ElementwiseOptions, elementwise, type Loss, type NotNegative } from './loss.ts'

/** One function of x where the condition holds, another elsewhere; each sees its safe number instead of the other's x. */
const either = (
  c: Expr,
  x: Expr,
  [f, safeForF]: readonly [(x: Expr) => Expr, number],
  [g, safeForG]: readonly [(x: Expr) => Expr, number],
): Expr => select(c, f(select(c, x, safeForF)), g(select(c, safeForG, x)))

/**
 * (p - t)^2
 *
 * Shape:   [...], [...] or [] -> [], or [...] with reduction 'none'; both broadcast with { broadcast: true }
 * Errors:  ShapeMismatch, ElementType; InvalidAttribute where an option is out of its range
 *
 * @example
 * const f = programOrThrow([real(2), real(2)], ([p, t]) => mseLoss({ reduction: 'sum' })(p, t))
 * evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(0, 4)]) // => [[5]]
 */
export const mseLoss = operation(
  'mseLoss(options?{reduction broadcast})(prediction, target)',
  <const O extends ElementwiseOptions = {}>(options?: O): Loss<O> =>
    elementwise('mseLoss', options, (p, t) => square(sub(p, t))),
)
/** |p - t|, with derivative 0 where p = t. Shape and errors: as mseLoss */
export const l1Loss = operation(
  'l1Loss(options?{reduction broadcast})(prediction, target)',
  <const O extends ElementwiseOptions = {}>(options?: O): Loss<O> =>
    elementwise('l1Loss', options, (p, t) => abs(sub(p, t))),
)

export interface HuberOptions extends ElementwiseOptions {
  /** The distance from which the loss is linear: positive and finite. Default: 1. */
  readonly delta?: number
}
/**
 * d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), for d = p - t. Shape and errors: as mseLoss. Source: Huber
 * 1964
 */
export const huberLoss = operation(
  'huberLoss(options?{reduction broadcast delta})(prediction, target)',
  <const O extends HuberOptions = {}>(options?: O & NotNegative<O, 'delta'>): Loss<O> => {
    const delta = options?.delta ?? 1
    const far = (d: Expr): Expr => mul(delta, sub(abs(d), delta / 2))
    return elementwise(
      'huberLoss',
      options,
      (p, t) => {
        const d = sub(p, t)
        return either(le(abs(d), delta), d, [(e) => mul(0.5, square(e)), 0], [far, delta])
      },
      unless(Number.isFinite(delta) && delta > 0, 'delta', 'must be positive and finite'),
    )
  },
)
export interface SmoothL1Options extends ElementwiseOptions {
  /** The distance from which the loss is linear: finite and not negative. Default: 1. */
  readonly beta?: number
}
/** d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, for d = p - t; |d| for beta = 0. Shape and errors: as mseLoss */
export const smoothL1Loss = operation(
  'smoothL1Loss(options?{reduction broadcast beta})(prediction, target)',
  <const O extends SmoothL1Options = {}>(options?: O & NotNegative<O, 'beta'>): Loss<O> => {
    const beta = options?.beta ?? 1
    const near = (d: Expr): Expr => mul(mul(0.5, d), div(d, beta))
    const far = (d: Expr): Expr => sub(abs(d), beta / 2)
    return elementwise(
      'smoothL1Loss',
      options,
      (p, t) => {
        const d = sub(p, t)
        return beta === 0 ? abs(d) : either(lt(abs(d), beta), d, [near, 0], [far, beta])
      },
      unless(Number.isFinite(beta) && beta >= 0, 'beta', 'must be finite and not negative'),
    )
  },
)
/** max(0, 1 - t p) for targets of -1 and 1, with derivative 0 at the kink. Shape and errors: as mseLoss */
export const hingeLoss = operation(
  'hingeLoss(options?{reduction broadcast})(prediction, target)',
  <const O extends ElementwiseOptions = {}>(options?: O): Loss<O> =>
    elementwise('hingeLoss', options, (p, t) => {
      const reached = le(1, mul(t, p))
      const kept = (e: Expr): Expr => select(reached, 0, e)
      return select(reached, 0, sub(1, mul(kept(t), kept(p))))
    }),
)
