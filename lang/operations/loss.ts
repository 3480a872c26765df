/**
 * What losses share: options, the check of a target's shape, and the reduction to a mean, to a sum, or not at all.
 *
 * A term that does not count is 0 with derivative 0, whatever the prediction is there: 0 times an infinite logarithm is
 * not NaN. The guards stand at the arguments, so that derivatives of every order are right beside them.
 */

import { sum } from '../primitives/broadcast.ts'
import { abs, and, eq, mul, select } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { broadcastShapes, type Shape, sameShape } from '../syntax/shape.ts'
import type { Agree, Dims, Fits, Joined, Show } from '../types/index.ts'
import { derived, notAmong, notReal, type Real } from './derived.ts'
import { mean } from './statistics.ts'

export interface LossOptions {
  /** Whether to return the mean of all elements' or examples' losses, their sum, or each of them. Default: 'mean' */
  readonly reduction?: 'mean' | 'sum' | 'none'
}
/** A scalar, unless the reduction is 'none'. */
export type LossShape<S extends Shape, O> = O extends { readonly reduction: 'none' } ? S : readonly []

export const reductions = ['mean', 'sum', 'none'] as const
export const reduceBy = (reduction: LossOptions['reduction'], x: Expr): Expr => {
  switch (reduction ?? 'mean') {
    case 'mean':
      return mean()(x)
    case 'sum':
      return sum()(x)
    case 'none':
      return x
  }
}
export const reductionProblem = (options: LossOptions | undefined): Problem | undefined =>
  notAmong('reduction', options?.reduction ?? 'mean', reductions)

/** A condition on the options O: a literal number by this name is not negative. */
export type NotNegative<O, Name extends string> = {
  readonly [N in Name]?: O extends { readonly [M in Name]: infer V extends number }
    ? `${V}` extends `-${string}`
      ? `${Name} must not be negative`
      : unknown
    : unknown
}

export interface ElementwiseOptions extends LossOptions {
  /**
   * Whether prediction and target broadcast. By default they have one shape, or the target is a scalar: a target of
   * [3, 1] for a prediction of [3] would compare every number with every other. Default: false
   */
  readonly broadcast?: boolean
}
/** A condition on the target: the prediction's shape, or a scalar; any that broadcasts if the options ask for it. */
export type FitsTarget<P extends Dims, T extends Dims, O> = O extends { readonly broadcast: true }
  ? Fits<P, T>
  : TargetProblem<P, T> extends string
    ? TargetProblem<P, T>
    : unknown
type TargetProblem<P extends Dims, T extends Dims> = [number] extends [P['length'] | T['length']]
  ? unknown
  : T extends readonly []
    ? unknown
    : AllAgree<P, T> extends true
      ? unknown
      : `the prediction is ${Show<P>}, the target ${Show<T>}: reshape one, or broadcast them by { broadcast: true }`
type AllAgree<A extends Dims, B extends Dims> = A extends readonly [infer a extends number, ...infer As extends Dims]
  ? B extends readonly [infer b extends number, ...infer Bs extends Dims]
    ? Agree<a, b> extends true
      ? AllAgree<As, Bs>
      : false
    : false
  : B extends readonly []
    ? true
    : false

export type Loss<O> = <P extends Shape, T extends Shape>(
  prediction: Real<P>,
  target: Real<T> & FitsTarget<P, T, O>,
) => Real<LossShape<Joined<P, T>, O>>

export const targetShapeProblem = (options: ElementwiseOptions | undefined, p: Expr, t: Expr): Problem | undefined => {
  const [a, b] = [shapeOf(p), shapeOf(t)]
  const fits = options?.broadcast ? broadcastShapes(a, b) !== undefined : b.length === 0 || sameShape(a, b)
  return fits ? undefined : { _tag: 'ShapeMismatch', shapes: [a, b] }
}
export const elementwise =
  <O extends ElementwiseOptions>(
    op: string,
    options: O | undefined,
    f: (prediction: Expr, target: Expr) => Expr,
    problem?: Problem,
  ): Loss<O> =>
  (p: Expr, t: Expr) =>
    derived(
      op,
      [p, t],
      problem ?? reductionProblem(options) ?? notReal(p, t) ?? targetShapeProblem(options, p, t),
      () => reduceBy(options?.reduction, f(p, t)),
    )

/** w x, and 0 with derivative 0 where w is 0 and x infinite: a term that does not count. */
export const weighed = (w: Expr, x: Expr): Expr =>
  mul(w, select(and(eq(w, 0), eq(abs(x), Number.POSITIVE_INFINITY)), 0, x))
