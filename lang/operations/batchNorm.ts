/** Batch normalisation: every channel over all examples, with and without running statistics. */
import { add, mul, rsqrt, stopGradient, sub } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Gradual } from '../types/index.ts'
import { type Channels, channelProblem, others, type PerChannel, perChannel, scaled } from './channels.ts'
import { derived, type Real, unless } from './derived.ts'
import { epsOf, standard } from './normalization.ts'
import { mean, variance } from './statistics.ts'

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
