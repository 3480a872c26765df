/**
 * Back-tracking line search: it finds a rate for every step by evaluating the function. `update` has the form of an
 * optimiser's, and takes the function beside the gradient.
 */
import { whileLoop } from '../../lang/control/while.ts'
import { gt } from '../../lang/operations/comparison.ts'
import { and, div, le, min, mul, not, select, sub } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { isReal, real, type Type } from '../../lang/syntax/shape.ts'
import {
  type Arrays,
  exprLeaves,
  type Handles,
  inOrderOf,
  refill,
  type Tangent,
  type TypesOf,
} from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { globalNorm } from './clip.ts'
import type { Scalar } from './optimizer.ts'
import { inside, notNegative, outOfRange, positive, wrongly } from './refuse.ts'

export interface LineSearchOptions {
  /** The largest rate that is tried; 1 by default. */
  readonly first?: number
  /** The factor on a rate that was too large, between 0 and 1; 0.5 by default. */
  readonly shrink?: number
  /** The share of the decrease along the slope that a step must reach, between 0 and 1; 1e-4 by default. */
  readonly decrease?: number
  /** The rate at which the search gives up and leaves the parameters as they are; 1e-12 by default. */
  readonly smallest?: number
}
/** The types of the state: the rate of the last step. */
export type SearchState = { readonly rate: Type<readonly [], 'real'> }
export interface LineSearch {
  /** The types of the state. */
  readonly types: SearchState
  /** The state before the first step. */
  readonly start: Arrays<SearchState>
  /** The next parameters and state, from the function, the parameters, their gradients and the state. */
  readonly update: <R>(
    f: (params: R) => Scalar,
    params: R,
    gradients: Handles<Tangent<TypesOf<R>>>,
    state: Handles<SearchState>,
  ) => readonly [R, Handles<SearchState>]
}

/** The leaves p - rate g for real p, and other leaves as they are. */
const moved = (params: unknown, gradients: unknown, rate: Expr): readonly Expr[] => {
  const gs = [...exprLeaves(inOrderOf(params, gradients))]
  return exprLeaves(params).map((p) => {
    const g = isReal(p.type) ? gs.shift() : undefined
    return g === undefined ? p : sub(p, mul(rate, g))
  })
}
/**
 * A step down the gradient g with the first rate r, among R, R shrink, R shrink^2, ..., that decreases f enough:
 *
 *   f(p - r g) <= f(p) - decrease r |g|^2          R = min(first, the last rate / shrink)
 *
 * Laws:    f never rises; at gradient 0 the parameters stay as they are
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
}: LineSearchOptions = {}): LineSearch => {
  const wrong = outOfRange('lineSearch', [
    ['first', first, positive],
    ['shrink', shrink, inside],
    ['decrease', decrease, inside],
    ['smallest', smallest, notNegative],
  ])
  const update = (f: (params: unknown) => Scalar, params: unknown, gradients: unknown, state: Handles<SearchState>) => {
    if (wrong.length > 0)
      return [
        refill(
          params,
          exprLeaves(params).map(() => wrongly(wrong)),
        ),
        state,
      ]
    const [value, slope] = [f(params), globalNorm(exprLeaves(gradients))]
    const decreases = (r: Scalar): Expr<readonly [], 'bool'> =>
      le(f(refill(params, moved(params, gradients, r))), sub(value, mul(mul(decrease, mul(r, slope)), slope)))
    const rate = whileLoop(
      (r: Scalar) => and(not(decreases(r)), gt(r, smallest)),
      (r: Scalar) => mul(r, shrink),
    )(min(first, div(state.rate, shrink)))
    const next = moved(params, gradients, rate)
    const kept = exprLeaves(params).map((p, i) => select(gt(rate, smallest), next[i] ?? p, p))
    return [refill(params, kept), { rate }]
  }
  return { types: { rate: real() }, start: { rate: first }, update: typed(update) }
}
