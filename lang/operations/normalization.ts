/**
 * Normalisation: mean 0 and variance 1 along some axes, then a scale gamma and a shift beta. The variance is the biased
 * one, and mean and variance are differentiated too.
 *
 *     batchNorm       one channel of all examples      layerNorm, rmsNorm   the last axes of one example
 *     groupNorm       a group of channels of one example; in instanceNorm every channel is a group
 */

import { axesFor } from '../primitives/broadcast.ts'
import { add, div, mul, rsqrt, stopGradient, sub } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import { counted, type Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, otherAxes, type Shape, sizeOf } from '../syntax/shape.ts'
import type {
  Agree,
  AxesFirst,
  AxesOrArray,
  Axis,
  Dims,
  FitsAxes,
  Gradual,
  NotDimension,
  Show,
} from '../types/index.ts'
import { square } from './comparison.ts'
import { axesProblem, axisProblem, derived, differ, notReal, sizeAt, unless } from './derived.ts'
import { mean, scaleAlong, variance } from './statistics.ts'

type Real<S extends Shape> = Expr<S, 'real'>
export interface Epsilon {
  /** Added to the variance, so that the root is never 0. Default: 1e-5. */
  readonly eps?: number
}
const epsOf = (options: Epsilon | undefined): number => options?.eps ?? 1e-5
const epsProblem = (options: Epsilon | undefined): Problem | undefined =>
  unless(Number.isFinite(epsOf(options)) && epsOf(options) >= 0, 'eps', 'must be finite and not negative')
/**
 * x / sqrt(mean(x^2) + eps), with the mean over these axes. x and sqrt(eps) are divided by the larger magnitude before
 * they are squared, so that no square overflows or vanishes.
 */
const toUnitPower = (over: Shape, options: Epsilon | undefined, x: Expr): Expr => {
  const least = Math.sqrt(epsOf(options))
  const scale = scaleAlong(over, x, least)
  const y = div(x, scale)
  return mul(y, rsqrt(add(mean(over, { keep: true })(square(y)), square(div(least, scale)))))
}
const standard = (over: Shape, options: Epsilon | undefined, x: Expr): Expr =>
  toUnitPower(over, options, sub(x, mean(over, { keep: true })(x)))
/**
 * (x - mean) / sqrt(variance + eps), with mean and variance along the axes; along all of them by default.
 *
 * Shape:   [...] -> [...]
 * Law:     mean(axes)(normalize(axes)(x)) = 0
 * Errors:  AxisOutOfRange, ElementType; InvalidAttribute for a negative eps
 */
export const normalize = operation(
  'normalize(axes?, options?{eps})(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'normalize()(x)'>, options?: Epsilon) =>
    <S extends Shape>(x: Real<S> & FitsAxes<S, A>): Real<S> => {
      const e: Expr = x
      const over = axesFor(axes, rankOf(e))
      const problem = epsProblem(options) ?? notReal(e) ?? axesProblem(over, rankOf(e))
      return derived('normalize', [e], problem, () => standard(over, options, e))
    },
)

/** One number per channel, in a shape that broadcasts against x. */
const perChannel = (x: Expr, axis: number, v: Expr): Expr =>
  reshape(shapeOf(x).map((n, d) => (d === axisOf(axis, rankOf(x)) ? n : 1)))(v)
const scaled = (x: Expr, axis: number, normal: Expr, gamma: Expr, beta: Expr): Expr =>
  add(mul(normal, perChannel(x, axis, gamma)), perChannel(x, axis, beta))

export interface Channels extends Epsilon {
  /** The axis of the channels. Default: 1 for batchNorm, batchNormFull and batchNormEval, 0 for the others. */
  readonly axis?: number
}
/** One number per channel, on the axis that the options name. */
type PerChannel<S extends Shape, O, Default extends number> = Real<
  readonly [SizeAt<S, O extends { readonly axis: infer A extends number } ? A : Default>]
>
type SizeAt<S extends Shape, A extends number> = [number] extends [A | S['length']]
  ? number
  : Axis<S, A> extends keyof S
    ? S[Axis<S, A>]
    : number
/** What is wrong with the axis of the channels, or with parameters that have not one number per channel. */
const channelProblem = (
  x: Expr,
  axis: number,
  options: Epsilon | undefined,
  parameters: readonly Expr[],
): Problem | undefined =>
  epsProblem(options) ??
  notReal(x, ...parameters) ??
  axisProblem(axis, rankOf(x)) ??
  parameters.reduce<Problem | undefined>((found, v) => found ?? differ([sizeAt(x, axis)], shapeOf(v)), undefined)
const others = (x: Expr, axis: number): Shape => otherAxes([axisOf(axis, rankOf(x))], rankOf(x))
/**
 * Batch normalisation for training: every channel is normalised over all other axes.
 *
 * Shape:   [N, C, ...], [C], [C] -> [N, C, ...]
 * Errors:  AxisOutOfRange, ShapeMismatch, ElementType; InvalidAttribute for a negative eps
 */
export const batchNorm = operation(
  'batchNorm(options?{axis eps})(x, gamma, beta)',
  <const O extends Channels = {}>(options?: O) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel<NoInfer<S>, O, 1>, beta: PerChannel<NoInfer<S>, O, 1>): Real<S> => {
      const [e, g, b]: readonly [Expr, Expr, Expr] = [x, gamma, beta]
      const axis = options?.axis ?? 1
      return derived('batchNorm', [e, g, b], channelProblem(e, axis, options, [g, b]), () =>
        scaled(e, axis, standard(others(e, axis), options, e), g, b),
      )
    },
)

/** The parameters of batch normalisation, and the running statistics. */
type WithStatistics<S extends Shape, O> = readonly [
  gamma: PerChannel<S, O, 1>,
  beta: PerChannel<S, O, 1>,
  mean: PerChannel<S, O, 1>,
  variance: PerChannel<S, O, 1>,
]
export interface Running extends Channels {
  /** The weight of the new statistics in the running ones, from 0 to 1. Default: 0.1. */
  readonly momentum?: number
}
/** The normalised batch, and the running statistics after it. */
export interface Normalized<S extends Shape> {
  readonly y: Real<S>
  readonly mean: Real<Gradual>
  readonly variance: Real<Gradual>
}
/**
 * batchNorm, and the running statistics after it: (1 - momentum) old + momentum new, for the mean and for the unbiased
 * variance. The statistics have no derivative.
 *
 * Shape:   [N, C, ...], four times [C] -> y [N, C, ...], mean [C], variance [C]
 * Errors:  as batchNorm; InvalidAttribute for a momentum that is not from 0 to 1
 * Source:  Ioffe and Szegedy, "Batch Normalization" (2015)
 */
export const batchNormFull = operation(
  'batchNormFull(options?{axis eps momentum})(x, gamma, beta, mean, variance)',
  <const O extends Running = {}>(options?: O) =>
    <S extends Shape>(x: Real<S>, ...given: WithStatistics<NoInfer<S>, O>): Normalized<S> => {
      const e: Expr = x
      const parameters: readonly [Expr, Expr, Expr, Expr] = given
      const { axis = 1, momentum: m = 0.1 } = options ?? {}
      const problem =
        unless(Number.isFinite(m) && m >= 0 && m <= 1, 'momentum', 'must be from 0 to 1') ??
        channelProblem(e, axis, options, parameters)
      const y = derived('batchNormFull', [e, ...parameters], problem, () =>
        scaled(e, axis, standard(others(e, axis), options, e), parameters[0], parameters[1]),
      )
      if (y.node._tag === 'Poison') return { y, mean: y, variance: y }
      const over = others(e, axis)
      const blend = (old: Expr, fresh: Expr): Expr => stopGradient(add(mul(1 - m, old), mul(m, fresh)))
      return {
        y,
        mean: blend(parameters[2], mean(over)(e)),
        variance: blend(parameters[3], variance(over, { correction: 1 })(e)),
      }
    },
)
/**
 * Batch normalisation for inference: by given statistics.
 *
 * Shape:   [N, C, ...], four times [C] -> [N, C, ...]
 * Errors:  as batchNorm
 */
export const batchNormEval = operation(
  'batchNormEval(options?{axis eps})(x, gamma, beta, mean, variance)',
  <const O extends Channels = {}>(options?: O) =>
    <S extends Shape>(x: Real<S>, ...given: WithStatistics<NoInfer<S>, O>): Real<S> => {
      const [e, g, b, m, v]: readonly [Expr, Expr, Expr, Expr, Expr] = [x, ...given]
      const axis = options?.axis ?? 1
      return derived('batchNormEval', [e, g, b, m, v], channelProblem(e, axis, options, [g, b, m, v]), () => {
        const scale = mul(g, rsqrt(add(v, epsOf(options))))
        return add(mul(sub(e, perChannel(e, axis, m)), perChannel(e, axis, scale)), perChannel(e, axis, b))
      })
    },
)

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
/**
 * Group normalisation: the channels of one example are cut into equal groups of neighbours, and each group is
 * normalised over its channels and pixels. Axes before that of the channels are batch axes.
 *
 * Shape:   [C, ...], [C], [C] -> [C, ...]
 * Errors:  as batchNorm; InvalidAttribute where the groups do not divide the channels
 * Source:  Wu and He, "Group Normalization" (2018)
 */
export const groupNorm = operation(
  'groupNorm(groups, options?{axis eps})(x, gamma, beta)',
  <const G extends number, const O extends Channels = {}>(groups: G & PositiveInteger<G>, options?: O) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel<NoInfer<S>, O, 0>, beta: PerChannel<NoInfer<S>, O, 0>): Real<S> =>
      grouped('groupNorm', groups, options, x, gamma, beta),
)
/** Refuses a literal that is negative or a fraction. */
type PositiveInteger<G extends number> = [NotDimension<G>] extends [never]
  ? unknown
  : { readonly 'groups are a positive integer, not': G }
/** Group normalisation in which every channel is a group. Shape and errors: as groupNorm */
export const instanceNorm = operation(
  'instanceNorm(options?{axis eps})(x, gamma, beta)',
  <const O extends Channels = {}>(options?: O) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel<NoInfer<S>, O, 0>, beta: PerChannel<NoInfer<S>, O, 0>): Real<S> =>
      grouped('instanceNorm', shapeOf(x).at(options?.axis ?? 0) ?? 1, options, x, gamma, beta),
)
const grouped = (op: string, groups: number, options: Channels | undefined, x: Expr, gamma: Expr, beta: Expr): Expr => {
  const axis = options?.axis ?? 0
  const at = axisOf(axis, rankOf(x))
  const problem =
    channelProblem(x, axis, options, [gamma, beta]) ??
    unless(Number.isInteger(groups) && groups > 0, 'groups', 'must be a positive integer') ??
    unless(sizeAt(x, at) % groups === 0, 'groups', `of ${groups} do not divide ${counted(sizeAt(x, at), 'channel')}`)
  return derived(op, [x, gamma, beta], problem, () => {
    const shape = [...shapeOf(x).slice(0, at), groups, sizeOf(shapeOf(x).slice(at)) / groups]
    const normal = standard([shape.length - 1], options, reshape(shape)(x))
    return scaled(x, axis, reshape(shapeOf(x))(normal), gamma, beta)
  })
}
