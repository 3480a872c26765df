/**
 * Line search by back-tracking: a rate for every step, from what the function itself says. `update` has the form of an
 * optimiser's, with the function beside the gradient.
 */
import { whileLoop } from '../../lang/control/while.ts'
import { gt } from '../../lang/operations/comparison.ts'
import { and, div, le, min, mul, not, select, sub } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { isReal, real, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, exprLeaves, type Handles, refill, type Tangent, type TypesOf } from '../../lang/syntax/tree.ts'
import { sumOfSquares } from './clip.ts'
import type { Scalar } from './optimizer.ts'

export interface LineSearchOptions {
  /** The largest rate that is tried. */
  readonly first?: number
  /** What a rate is multiplied with that was too large. */
  readonly shrink?: number
  /** How much of the slope must be won, between 0 and 1. */
  readonly decrease?: number
  /** Where it gives up: the parameters stay. */
  readonly smallest?: number
}
/** The rate of the last step. */
export type SearchState = { readonly rate: Type<readonly [], 'real'> }
export interface LineSearch {
  readonly types: SearchState
  readonly start: Arrays<SearchState>
  readonly update: <R>(
    f: (params: R) => Scalar,
    params: R,
    gradients: Handles<Tangent<TypesOf<R>>>,
    state: Handles<SearchState>,
  ) => readonly [R, Handles<SearchState>]
}

/** p - rate g, where p is real. */
const moved = (params: unknown, gradients: unknown, rate: Expr): unknown => {
  const gs = [...exprLeaves(gradients)]
  return refill(
    params,
    exprLeaves(params).map((p) => (isReal(p.type) ? sub(p, mul(rate, gs.shift() as Expr)) : p)),
  )
}
/**
 * A step down the gradient g by the first rate r, among R, R shrink, R shrink^2, ..., that wins enough:
 *
 *   f(p - r g) <= f(p) - decrease r |g|^2          R = min(first, the last rate / shrink)
 *
 * Laws:    f never rises; where the gradient is 0 nothing moves
 * Source:  Armijo, "Minimization of functions having Lipschitz continuous first partial derivatives" (1966)
 *
 * @example
 * const search = lineSearch({ first: 10 })
 * const f = programOrThrow(real(2), (x) => sum()(mul(x, x)))
 * const step = programOrThrow({ x: real(2), state: search.types }, ({ x, state }) =>
 *   search.update((p) => apply(f)(p), x, apply(gradOrThrow(f))(x), state),
 * )
 */
export const lineSearch = ({
  first = 1,
  shrink = 0.5,
  decrease = 1e-4,
  smallest = 1e-12,
}: LineSearchOptions = {}): LineSearch => ({
  types: { rate: real() },
  start: { rate: first },
  update: ((f: (params: unknown) => Scalar, params: unknown, gradients: unknown, state: Handles<SearchState>) => {
    const [value, slope] = [f(params), sumOfSquares(exprLeaves(gradients))]
    const wins = (r: Scalar): Expr<readonly [], 'bool'> =>
      le(f(moved(params, gradients, r)), sub(value, mul(mul(decrease, r), slope)))
    const rate = whileLoop(
      (r: Scalar) => and(not(wins(r)), gt(r, smallest)),
      (r: Scalar) => mul(r, shrink),
    )(min(first, div(state.rate, shrink)))
    const next = exprLeaves(moved(params, gradients, rate))
    const kept = exprLeaves(params).map((p, i) => select(gt(rate, smallest), next[i] as Expr, p))
    return [refill(params, kept), { rate }]
  }) as never,
})
