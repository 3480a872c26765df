/** Normalisation of the last axes of one example. */
import { add, mul } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, type Shape } from '../syntax/shape.ts'
import type { Agree, Dims, Show } from '../types/index.ts'
import { derived, differ, notReal, type Real } from './derived.ts'
import { type Epsilon, epsProblem, standard, toUnitPower } from './normalization.ts'

/** As many of the last axes of x as the parameter has axes. */
const lastAxes = (x: Expr, parameter: Expr): Shape =>
  axesOf(rankOf(parameter)).map((d) => rankOf(x) - rankOf(parameter) + d)
/** The shapes of the parameters must be the sizes of the last axes of x. */
const lastProblem = (
  x: Expr,
  options: Epsilon | undefined,
  gamma: Expr,
  ...parameters: readonly Expr[]
): Problem | undefined =>
  epsProblem(options) ??
  notReal(x, gamma, ...parameters) ??
  (rankOf(gamma) > rankOf(x)
    ? { _tag: 'RankMismatch', expected: rankOf(gamma), shape: shapeOf(x) }
    : [gamma, ...parameters].reduce<Problem | undefined>(
        (found, v) => found ?? differ(shapeOf(x).slice(rankOf(x) - rankOf(gamma)), shapeOf(v)),
        undefined,
      ))
/** A condition on gamma: the sizes of the last axes of x. */
type FitsLast<S extends Dims, L extends Dims> = LastProblem<S, L> extends string ? LastProblem<S, L> : unknown
type LastProblem<S extends Dims, L extends Dims> = [number] extends [S['length'] | L['length']]
  ? unknown
  : EndsWith<S, L> extends true
    ? unknown
    : `${Show<L>} is not the last axes of ${Show<S>}`
/** Whether the last sizes of S are those of L. */
export type EndsWith<S extends Dims, L extends Dims> = L extends readonly [
  ...infer Ls extends Dims,
  infer l extends number,
]
  ? S extends readonly [...infer Ss extends Dims, infer s extends number]
    ? Agree<s, l> extends true
      ? EndsWith<Ss, Ls>
      : false
    : false
  : true
/**
 * Layer normalisation, over as many of the last axes as gamma has.
 *
 * Shape:   [..., D], [D], [D] -> [..., D]
 * Errors:  RankMismatch, ShapeMismatch, ElementType; InvalidAttribute for a negative eps
 * Source:  Ba, Kiros and Hinton, "Layer Normalization" (2016)
 */
export const layerNorm = operation(
  'layerNorm(options?{eps})(x, gamma, beta)',
  (options?: Epsilon) =>
    <S extends Shape, L extends Shape>(
      x: Real<S>,
      gamma: Real<L> & FitsLast<S, L>,
      beta: Real<NoInfer<L>>,
    ): Real<S> => {
      const [e, g, b]: readonly [Expr, Expr, Expr] = [x, gamma, beta]
      return derived('layerNorm', [e, g, b], lastProblem(e, options, g, b), () =>
        add(mul(standard(lastAxes(e, g), options, e), g), b),
      )
    },
)
/**
 * gamma x / sqrt(mean(x^2) + eps), with the mean over as many of the last axes as gamma has.
 *
 * Shape:   [..., D], [D] -> [..., D]
 * Errors:  as layerNorm
 * Source:  Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019)
 */
export const rmsNorm = operation(
  'rmsNorm(options?{eps})(x, gamma)',
  (options?: Epsilon) =>
    <S extends Shape, L extends Shape>(x: Real<S>, gamma: Real<L> & FitsLast<S, L>): Real<S> => {
      const [e, g]: readonly [Expr, Expr] = [x, gamma]
      return derived('rmsNorm', [e, g], lastProblem(e, options, g), () =>
        mul(toUnitPower(lastAxes(e, g), options, e), g),
      )
    },
)
