/** Losses of probabilities and of their logits or logarithms, element by element. */
import { declareJvp } from '../control/custom.ts'
import { sum } from '../primitives/broadcast.ts'
import { add, div, eq, le, log, log1p, max, mul, neg, select, sub } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { broadcastShapes, type Shape, sameShape } from '../syntax/shape.ts'
import type { FitsTo, Joined } from '../types/index.ts'
import { logSigmoid } from './activation.ts'
import { square } from './comparison.ts'
import { derived, notAmong, notReal, type Real } from './derived.ts'
import {
  type ElementwiseOptions,
  elementwise,
  type FitsTarget,
  type Loss,
  type LossShape,
  reduceBy,
  reductionProblem,
  reductions,
  targetShapeProblem,
  weighed,
} from './loss.ts'

/** The two logarithms of bceLoss, at least -100. */
const yes = (p: Expr): Expr => max(log(p), -100)
const no = (p: Expr): Expr => max(log1p(neg(p)), -100)
/** (1 - p) p, at least 1e-12. */
const least = 1e-12
const spread = (p: Expr): Expr => max(mul(sub(1, p), p), least)
/**
 * (p - t) / spread(p). Its derivative in p is (1 - t) / (1 - p)^2 + t / p^2, in which nothing cancels; where the spread
 * is clamped it is 1e12.
 */
const slope = declareJvp(
  ([p, t]: readonly [Expr, Expr]): Expr => div(sub(p, t), spread(p)),
  ([p, t], [dp, dt]): Expr => {
    const clamped = le(spread(p), least)
    const q = select(clamped, 0.5, p)
    const inner = add(div(sub(1, t), square(sub(1, q))), div(t, square(q)))
    return sub(mul(dp, select(clamped, 1 / least, inner)), div(dt, spread(p)))
  },
)
const bce = declareJvp(
  ([p, t]: readonly [Expr, Expr]): Expr => neg(add(mul(t, yes(p)), mul(sub(1, t), no(p)))),
  ([p, t], [dp, dt]): Expr => add(mul(dp, slope([p, t])), mul(dt, sub(no(p), yes(p)))),
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
 * target. Where p is 0 the term is 0 and ln p counts as 0, so that the derivative in p is -q.
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
        const terms = weighed(p, sub(log(select(eq(p, 0), 1, p)), q))
        return reduction === 'batchmean' ? div(sum()(terms), shapeOf(terms)[0] ?? 1) : reduceBy(reduction, terms)
      })
    },
)
