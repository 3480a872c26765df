/** Parameters with one number per channel: their types, their checks, and how they broadcast. */
import { add, mul } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { axisOf, otherAxes, type Shape } from '../syntax/shape.ts'
import type { Axis } from '../types/index.ts'
import { axisProblem, differ, notReal, type Real, sizeAt } from './derived.ts'
import { type Epsilon, epsProblem } from './normalization.ts'

/** One number per channel, in a shape that broadcasts against x. */
export const perChannel = (x: Expr, axis: number, v: Expr): Expr =>
  reshape(shapeOf(x).map((n, d) => (d === axisOf(axis, rankOf(x)) ? n : 1)))(v)
export const scaled = (x: Expr, axis: number, normal: Expr, gamma: Expr, beta: Expr): Expr =>
  add(mul(normal, perChannel(x, axis, gamma)), perChannel(x, axis, beta))

export interface Channels extends Epsilon {
  /** The axis of the channels. Default: 1 for batchNorm, batchNormFull and batchNormEval, 0 for the others. */
  readonly axis?: number
}
/** One number per channel, on the axis that the options name. */
export type PerChannel<S extends Shape, O, Default extends number> = Real<
  readonly [SizeAt<S, O extends { readonly axis: infer A extends number } ? A : Default>]
>
type SizeAt<S extends Shape, A extends number> = [number] extends [A | S['length']]
  ? number
  : Axis<S, A> extends keyof S
    ? S[Axis<S, A>]
    : number
/** What is wrong with the axis of the channels, or with parameters that have not one number per channel. */
export const channelProblem = (
  x: Expr,
  axis: number,
  options: Epsilon | undefined,
  parameters: readonly Expr[],
): Problem | undefined =>
  epsProblem(options) ??
  notReal(x, ...parameters) ??
  axisProblem(axis, rankOf(x)) ??
  parameters.reduce<Problem | undefined>((found, v) => found ?? differ([sizeAt(x, axis)], shapeOf(v)), undefined)
export const others = (x: Expr, axis: number): Shape => otherAxes([axisOf(axis, rankOf(x))], rankOf(x))
