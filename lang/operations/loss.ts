/**
 * Losses: how far a prediction is from a target. Each is one number per element or per example, then reduced to their
 * mean, to their sum, or not at all. Prediction and target broadcast; errors are ShapeMismatch and ElementType.
 */

import { sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import { abs, add, div, eq, le, log, log1p, lt, mul, ne, neg, select, sub } from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { moveAxis } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { type Shape, sameShape } from '../syntax/shape.ts'
import type { Fits, Gradual, Joined } from '../types/index.ts'
import { logSigmoid, relu } from './activation.ts'
import { safeSelect, square } from './comparison.ts'
import { axisProblem, derived, sizeAt } from './derived.ts'
import { logSoftmax, mean } from './statistics.ts'

export interface LossOptions {
  /** Whether to return the mean of all elements' or examples' losses, their sum, or each of them. Default: 'mean' */
  readonly reduction?: 'mean' | 'sum' | 'none'
}
/** A scalar, unless the reduction is 'none'. */
type LossShape<S extends Shape, O> = O extends { readonly reduction: 'none' } ? S : readonly []

const reduceBy = (options: LossOptions | undefined, x: Expr): Expr => {
  switch (options?.reduction ?? 'mean') {
    case 'mean':
      return mean()(x)
    case 'sum':
      return sum()(x)
    case 'none':
      return x
  }
}

type Real<S extends Shape> = Expr<S, 'real'>
type Loss<O extends LossOptions> = <P extends Shape, T extends Shape>(
  prediction: Real<P>,
  target: Real<T> & Fits<P, T>,
) => Real<LossShape<Joined<P, T>, O>>
const elementwise =
  <O extends LossOptions>(options: O | undefined, f: (prediction: Expr, target: Expr) => Expr): Loss<O> =>
  (prediction: Expr, target: Expr) =>
    reduceBy(options, f(prediction, target))

// -- distances -------------------------------------------------------------------------------------------------------

/**
 * (p - t)^2
 *
 * Shape:   broadcast, then [] unless the reduction is 'none'
 *
 * @example
 * const f = programOrThrow([real(2), real(2)], ([p, t]) => mseLoss({ reduction: 'sum' })(p, t))
 * evaluate(f.closed, [Float64Array.of(1, 2), Float64Array.of(0, 4)]) // => [[5]]
 */
export const mseLoss = operation(
  'mseLoss(options?)(prediction, target)',
  <const O extends LossOptions = {}>(options?: O): Loss<O> => elementwise(options, (p, t) => square(sub(p, t))),
)
/** |p - t|, with derivative 0 where p = t. Shape: as mseLoss */
export const l1Loss = operation(
  'l1Loss(options?)(prediction, target)',
  <const O extends LossOptions = {}>(options?: O): Loss<O> => elementwise(options, (p, t) => abs(sub(p, t))),
)

export interface HuberOptions extends LossOptions {
  /** The distance from which the loss is linear. Default: 1. */
  readonly delta?: number
}
/** d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), for d = p - t. Shape: as mseLoss. Source: Huber 1964 */
export const huberLoss = operation(
  'huberLoss(options?)(prediction, target)',
  <const O extends HuberOptions = {}>(options?: O): Loss<O> =>
    elementwise(options, (p, t) => {
      const [d, delta] = [sub(p, t), options?.delta ?? 1]
      return select(le(abs(d), delta), mul(0.5, square(d)), mul(delta, sub(abs(d), delta / 2)))
    }),
)
export interface SmoothL1Options extends LossOptions {
  /** The distance from which the loss is linear. Default: 1. */
  readonly beta?: number
}
/** d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, for d = p - t; |d| for beta = 0. Shape: as mseLoss */
export const smoothL1Loss = operation(
  'smoothL1Loss(options?)(prediction, target)',
  <const O extends SmoothL1Options = {}>(options?: O): Loss<O> =>
    elementwise(options, (p, t) => {
      const [d, beta] = [sub(p, t), options?.beta ?? 1]
      return beta === 0 ? abs(d) : select(lt(abs(d), beta), div(square(d), 2 * beta), sub(abs(d), beta / 2))
    }),
)
/** max(0, 1 - t p) for targets of -1 and 1, with derivative 0 at the kink. Shape: as mseLoss */
export const hingeLoss = operation(
  'hingeLoss(options?)(prediction, target)',
  <const O extends LossOptions = {}>(options?: O): Loss<O> => elementwise(options, (p, t) => relu(sub(1, mul(t, p)))),
)

// -- of probabilities ------------------------------------------------------------------------------------------------

/**
 * Binary cross entropy of probabilities p: -(t ln p + (1 - t) ln(1 - p)). ln 0 is taken as -100 with derivative 0, as
 * torch does. For a stable loss of logits use bceWithLogits.
 *
 * Shape:   as mseLoss
 */
export const bceLoss = operation(
  'bceLoss(options?)(prediction, target)',
  <const O extends LossOptions = {}>(options?: O): Loss<O> =>
    elementwise(options, (p, t) => {
      const yes = safeSelect(log, 1, -100)(ne(p, 0), p)
      const no = safeSelect((q) => log1p(neg(q)), 0, -100)(ne(p, 1), p)
      return neg(add(mul(t, yes), mul(sub(1, t), no)))
    }),
)
/**
 * bceLoss of sigmoid(x), computed stably: -(w t ln sigmoid(x) + (1 - t) ln sigmoid(-x)), where w is the optional
 * weight of positive targets, which broadcasts.
 *
 * Shape:   as mseLoss
 */
export const bceWithLogits = operation(
  'bceWithLogits(options?)(logits, target, positiveWeight?)',
  <const O extends LossOptions = {}>(options?: O) =>
    <P extends Shape, T extends Shape>(
      logits: Real<P>,
      target: Real<T> & Fits<P, T>,
      positiveWeight?: Real<Gradual>,
    ): Real<LossShape<Joined<P, T>, O>> => {
      const x: Expr = logits
      const t: Expr = target
      const weighted = positiveWeight === undefined ? t : mul(positiveWeight, t)
      return reduceBy(options, neg(add(mul(weighted, logSigmoid(x)), mul(sub(1, t), logSigmoid(neg(x))))))
    },
)

export interface KlDivergenceOptions {
  /** As for other losses; 'batchmean' divides the sum by the size of the first axis. Default: 'mean'. */
  readonly reduction?: 'mean' | 'sum' | 'none' | 'batchmean'
}
/**
 * Kullback-Leibler divergence p (ln p - q), for log-probabilities q of the prediction and probabilities p of the
 * target; 0 where p is 0.
 *
 * Shape:   as mseLoss
 */
export const klDivergence = operation(
  'klDivergence(options?)(logits, target)',
  <const O extends KlDivergenceOptions = {}>(options?: O) =>
    <P extends Shape, T extends Shape>(
      logits: Real<P>,
      target: Real<T> & Fits<P, T>,
    ): Real<LossShape<Joined<P, T>, O>> => {
      const q: Expr = logits
      const p: Expr = target
      const { reduction = 'mean' } = options ?? {}
      const terms = safeSelect((r) => mul(r, sub(log(r), q)), 1, 0)(ne(p, 0), p)
      return reduction === 'batchmean' ? div(sum()(terms), shapeOf(terms)[0] ?? 1) : reduceBy({ reduction }, terms)
    },
)

// -- of classes ------------------------------------------------------------------------------------------------------

/** The axis of the classes: 1, after that of the examples; 0 for a single example. */
const classAxis = (x: Expr): number => (rankOf(x) === 1 ? 0 : 1)
const classesLast = (x: Expr): Expr => moveAxis(classAxis(x), -1)(x)
/** The number of each target's class. [N, C, ...], int [N, ...] -> [N, ...] */
const chosen = (x: Expr, target: Expr): Expr => gatherRows(rankOf(x) - 1)(classesLast(x), target)
const targetProblem = (x: Expr, target: Expr): Problem | undefined => {
  const expected = shapeOf(x).filter((_, d) => d !== classAxis(x))
  if (rankOf(x) === 0) return { _tag: 'RankMismatch', expected: 1, shape: [] }
  if (target.type.dtype !== 'int') return { _tag: 'ElementType', expected: ['int'], found: [target.type.dtype] }
  return sameShape(expected, shapeOf(target))
    ? undefined
    : { _tag: 'ShapeMismatch', shapes: [expected, shapeOf(target)] }
}
/** The shape without its class axis. */
type Classed<S extends Shape> = number extends S['length']
  ? Gradual
  : S extends readonly [number]
    ? readonly []
    : S extends readonly [infer N extends number, number, ...infer R extends Shape]
      ? readonly [N, ...R]
      : Gradual

export interface CrossEntropyOptions extends LossOptions {
  /** The part of each target that is spread evenly over all classes, from 0 to 1. Default: 0. */
  readonly labelSmoothing?: number
  /** Targets of this value are left out of the sum and of the mean. Default: none. */
  readonly ignoreIndex?: number
}
const entropies = (options: CrossEntropyOptions, x: Expr, target: Expr, weight: Expr | undefined): Expr => {
  const { ignoreIndex, labelSmoothing: s = 0, reduction = 'mean' } = options
  const logp = logSoftmax(classAxis(x))(x)
  const counted = (e: Expr): Expr => (ignoreIndex === undefined ? e : select(eq(target, ignoreIndex), 0, e))
  const w = counted(weight === undefined ? constant(shapeOf(target), 1) : gather(weight, target))
  const named = mul(w, neg(chosen(logp, target)))
  const all = classesLast(logp)
  const even = (): Expr =>
    counted(mul(s / sizeAt(all, -1), neg(sum(-1)(weight === undefined ? all : mul(all, weight)))))
  const losses = s === 0 ? named : add(mul(1 - s, named), even())
  return reduction === 'mean' ? div(sum()(losses), sum()(w)) : reduceBy({ reduction }, losses)
}
/**
 * -ln softmax(logits)[target], over classes on axis 1, or on axis 0 for a single example. An optional weight per class
 * multiplies the terms; 'mean' divides by the sum of the targets' weights.
 *
 * Shape:   [N, C, ...], int [N, ...], [C]? -> [], or [N, ...] with reduction 'none';   [C], int [] -> []
 * Errors:  ShapeMismatch, ElementType, RankMismatch
 *
 * @example
 * const f = programOrThrow([real(1, 2), int(1)], ([x, t]) => crossEntropy()(x, t))
 * evaluate(f.closed, [Float64Array.of(0, 0), Float64Array.of(1)]) // => [[Math.LN2]]
 */
export const crossEntropy = operation(
  'crossEntropy(options?)(logits, target, weight?)',
  <const O extends CrossEntropyOptions = {}>(options?: O) =>
    <S extends Shape>(
      logits: Real<S>,
      target: Expr<Classed<NoInfer<S>>, 'int'>,
      weight?: Real<Gradual>,
    ): Real<LossShape<Classed<S>, O>> => {
      const x: Expr = logits
      const t: Expr = target
      return derived('crossEntropy', [x, t], targetProblem(x, t), () => entropies(options ?? {}, x, t, weight))
    },
)
/**
 * crossEntropy with a probability for every class as the target: -sum p ln softmax(logits). 'mean' is over the
 * examples.
 *
 * Shape:   [N, C, ...], [N, C, ...] -> [], or [N, ...] with reduction 'none'
 * Errors:  ShapeMismatch, ElementType, AxisOutOfRange
 */
export const softCrossEntropy = operation(
  'softCrossEntropy(options?)(logits, target)',
  <const O extends LossOptions = {}>(options?: O) =>
    <S extends Shape>(logits: Real<S>, target: Real<NoInfer<S>>): Real<LossShape<Classed<S>, O>> => {
      const x: Expr = logits
      const t: Expr = target
      const problem = axisProblem(classAxis(x), rankOf(x))
      return derived('softCrossEntropy', [x, t], problem, () =>
        reduceBy(options, neg(sum(classAxis(x))(mul(t, logSoftmax(classAxis(x))(x))))),
      )
    },
)
/** Negative log-likelihood -logp[target], for log-probabilities. Shape and errors: as crossEntropy, without weights. */
export const nllLoss = operation(
  'nllLoss(options?)(logp, target)',
  <const O extends LossOptions = {}>(options?: O) =>
    <S extends Shape>(logp: Real<S>, target: Expr<Classed<NoInfer<S>>, 'int'>): Real<LossShape<Classed<S>, O>> => {
      const x: Expr = logp
      const t: Expr = target
      return derived('nllLoss', [x, t], targetProblem(x, t), () => reduceBy(options, neg(chosen(x, t))))
    },
)
