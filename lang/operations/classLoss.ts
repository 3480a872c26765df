import { sum } from '../primitives/broadcast.ts'
import { constant } from '../primitives/constant.ts'
import { add, div, eq, mul, neg, select } from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { moveAxis, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axisOf, type Shape } from '../syntax/shape.ts'
import type { Axis, FitsAxes, Gradual, Removed } from '../types/index.ts'
import { axisProblem, derived, differ, notReal, type Real, sizeAt, unless, withSize } from './derived.ts'
import { type LossOptions, type LossShape, type NotNegative, reduceBy, reductionProblem, weighed } from './loss.ts'
import { logSoftmax } from './softmax.ts'

/** The axis of the classes; by default 1, after that of the examples, but 0 for a single example. */
const classAxis = (x: Expr, axis?: number): number =>
  axis === undefined ? (rankOf(x) === 1 ? 0 : 1) : axisOf(axis, rankOf(x))
const classesLast = (x: Expr, axis: number): Expr => moveAxis(axis, -1)(x)
/** The number of each target's class. [N, C, ...], int [N, ...] -> [N, ...] */
const chosen = (x: Expr, target: Expr, axis: number): Expr => gatherRows(rankOf(x) - 1)(classesLast(x, axis), target)
const noClasses = (x: Expr): Problem | undefined =>
  rankOf(x) === 0 ? { _tag: 'RankMismatch', expected: 1, shape: [] } : undefined
/** What is wrong with labels as the targets of these numbers. */
const labelProblem = (x: Expr, target: Expr, axis = classAxis(x)): Problem | undefined => {
  if (target.type.dtype !== 'int') return { _tag: 'ElementType', expected: ['int'], found: [target.type.dtype] }
  const expected = shapeOf(x).filter((_, d) => d !== axis)
  return noClasses(x) ?? notReal(x) ?? differ(expected, shapeOf(target))
}
/** The class axis of options O, of an array of shape S. */
type ClassAxis<S extends Shape, O> = O extends { readonly axis: infer A extends number }
  ? A
  : S['length'] extends 1
    ? 0
    : 1
/** What the logits must also be: where an axis is given, they have it. */
type FitsClassAxis<S extends Shape, O> = [O] extends [never]
  ? unknown
  : O extends { readonly axis: infer A extends number }
    ? FitsAxes<S, A>
    : unknown
/** The number of classes. */
type ClassCount<S extends Shape, O = {}> = number extends S['length'] | ClassAxis<S, O>
  ? Gradual
  : Axis<S, ClassAxis<S, O>> extends infer K extends keyof S
    ? S[K] & number
    : Gradual
/** The shape without its class axis. */
type Classed<S extends Shape, O = {}> = number extends S['length'] | ClassAxis<S, O>
  ? Gradual
  : Removed<S, ClassAxis<S, O>>

export interface CrossEntropyOptions extends LossOptions {
  /** The part of each target that is spread evenly over all classes, from 0 to 1. Default: 0. */
  readonly labelSmoothing?: number
  /** Targets of this value are left out of the sum and of the mean: an integer. Default: none. */
  readonly ignoreIndex?: number
  /** The axis of the classes; -1 is the last. Default: 1, but 0 for a single example. */
  readonly axis?: number
}
const crossEntropyProblem = (
  { labelSmoothing: s = 0, ignoreIndex = 0, axis, ...options }: CrossEntropyOptions,
  x: Expr,
  target: Expr,
  weight: Expr | undefined,
): Problem | undefined =>
  reductionProblem(options) ??
  unless(Number.isFinite(s) && s >= 0 && s <= 1, 'labelSmoothing', 'must be from 0 to 1') ??
  unless(Number.isInteger(ignoreIndex), 'ignoreIndex', 'must be an integer') ??
  noClasses(x) ??
  (axis === undefined ? undefined : axisProblem(axis, rankOf(x))) ??
  labelProblem(x, target, classAxis(x, axis)) ??
  (weight === undefined ? undefined : (notReal(weight) ?? differ([sizeAt(x, classAxis(x, axis))], shapeOf(weight))))

const entropies = (options: CrossEntropyOptions, logits: Expr, target: Expr, weight: Expr | undefined): Expr => {
  const { ignoreIndex, labelSmoothing: s = 0, reduction = 'mean' } = options
  const axis = classAxis(logits, options.axis)
  const left = ignoreIndex === undefined ? undefined : eq(target, ignoreIndex)
  const counted = (e: Expr): Expr => (left === undefined ? e : select(left, 0, e))
  // an example that is left out has logits 0 and label 0, so that its own numbers reach no derivative
  const label = counted(target)
  const x = left === undefined ? logits : select(reshape(withSize(shapeOf(logits), axis, 1))(left), 0, logits)
  const costs = neg(logSoftmax(axis)(x))
  const own = weight === undefined ? constant(shapeOf(target), 1) : gather(weight, label)
  const named = chosen(costs, label, axis)
  const all = classesLast(costs, axis)
  const even = mul(s / sizeAt(all, -1), sum(-1)(weight === undefined ? all : weighed(weight, all)))
  const single = weight === undefined ? named : weighed(own, named)
  const losses = counted(s === 0 ? single : s === 1 ? even : add(mul(1 - s, single), even))
  return reduction === 'mean' ? div(sum()(losses), sum()(counted(own))) : reduceBy(reduction, losses)
}
/**
 * -ln softmax(logits)[target], over classes on axis 1, or on axis 0 for a single example, or on the axis that is given. An
 * optional weight per class multiplies the terms; 'mean' divides by the sum of the targets' weights, so that the mean of nothing is NaN: for the
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
  'crossEntropy(options?{reduction labelSmoothing ignoreIndex axis})(logits, target, weight?)',
  <const O extends CrossEntropyOptions = {}>(options?: O & NotNegative<O, 'labelSmoothing'>) =>
    <S extends Shape>(
      logits: Real<S> & FitsClassAxis<S, O>,
      target: Expr<Classed<NoInfer<S>, O>, 'int'>,
      weight?: Real<readonly [ClassCount<NoInfer<S>, O>]>,
    ): Real<LossShape<Classed<S, O>, O>> => {
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
        reduceBy(options?.reduction, neg(chosen(x, t, classAxis(x)))),
      )
    },
)
