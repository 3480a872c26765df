/**
 * Losses: how far a prediction is from a target. Each is one number per element or per example, then reduced to their
 * mean, to their sum, or not at all.
 *
 * A term that does not count is 0 with derivative 0, whatever the prediction is there: 0 times an infinite logarithm is
 * not NaN. The guards stand at the arguments, so that derivatives of every order are right beside them.
 */

import { declareJvp } from '../control/custom.ts'
import { sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import {
  abs,
  add,
  and,
  div,
  eq,
  le,
  log,
  log1p,
  lt,
  max,
  mul,
  ne,
  neg,
  select,
  sub,
} from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { broadcastShapes, type Shape, sameShape } from '../syntax/shape.ts'
import type { Agree, Dims, Fits, FitsTo, Gradual, Joined, Show } from '../types/index.ts'
import { logSigmoid } from './activation.ts'
import { safeSelect, square } from './comparison.ts'
import { derived, differ, notAmong, notReal, sizeAt, unless, withSize } from './derived.ts'
import { logSoftmax, mean } from './statistics.ts'

export interface LossOptions {
  /** Whether to return the mean of all elements' or examples' losses, their sum, or each of them. Default: 'mean' */
  readonly reduction?: 'mean' | 'sum' | 'none'
}
/** A scalar, unless the reduction is 'none'. */
type LossShape<S extends Shape, O> = O extends { readonly reduction: 'none' } ? S : readonly []

const reductions = ['mean', 'sum', 'none'] as const
const reduceBy = (reduction: LossOptions['reduction'], x: Expr): Expr => {
  switch (reduction ?? 'mean') {
    case 'mean':
      return mean()(x)
    case 'sum':
      return sum()(x)
    case 'none':
      return x
  }
}
const reductionProblem = (options: LossOptions | undefined): Problem | undefined =>
  notAmong('reduction', options?.reduction ?? 'mean', reductions)

type Real<S extends Shape> = Expr<S, 'real'>
/** A condition on the options O: a literal number by this name is not negative. */
type NotNegative<O, Name extends string> = {
  readonly [N in Name]?: O extends { readonly [M in Name]: infer V extends number }
    ? `${V}` extends `-${string}`
      ? `${Name} must not be negative`
      : unknown
    : unknown
}

// -- of elements -----------------------------------------------------------------------------------------------------

export interface ElementwiseOptions extends LossOptions {
  /**
   * Whether prediction and target broadcast. By default they have one shape, or the target is a scalar: a target of
   * [3, 1] for a prediction of [3] would compare every number with every other. Default: false
   */
  readonly broadcast?: boolean
}
/** A condition on the target: the prediction's shape, or a scalar; any that broadcasts if the options ask for it. */
type FitsTarget<P extends Dims, T extends Dims, O> = O extends { readonly broadcast: true }
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

type Loss<O> = <P extends Shape, T extends Shape>(
  prediction: Real<P>,
  target: Real<T> & FitsTarget<P, T, O>,
) => Real<LossShape<Joined<P, T>, O>>

const targetShapeProblem = (options: ElementwiseOptions | undefined, p: Expr, t: Expr): Problem | undefined => {
  const [a, b] = [shapeOf(p), shapeOf(t)]
  const fits = options?.broadcast ? broadcastShapes(a, b) !== undefined : b.length === 0 || sameShape(a, b)
  return fits ? undefined : { _tag: 'ShapeMismatch', shapes: [a, b] }
}
const elementwise =
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

// -- of probabilities ------------------------------------------------------------------------------------------------

/** w x, and 0 with derivative 0 where w is 0 and x infinite: a term that does not count. */
const weighed = (w: Expr, x: Expr): Expr => mul(w, select(and(eq(w, 0), eq(abs(x), Number.POSITIVE_INFINITY)), 0, x))

/** The two logarithms of bceLoss, at least -100. */
const yes = (p: Expr): Expr => max(log(p), -100)
const no = (p: Expr): Expr => max(log1p(neg(p)), -100)
const bce = declareJvp(
  ([p, t]: readonly [Expr, Expr]): Expr => neg(add(mul(t, yes(p)), mul(sub(1, t), no(p)))),
  ([p, t], [dp, dt]): Expr => add(mul(dp, div(sub(p, t), max(mul(sub(1, p), p), 1e-12))), mul(dt, sub(no(p), yes(p)))),
)
/**
 * Binary cross entropy of probabilities p: -(t ln p + (1 - t) ln(1 - p)). As in PyTorch a logarithm is at least -100,
 * and the derivative is (p - t) / max((1 - p) p, 1e-12), so that p = 0 for t = 1 costs 100 with derivative -1e12. For a
 * stable loss of logits use bceWithLogits.
 *
 * Shape and errors: as mseLoss
 */
export const bceLoss = operation(
  'bceLoss(options?{reduction broadcast})(prediction, target)',
  <const O extends ElementwiseOptions = {}>(options?: O): Loss<O> =>
    elementwise('bceLoss', options, (p, t) => bce([p, t])),
)
/**
 * bceLoss of sigmoid(x), computed stably: -(w t ln sigmoid(x) + (1 - t) ln sigmoid(-x)), where w is the optional
 * weight of positive targets, which broadcasts to the shape of the loss. At an infinite x a term of weight 0 is 0.
 *
 * Shape and errors: as mseLoss; CannotBroadcast for the weight
 */
export const bceWithLogits = operation(
  'bceWithLogits(options?{reduction broadcast})(logits, target, positiveWeight?)',
  <const O extends ElementwiseOptions = {}>(options?: O) =>
    <P extends Shape, T extends Shape, W extends Shape = readonly []>(
      logits: Real<P>,
      target: Real<T> & FitsTarget<P, T, O>,
      positiveWeight?: Real<W> & FitsTo<W, Joined<P, T>>,
    ): Real<LossShape<Joined<P, T>, O>> => {
      const [x, t, w]: readonly [Expr, Expr, Expr | undefined] = [logits, target, positiveWeight]
      const problem =
        reductionProblem(options) ??
        notReal(x, t, ...(w === undefined ? [] : [w])) ??
        targetShapeProblem(options, x, t) ??
        (w === undefined ? undefined : cannotStretch(w, broadcastShapes(shapeOf(x), shapeOf(t)) ?? []))
      return derived('bceWithLogits', w === undefined ? [x, t] : [x, t, w], problem, () => {
        const positive = w === undefined ? t : mul(w, t)
        const terms = neg(add(weighed(positive, logSigmoid(x)), weighed(sub(1, t), logSigmoid(neg(x)))))
        return reduceBy(options?.reduction, terms)
      })
    },
)
/** The problem of an array that does not broadcast to a shape. */
const cannotStretch = (x: Expr, to: Shape): Problem | undefined =>
  sameShape(broadcastShapes(shapeOf(x), to) ?? [-1], to) ? undefined : { _tag: 'CannotBroadcast', from: shapeOf(x), to }

export interface KlDivergenceOptions {
  /** As for other losses; 'batchmean' divides the sum by the size of the first axis. Default: 'mean'. */
  readonly reduction?: 'mean' | 'sum' | 'none' | 'batchmean'
  /** As for other losses. Default: false */
  readonly broadcast?: boolean
}
/**
 * Kullback-Leibler divergence p (ln p - q), for log-probabilities q of the prediction and probabilities p of the
 * target; 0 where p is 0.
 *
 * Shape and errors: as mseLoss
 */
export const klDivergence = operation(
  'klDivergence(options?{reduction broadcast})(logits, target)',
  <const O extends KlDivergenceOptions = {}>(options?: O) =>
    <P extends Shape, T extends Shape>(
      logits: Real<P>,
      target: Real<T> & FitsTarget<P, T, O>,
    ): Real<LossShape<Joined<P, T>, O>> => {
      const [q, p]: readonly [Expr, Expr] = [logits, target]
      const { reduction = 'mean', broadcast = false } = options ?? {}
      const problem =
        notAmong('reduction', reduction, [...reductions, 'batchmean']) ??
        notReal(q, p) ??
        targetShapeProblem({ broadcast }, q, p)
      return derived('klDivergence', [q, p], problem, () => {
        const terms = safeSelect((r) => mul(r, sub(log(r), q)), 1, 0)(ne(p, 0), p)
        return reduction === 'batchmean' ? div(sum()(terms), shapeOf(terms)[0] ?? 1) : reduceBy(reduction, terms)
      })
    },
)

// -- of classes ------------------------------------------------------------------------------------------------------

/** The axis of the classes: 1, after that of the examples; 0 for a single example. */
const classAxis = (x: Expr): number => (rankOf(x) === 1 ? 0 : 1)
const classesLast = (x: Expr): Expr => moveAxis(classAxis(x), -1)(x)
/** The number of each target's class. [N, C, ...], int [N, ...] -> [N, ...] */
const chosen = (x: Expr, target: Expr): Expr => gatherRows(rankOf(x) - 1)(classesLast(x), target)
const noClasses = (x: Expr): Problem | undefined =>
  rankOf(x) === 0 ? { _tag: 'RankMismatch', expected: 1, shape: [] } : undefined
/** What is wrong with labels as the targets of these numbers. */
const labelProblem = (x: Expr, target: Expr): Problem | undefined => {
  if (target.type.dtype !== 'int') return { _tag: 'ElementType', expected: ['int'], found: [target.type.dtype] }
  const expected = shapeOf(x).filter((_, d) => d !== classAxis(x))
  return noClasses(x) ?? notReal(x) ?? differ(expected, shapeOf(target))
}
/** The number of classes. */
type ClassCount<S extends Shape> = number extends S['length']
  ? Gradual
  : S extends readonly [infer C extends number]
    ? C
    : S extends readonly [number, infer C extends number, ...Shape]
      ? C
      : Gradual
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
  /** Targets of this value are left out of the sum and of the mean: an integer. Default: none. */
  readonly ignoreIndex?: number
}
const crossEntropyProblem = (
  { labelSmoothing: s = 0, ignoreIndex = 0, ...options }: CrossEntropyOptions,
  x: Expr,
  target: Expr,
  weight: Expr | undefined,
): Problem | undefined =>
  reductionProblem(options) ??
  unless(Number.isFinite(s) && s >= 0 && s <= 1, 'labelSmoothing', 'must be from 0 to 1') ??
  unless(Number.isInteger(ignoreIndex), 'ignoreIndex', 'must be an integer') ??
  labelProblem(x, target) ??
  (weight === undefined ? undefined : (notReal(weight) ?? differ([sizeAt(x, classAxis(x))], shapeOf(weight))))

const entropies = (options: CrossEntropyOptions, logits: Expr, target: Expr, weight: Expr | undefined): Expr => {
  const { ignoreIndex, labelSmoothing: s = 0, reduction = 'mean' } = options
  const axis = classAxis(logits)
  const left = ignoreIndex === undefined ? undefined : eq(target, ignoreIndex)
  const counted = (e: Expr): Expr => (left === undefined ? e : select(left, 0, e))
  // an example that is left out has logits 0 and label 0, so that its own numbers reach no derivative
  const label = counted(target)
  const x = left === undefined ? logits : select(reshape(withSize(shapeOf(logits), axis, 1))(left), 0, logits)
  const costs = neg(logSoftmax(axis)(x))
  const own = weight === undefined ? constant(shapeOf(target), 1) : gather(weight, label)
  const named = chosen(costs, label)
  const all = classesLast(costs)
  const even = mul(s / sizeAt(all, -1), sum(-1)(weight === undefined ? all : weighed(weight, all)))
  const single = weight === undefined ? named : weighed(own, named)
  const losses = counted(s === 0 ? single : s === 1 ? even : add(mul(1 - s, single), even))
  return reduction === 'mean' ? div(sum()(losses), sum()(counted(own))) : reduceBy(reduction, losses)
}
/**
 * -ln softmax(logits)[target], over classes on axis 1, or on axis 0 for a single example. An optional weight per class
 * multiplies the terms; 'mean' divides by the sum of the targets' weights, so that the mean of nothing is NaN: for the
 * loss of one example that may be left out use 'sum'. A label that is no class means the nearest one, because a kernel
 * cannot raise an error; `fit` refuses examples with such labels.
 *
 * Shape:   [N, C, ...], int [N, ...], [C]? -> [], or [N, ...] with reduction 'none';   [C], int [] -> []
 * Errors:  ShapeMismatch, ElementType, RankMismatch; InvalidAttribute where an option is out of its range
 *
 * @example
 * const f = programOrThrow([real(1, 2), int(1)], ([x, t]) => crossEntropy()(x, t))
 * evaluate(f.closed, [Float64Array.of(0, 0), Float64Array.of(1)]) // => [[Math.LN2]]
 */
export const crossEntropy = operation(
  'crossEntropy(options?{reduction labelSmoothing ignoreIndex})(logits, target, weight?)',
  <const O extends CrossEntropyOptions = {}>(options?: O & NotNegative<O, 'labelSmoothing'>) =>
    <S extends Shape>(
      logits: Real<S>,
      target: Expr<Classed<NoInfer<S>>, 'int'>,
      weight?: Real<readonly [ClassCount<NoInfer<S>>]>,
    ): Real<LossShape<Classed<S>, O>> => {
      const [x, t, w]: readonly [Expr, Expr, Expr | undefined] = [logits, target, weight]
      const args = w === undefined ? [x, t] : [x, t, w]
      return derived('crossEntropy', args, crossEntropyProblem(options ?? {}, x, t, w), () =>
        entropies(options ?? {}, x, t, w),
      )
    },
)
/**
 * crossEntropy with a probability for every class as the target: -sum p ln softmax(logits), without the terms of p = 0
 * at a logit of -Infinity. 'mean' is over the examples.
 *
 * Shape:   [N, C, ...], [N, C, ...] -> [], or [N, ...] with reduction 'none'
 * Errors:  ShapeMismatch, ElementType, RankMismatch
 */
export const softCrossEntropy = operation(
  'softCrossEntropy(options?{reduction})(logits, target)',
  <const O extends LossOptions = {}>(options?: O) =>
    <S extends Shape>(logits: Real<S>, target: Real<NoInfer<S>>): Real<LossShape<Classed<S>, O>> => {
      const [x, t]: readonly [Expr, Expr] = [logits, target]
      const problem = reductionProblem(options) ?? noClasses(x) ?? notReal(x, t) ?? differ(shapeOf(x), shapeOf(t))
      return derived('softCrossEntropy', [x, t], problem, () =>
        reduceBy(options?.reduction, sum(classAxis(x))(weighed(t, neg(logSoftmax(classAxis(x))(x))))),
      )
    },
)
/** Negative log-likelihood -logp[target], for log-probabilities. Shape and errors: as crossEntropy, without weights. */
export const nllLoss = operation(
  'nllLoss(options?{reduction})(logp, target)',
  <const O extends LossOptions = {}>(options?: O) =>
    <S extends Shape>(logp: Real<S>, target: Expr<Classed<NoInfer<S>>, 'int'>): Real<LossShape<Classed<S>, O>> => {
      const [x, t]: readonly [Expr, Expr] = [logp, target]
      return derived('nllLoss', [x, t], reductionProblem(options) ?? labelProblem(x, t), () =>
        reduceBy(options?.reduction, neg(chosen(x, t))),
      )
    },
)
