/**
 * Normalisation: mean 0 and variance 1 along some axes, then a scale gamma and a shift beta. The variance is the biased
 * one, and mean and variance are differentiated too.
 *
 *     batchNorm       one channel of all examples      layerNorm, rmsNorm   the last axes of one example
 *     groupNorm       a group of channels of one example; in instanceNorm every channel is a group
 */

import { axesFor } from '../primitives/broadcast.ts'
import { add, mul, rsqrt, stopGradient, sub } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, otherAxes, type Shape, sizeOf } from '../syntax/shape.ts'
import type { AxesFirst, AxesOrArray, FitsAxes, Gradual } from '../types/index.ts'
import { square } from './comparison.ts'
import { axisProblem, derived, sizeAt, wrong } from './derived.ts'
import { mean, variance } from './statistics.ts'

type Real<S extends Shape> = Expr<S, 'real'>
export interface Epsilon {
  /** Added to the variance, so that the root is never 0. Default: 1e-5. */
  readonly eps?: number
}
/**
 * (x - mean) / sqrt(variance + eps), with mean and variance along the axes; along all of them by default.
 *
 * Shape:   [...] -> [...]
 * Law:     mean(axes)(normalize(axes)(x)) = 0
 * Errors:  AxisOutOfRange
 */
export const normalize = operation(
  'normalize(axes?, options?)(x: real)',
  <const A extends AxesOrArray = undefined>(axes?: A & AxesFirst<A, 'normalize()(x)'>, options?: Epsilon) =>
    <S extends Shape>(x: Real<S> & FitsAxes<S, A>): Real<S> => {
      const e: Expr = x
      const over = axesFor(axes, rankOf(e))
      const centred = sub(e, mean(over, { keep: true })(e))
      return mul(centred, rsqrt(add(mean(over, { keep: true })(square(centred)), options?.eps ?? 1e-5)))
    },
)

/** One number per channel, in a shape that broadcasts against x. */
const perChannel = (x: Expr, axis: number, v: Expr): Expr =>
  reshape(shapeOf(x).map((_, d) => (d === axisOf(axis, rankOf(x)) ? (shapeOf(v)[0] ?? 1) : 1)))(v)
const scaled = (x: Expr, axis: number, normal: Expr, gamma: Expr, beta: Expr): Expr =>
  add(mul(normal, perChannel(x, axis, gamma)), perChannel(x, axis, beta))

export interface Channels extends Epsilon {
  /** The axis of the channels. Default: 1 for batchNorm, batchNormFull and batchNormEval, 0 for the others. */
  readonly axis?: number
}
type PerChannel = Real<Gradual>
/**
 * Batch normalisation for training: every channel is normalised over all other axes.
 *
 * Shape:   [N, C, ...], [C], [C] -> [N, C, ...]
 * Errors:  AxisOutOfRange
 */
export const batchNorm = operation(
  'batchNorm(options?)(x, gamma, beta)',
  (options?: Channels) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel, beta: PerChannel): Real<S> => {
      const e: Expr = x
      const axis = options?.axis ?? 1
      return derived('batchNorm', [e, gamma, beta], axisProblem(axis, rankOf(e)), () =>
        scaled(e, axis, normalize(others(e, axis), options)(e), gamma, beta),
      )
    },
)
const others = (x: Expr, axis: number): Shape => otherAxes([axisOf(axis, rankOf(x))], rankOf(x))

export interface Running extends Channels {
  /** The weight of the new statistics in the running ones, from 0 to 1. Default: 0.1. */
  readonly momentum?: number
}
/** The normalised batch, and the running statistics after it. */
export interface Normalized<S extends Shape> {
  readonly y: Real<S>
  readonly mean: PerChannel
  readonly variance: PerChannel
}
/**
 * batchNorm, and the running statistics after it: (1 - momentum) old + momentum new, for the mean and for the unbiased
 * variance. The statistics have no derivative.
 *
 * Shape:   [N, C, ...], four times [C] -> y [N, C, ...], mean [C], variance [C]
 * Errors:  AxisOutOfRange
 * Source:  Ioffe and Szegedy, "Batch Normalization" (2015)
 */
export const batchNormFull = operation(
  'batchNormFull(options?)(x, gamma, beta, mean, variance)',
  (options?: Running) =>
    <S extends Shape>(
      x: Real<S>,
      gamma: PerChannel,
      beta: PerChannel,
      oldMean: PerChannel,
      oldVariance: PerChannel,
    ): Normalized<S> => {
      const e: Expr = x
      const m = options?.momentum ?? 0.1
      const over = others(e, options?.axis ?? 1)
      const blend = (old: Expr, fresh: Expr): Expr => stopGradient(add(mul(1 - m, old), mul(m, fresh)))
      return {
        y: batchNorm(options)(x, gamma, beta),
        mean: blend(oldMean, mean(over)(e)),
        variance: blend(oldVariance, variance(over, { correction: 1 })(e)),
      }
    },
)
/**
 * Batch normalisation for inference: by given statistics.
 *
 * Shape:   [N, C, ...], four times [C] -> [N, C, ...]
 * Errors:  AxisOutOfRange
 */
export const batchNormEval = operation(
  'batchNormEval(options?)(x, gamma, beta, mean, variance)',
  (options?: Channels) =>
    <S extends Shape>(
      x: Real<S>,
      gamma: PerChannel,
      beta: PerChannel,
      oldMean: PerChannel,
      oldVariance: PerChannel,
    ): Real<S> => {
      const e: Expr = x
      const axis = options?.axis ?? 1
      return derived('batchNormEval', [e, gamma, beta, oldMean, oldVariance], axisProblem(axis, rankOf(e)), () => {
        const scale = mul(gamma, rsqrt(add(oldVariance, options?.eps ?? 1e-5)))
        return add(mul(sub(e, perChannel(e, axis, oldMean)), perChannel(e, axis, scale)), perChannel(e, axis, beta))
      })
    },
)

/** As many of the last axes of x as the parameter has axes. */
const lastAxes = (x: Expr, parameter: Expr): Shape =>
  axesOf(rankOf(parameter)).map((d) => rankOf(x) - rankOf(parameter) + d)
const tooMany = (x: Expr, parameter: Expr) =>
  rankOf(parameter) > rankOf(x)
    ? ({ _tag: 'RankMismatch', expected: rankOf(parameter), shape: shapeOf(x) } as const)
    : undefined
/**
 * Layer normalisation, over as many of the last axes as gamma has.
 *
 * Shape:   [..., D], [D], [D] -> [..., D]
 * Errors:  RankMismatch, ShapeMismatch
 * Source:  Ba, Kiros and Hinton, "Layer Normalization" (2016)
 */
export const layerNorm = operation(
  'layerNorm(options?)(x, gamma, beta)',
  (options?: Epsilon) =>
    <S extends Shape>(x: Real<S>, gamma: Real<Gradual>, beta: Real<Gradual>): Real<S> => {
      const e: Expr = x
      return derived('layerNorm', [e, gamma, beta], tooMany(e, gamma), () =>
        add(mul(normalize(lastAxes(e, gamma), options)(e), gamma), beta),
      )
    },
)
/**
 * gamma x / sqrt(mean(x^2) + eps), with the mean over as many of the last axes as gamma has.
 *
 * Shape:   [..., D], [D] -> [..., D]
 * Errors:  RankMismatch, ShapeMismatch
 * Source:  Zhang and Sennrich, "Root Mean Square Layer Normalization" (2019)
 */
export const rmsNorm = operation(
  'rmsNorm(options?)(x, gamma)',
  (options?: Epsilon) =>
    <S extends Shape>(x: Real<S>, gamma: Real<Gradual>): Real<S> => {
      const e: Expr = x
      return derived('rmsNorm', [e, gamma], tooMany(e, gamma), () => {
        const power = mean(lastAxes(e, gamma), { keep: true })(square(e))
        return mul(mul(e, rsqrt(add(power, options?.eps ?? 1e-5))), gamma)
      })
    },
)
/**
 * Group normalisation: the channels of one example are cut into equal groups of neighbours, and each group is
 * normalised over its channels and pixels. Axes before that of the channels are batch axes.
 *
 * Shape:   [C, ...], [C], [C] -> [C, ...]
 * Errors:  AxisOutOfRange; InvalidAttribute where the groups do not divide the channels
 * Source:  Wu and He, "Group Normalization" (2018)
 */
export const groupNorm = operation(
  'groupNorm(groups, options?)(x, gamma, beta)',
  (groups: number, options?: Channels) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel, beta: PerChannel): Real<S> => {
      const e: Expr = x
      const axis = options?.axis ?? 0
      const at = axisOf(axis, rankOf(e))
      const channels = sizeAt(e, at)
      const problem =
        axisProblem(axis, rankOf(e)) ??
        (channels % groups === 0 ? undefined : wrong('groups', `of ${groups} do not divide ${channels} channels`))
      return derived('groupNorm', [e, gamma, beta], problem, () => {
        const grouped = reshape([...shapeOf(e).slice(0, at), groups, sizeOf(shapeOf(e).slice(at)) / groups])(e)
        return scaled(e, axis, reshape(shapeOf(e))(normalize(-1, options)(grouped)), gamma, beta)
      })
    },
)
/** Group normalisation in which every channel is a group. Shape and errors: as groupNorm */
export const instanceNorm = operation(
  'instanceNorm(options?)(x, gamma, beta)',
  (options?: Channels) =>
    <S extends Shape>(x: Real<S>, gamma: PerChannel, beta: PerChannel): Real<S> =>
      groupNorm(shapeOf(x).at(options?.axis ?? 0) ?? 1, options)(x, gamma, beta),
)
