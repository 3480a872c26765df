/** Losses that compare scores with a margin, and losses of counts and of variances: those of torch.nn.functional. */

import { declareJvp } from '../control/custom.ts'
import { sum } from '../primitives/broadcast.ts'
import { iota } from '../primitives/constant.ts'
import {
  add,
  and,
  div,
  eq,
  exp,
  log,
  lt,
  max,
  min,
  mul,
  ne,
  neg,
  not,
  select,
  sqrt,
  sub,
} from '../primitives/elementwise.ts'
import { gather, gatherRows } from '../primitives/indexing.ts'
import { reduceMax, reduceMin } from '../primitives/reduction.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { broadcastShapes, type Shape, sameShape } from '../syntax/shape.ts'
import type { Gradual } from '../types/index.ts'
import { logSigmoid, relu, softplus } from './activation.ts'
import { average } from './along.ts'
import { unsqueeze } from './arranging.ts'
import { clamp, pow, square } from './comparison.ts'
import { derived, differ, notFinite, notReal, type Real, sizeAt, unless } from './derived.ts'
import {
  type ElementwiseOptions,
  elementwise,
  type Loss,
  type LossOptions,
  type LossShape,
  reduceBy,
  reductionProblem,
} from './loss.ts'
import { apart } from './similarity.ts'

/** max(x, 0), with derivative 1 at 0, as PyTorch's losses have it. */
const hinge = (x: Expr): Expr => clamp(0)(x)
type Vectors = Real<Gradual>
export interface MarginOptions extends LossOptions {
  /** How far apart the scores must be. */
  readonly margin?: number
}
/** A loss of several arrays that broadcast: its checks, and its reduction. */
const ofArrays = (
  op: string,
  options: LossOptions & { readonly margin?: number },
  args: readonly Expr[],
  terms: () => Expr,
  rule?: Problem,
): Expr => {
  const joined = args.reduce<Shape | undefined>((s, a) => s && broadcastShapes(s, shapeOf(a)), [])
  const problem: Problem | undefined =
    reductionProblem(options) ??
    notFinite('margin', options.margin ?? 0) ??
    rule ??
    notReal(...args) ??
    (joined === undefined ? { _tag: 'ShapeMismatch', shapes: args.map((a) => shapeOf(a)) } : undefined)
  return derived(op, args, problem, () => reduceBy(options.reduction, terms()))
}

/**
 * max(0, margin - t (x - y)) for t = 1 where x should rank higher than y, and t = -1 where y should; margin 0 by default.
 *
 * Shape:   [...], [...], [...], which broadcast -> [], or [...] with reduction 'none'
 * Errors:  ShapeMismatch, ElementType, InvalidAttribute
 */
export const marginRankingLoss = operation(
  'marginRankingLoss(options?{reduction margin})(x, y, target)',
  <const O extends MarginOptions = {}>(options?: O) =>
    (x: Vectors, y: Vectors, target: Vectors): Real<LossShape<Gradual, O>> => {
      const { margin = 0 } = options ?? {}
      return ofArrays('marginRankingLoss', options ?? {}, [x, y, target], () =>
        hinge(sub(margin, mul(target, sub(x, y)))),
      ) as Real<LossShape<Gradual, O>>
    },
)
export interface HingeOptions extends ElementwiseOptions {
  /** Default: 1. */
  readonly margin?: number
}
/**
 * x where the target is 1, max(0, margin - x) where it is -1: for distances x of similar and of dissimilar pairs. Shape and
 * errors: as mseLoss
 */
export const hingeEmbeddingLoss = operation(
  'hingeEmbeddingLoss(options?{reduction broadcast margin})(prediction, target)',
  <const O extends HingeOptions = {}>(options?: O): Loss<O> => {
    const { margin = 1 } = options ?? {}
    return elementwise(
      'hingeEmbeddingLoss',
      options,
      (x, t) => add(select(ne(t, 1), hinge(sub(margin, x)), 0), select(ne(t, -1), x, 0)),
      notFinite('margin', margin),
    )
  },
)
/** ln(1 + e^(-t x)) for targets t of -1 and 1. Shape and errors: as mseLoss */
export const softMarginLoss = operation(
  'softMarginLoss(options?{reduction broadcast})(prediction, target)',
  <const O extends ElementwiseOptions = {}>(options?: O): Loss<O> =>
    elementwise('softMarginLoss', options, (x, t) => softplus()(neg(mul(t, x)))),
)
/**
 * 1 - cos(x, y) where the target is 1, max(0, cos(x, y) - margin) where it is -1, for vectors along the last axis; margin 0 by
 * default.
 *
 * Shape:   [..., n], [..., n], [...] -> [], or [...] with reduction 'none'
 * Errors:  as marginRankingLoss
 */
export const cosineEmbeddingLoss = operation(
  'cosineEmbeddingLoss(options?{reduction margin})(x, y, target)',
  <const O extends MarginOptions = {}>(options?: O) =>
    (x: Vectors, y: Vectors, target: Vectors): Real<LossShape<Gradual, O>> => {
      const { margin = 0 } = options ?? {}
      const of = rankOf(x) > 0 ? differ(shapeOf(x).slice(0, -1), shapeOf(target)) : undefined
      return derived(
        'cosineEmbeddingLoss',
        [x, y, target],
        of ?? differ(shapeOf(x), shapeOf(y)) ?? notReal(x, y, target) ?? reductionProblem(options),
        () => {
          const squares = (e: Expr): Expr => add(sum(-1)(square(e)), 1e-12)
          const cosine = div(sum(-1)(mul(x, y)), sqrt(mul(squares(x), squares(y))))
          const terms = select(eq(target, 1), sub(1, cosine), select(eq(target, -1), hinge(sub(cosine, margin)), 0))
          return reduceBy(options?.reduction, terms)
        },
      ) as Real<LossShape<Gradual, O>>
    },
)
export interface TripletOptions extends MarginOptions {
  /** The order of the norm: positive, or Infinity. Default: 2. */
  readonly p?: number
  /** What is added to every difference. Default: 1e-6. */
  readonly eps?: number
  /** Whether the negative is also compared with the positive, where that is nearer. Default: false. */
  readonly swap?: boolean
}
/**
 * max(0, |anchor - positive| - |anchor - negative| + margin), for vectors along the last axis; margin 1 by default.
 *
 * Shape:   [..., n], [..., n], [..., n] -> [], or [...] with reduction 'none'
 * Errors:  as marginRankingLoss
 * Source:  Balntas et al., "Learning local feature descriptors with triplets" (2016)
 */
export const tripletMarginLoss = operation(
  'tripletMarginLoss(options?{reduction margin p eps swap})(anchor, positive, negative)',
  <const O extends TripletOptions = {}>(options?: O) =>
    (anchor: Vectors, positive: Vectors, negative: Vectors): Real<LossShape<Gradual, O>> => {
      const { margin = 1, p = 2, eps = 1e-6, swap = false } = options ?? {}
      const distance = (x: Expr, y: Expr): Expr => apart(p, eps, false, x, y)
      return ofArrays(
        'tripletMarginLoss',
        options ?? {},
        [anchor, positive, negative],
        () => {
          const far = distance(anchor, negative)
          const other = swap ? min(far, distance(positive, negative)) : far
          return hinge(add(sub(distance(anchor, positive), other), margin))
        },
        unless(p > 0, 'p', 'must be positive'),
      ) as Real<LossShape<Gradual, O>>
    },
)

// -- classes -----------------------------------------------------------------------------------------------------------

const labels = (x: Expr, target: Expr, expected: Shape): Problem | undefined =>
  target.type.dtype !== 'int'
    ? { _tag: 'ElementType', expected: ['int'], found: [target.type.dtype] }
    : rankOf(x) === 0
      ? { _tag: 'RankMismatch', expected: 1, shape: [] }
      : (notReal(x) ?? differ(expected, shapeOf(target)))
const classesOf = (x: Expr): Expr =>
  iota(
    [
      ...shapeOf(x)
        .map(() => 1)
        .slice(1),
      sizeAt(x, -1),
    ],
    rankOf(x) - 1,
  )
export interface MultiMarginOptions extends MarginOptions {
  /** The power of each term: 1 or 2. Default: 1. */
  readonly p?: 1 | 2
}
/**
 * sum over the other classes j of max(0, margin - x[target] + x[j])^p, over the number of classes; margin 1 by default. The
 * optional weights are those of the targets' classes.
 *
 * Shape:   [..., C], int [...], [C]? -> [], or [...] with reduction 'none'
 * Errors:  ShapeMismatch, ElementType, InvalidAttribute
 */
export const multiMarginLoss = operation(
  'multiMarginLoss(options?{reduction margin p})(x, target, weight?)',
  <const O extends MultiMarginOptions = {}>(options?: O) =>
    (x: Vectors, target: Expr<Gradual, 'int'>, weight?: Vectors): Real<LossShape<Gradual, O>> => {
      const [e, t]: readonly [Expr, Expr] = [x, target]
      const { margin = 1, p = 1 } = options ?? {}
      const problem =
        reductionProblem(options) ??
        notFinite('margin', margin) ??
        unless(p === 1 || p === 2, 'p', 'must be 1 or 2') ??
        labels(e, t, shapeOf(e).slice(0, -1)) ??
        (weight === undefined ? undefined : differ([sizeAt(e, -1)], shapeOf(weight)))
      return derived('multiMarginLoss', weight === undefined ? [e, t] : [e, t, weight], problem, () => {
        const own = unsqueeze(-1)(gatherRows(rankOf(e) - 1)(e, t))
        const terms = pow(relu(add(sub(margin, own), e)), p)
        const weighed = weight === undefined ? terms : mul(terms, unsqueeze(-1)(gather(weight, t)))
        const others = select(eq(classesOf(e), unsqueeze(-1)(t)), 0, weighed)
        return reduceBy(options?.reduction, div(sum(-1)(others), sizeAt(e, -1)))
      }) as Real<LossShape<Gradual, O>>
    },
)
/**
 * sum over target classes i and other classes j of max(0, 1 - x[i] + x[j]), over the number of classes. The targets of an
 * example are the classes in front of the first -1.
 *
 * Shape:   [..., C], int [..., C] -> [], or [...] with reduction 'none'
 * Errors:  as multiMarginLoss
 */
export const multilabelMarginLoss = operation(
  'multilabelMarginLoss(options?{reduction})(x, target)',
  <const O extends LossOptions = {}>(options?: O) =>
    (x: Vectors, target: Expr<Gradual, 'int'>): Real<LossShape<Gradual, O>> => {
      const [e, t]: readonly [Expr, Expr] = [x, target]
      const problem = reductionProblem(options) ?? labels(e, t, shapeOf(e))
      return derived('multilabelMarginLoss', [e, t], problem, () => {
        const n = sizeAt(e, -1)
        const first = reduceMin(-1)(select(lt(t, 0), classesOf(e), n)) // where the list ends
        const listed = lt(classesOf(e), unsqueeze(-1)(first))
        const hit = and(eq(unsqueeze(-1)(t), unsqueeze(-2)(classesOf(e))), unsqueeze(-1)(listed))
        const isTarget = lt(0, reduceMax(-2)(select(hit, 1, 0)))
        const own = gatherRows(rankOf(e) - 1)(e, t)
        const terms = relu(add(sub(1, unsqueeze(-1)(own)), unsqueeze(-2)(e)))
        const counts = and(unsqueeze(-1)(listed), unsqueeze(-2)(not(isTarget)))
        return reduceBy(options?.reduction, div(sum([-1, -2])(select(counts, terms, 0)), n))
      }) as Real<LossShape<Gradual, O>>
    },
)
/**
 * The mean over the classes of -(t ln sigmoid(x) + (1 - t) ln sigmoid(-x)), for several labels per example: targets t of 0
 * and 1. The optional weights are those of the classes.
 *
 * Shape:   [..., C], [..., C], [C]? -> [], or [...] with reduction 'none'
 * Errors:  as multiMarginLoss
 */
export const multilabelSoftMarginLoss = operation(
  'multilabelSoftMarginLoss(options?{reduction})(x, target, weight?)',
  <const O extends LossOptions = {}>(options?: O) =>
    (x: Vectors, target: Vectors, weight?: Vectors): Real<LossShape<Gradual, O>> => {
      const args = weight === undefined ? [x, target] : [x, target, weight]
      const problem =
        reductionProblem(options) ??
        notReal(...args) ??
        differ(shapeOf(x), shapeOf(target)) ??
        (sameShape(shapeOf(weight ?? x).slice(-1), shapeOf(x).slice(-1))
          ? undefined
          : differ(shapeOf(x).slice(-1), shapeOf(weight ?? x)))
      return derived('multilabelSoftMarginLoss', args, problem, () => {
        const terms = neg(add(mul(target, logSigmoid(x)), mul(sub(1, target), logSigmoid(neg(x)))))
        return reduceBy(options?.reduction, average([rankOf(x) - 1])(weight === undefined ? terms : mul(weight, terms)))
      }) as Real<LossShape<Gradual, O>>
    },
)

// -- counts and variances ------------------------------------------------------------------------------------------------

export interface PoissonOptions extends ElementwiseOptions {
  /** Whether the prediction is the logarithm of the rate. Default: true. */
  readonly logInput?: boolean
  /** Whether Stirling's approximation of ln t! is added where t > 1. Default: false. */
  readonly full?: boolean
  /** What is added to a rate before its logarithm. Default: 1e-8. */
  readonly eps?: number
}
/**
 * Negative log likelihood of counts t: e^x - t x for logarithms x of rates; x - t ln(x + eps) for rates. Shape and errors: as
 * mseLoss
 */
export const poissonNllLoss = operation(
  'poissonNllLoss(options?{reduction broadcast logInput full eps})(prediction, target)',
  <const O extends PoissonOptions = {}>(options?: O): Loss<O> => {
    const { logInput = true, full = false, eps = 1e-8 } = options ?? {}
    return elementwise(
      'poissonNllLoss',
      options,
      (x, t) => {
        const own = logInput ? sub(exp(x), mul(t, x)) : sub(x, mul(t, log(add(x, eps))))
        if (!full) return own
        const many = select(lt(1, t), t, 1)
        const stirling = add(sub(mul(many, log(many)), many), mul(0.5, log(mul(2 * Math.PI, many))))
        return add(own, select(lt(1, t), stirling, 0))
      },
      notFinite('eps', eps),
    )
  },
)
export interface GaussianOptions extends LossOptions {
  /** Whether the constant ln(2 pi) / 2 is added. Default: false. */
  readonly full?: boolean
  /** The least variance: smaller ones count as this, with the derivative at it. Default: 1e-6. */
  readonly eps?: number
}
/**
 * Negative log likelihood of t under a normal distribution: (ln v + (x - t)^2 / v) / 2, for predicted means x and variances
 * v. As in PyTorch a variance below eps counts as eps, with the derivative that eps has.
 *
 * Shape:   [...], [...], [...], which broadcast -> [], or [...] with reduction 'none'
 * Errors:  as marginRankingLoss
 */
export const gaussianNllLoss = operation(
  'gaussianNllLoss(options?{reduction full eps})(prediction, target, variance)',
  <const O extends GaussianOptions = {}>(options?: O) =>
    (prediction: Vectors, target: Vectors, variance: Vectors): Real<LossShape<Gradual, O>> => {
      const { full = false, eps = 1e-6 } = options ?? {}
      return ofArrays(
        'gaussianNllLoss',
        options ?? {},
        [prediction, target, variance],
        () => {
          const v = declareJvp(
            (e: Expr): Expr => max(e, eps),
            (_, de): Expr => de,
          )(variance)
          const terms = mul(0.5, add(log(v), div(square(sub(prediction, target)), v)))
          return full ? add(terms, 0.5 * Math.log(2 * Math.PI)) : terms
        },
        unless(Number.isFinite(eps) && eps > 0, 'eps', 'must be positive and finite'),
      ) as Real<LossShape<Gradual, O>>
    },
)
