import { sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import { add, div, eq, mul, neg, select } from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { Gradual } from '../types/index.ts'
import { derived, differ, notReal, type Real, sizeAt, unless, withSize } from './derived.ts'
import { type LossOptions, type LossShape, type NotNegative, reduceBy, reductionProblem, weighed } from './loss.ts'
import { logSoftmax } from './softmax.ts'

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
