/** Distances and angles between vectors: of two side by side, and of all pairs. */

import { sum } from '../primitives/broadcast.ts'
import { intTensor } from '../primitives/constant.ts'
import { abs, add, div, max, mul, ne, sub } from '../primitives/elementwise.ts'
import { gather } from '../primitives/indexing.ts'
import { reduceMax } from '../primitives/reduction.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { axesOf, axisOf, broadcastShapes, type Shape } from '../syntax/shape.ts'
import type { Fits, Gradual, Joined, Reduced } from '../types/index.ts'
import { type Keep, keeping, type Reduction } from './along.ts'
import { unsqueeze } from './arranging.ts'
import { pow, safeSelect } from './comparison.ts'
import { axisProblem, derived, differ, notFinite, notReal, sizeAt, unless } from './derived.ts'
import { length } from './norm.ts'

/** The order of a norm: positive, and Infinity for the largest. */
const orderProblem = (p: number): Problem | undefined => unless(p > 0, 'p', 'must be positive')
/** The p-norm; its derivative is 0 where all numbers are 0. */
const normOf =
  (p: number): Reduction =>
  (axes) =>
  (x) => {
    if (p === 2) return length(axes)(x)
    if (p === 1) return sum(axes)(abs(x))
    if (p === Number.POSITIVE_INFINITY) return reduceMax(axes)(abs(x))
    const powers = sum(axes)(safeSelect((e) => pow(e, p), 1, 0)(ne(x, 0), abs(x)))
    return safeSelect((e) => pow(e, 1 / p), 1, 0)(ne(powers, 0), powers)
  }
const together = (x: Expr, y: Expr): Problem | undefined =>
  notReal(x, y) ??
  (broadcastShapes(shapeOf(x), shapeOf(y)) === undefined
    ? { _tag: 'ShapeMismatch', shapes: [shapeOf(x), shapeOf(y)] }
    : undefined)

/** x . y / (max(|x|, eps) max(|y|, eps)) along an axis that counts from the end. */
const cosine = (axis: number, eps: number, x: Expr, y: Expr): Expr => {
  const unit = (e: Expr): Expr => div(e, max(keeping(length)([axisOf(axis, rankOf(e))])(e), eps))
  return sum(axis)(mul(unit(x), unit(y)))
}
type Pairwise<A extends number> = <X extends Shape, Y extends Shape>(
  x: Expr<X, 'real'>,
  y: Expr<Y, 'real'> & Fits<X, Y>,
) => Expr<Reduced<Joined<X, Y>, A>, 'real'>
/**
 * The cosine of the angle between vectors along an axis (the last by default): x . y / (max(|x|, eps) max(|y|, eps)), so
 * that a vector of zeros has cosine 0.
 *
 * Shape:   [..., n, ...], [..., n, ...], which broadcast -> [..., ...]
 * Options: eps: 1e-8
 * Errors:  ShapeMismatch, AxisOutOfRange, ElementType
 *
 * @example
 * const f = programOrThrow([real(2), real(2)], ([x, y]) => cosineSimilarity()(x, y))
 * evaluate(f.closed, [Float64Array.of(3, 4), Float64Array.of(4, 3)]) // => [[0.96]]
 */
export const cosineSimilarity = operation(
  'cosineSimilarity(axis?, options?{eps})(x, y)',
  <const A extends number = -1>(axis?: A, { eps = 1e-8 }: { readonly eps?: number } = {}): Pairwise<A> =>
    (x: Expr, y: Expr) => {
      const rank = Math.max(rankOf(x), rankOf(y))
      const at = axis ?? -1
      return derived('cosineSimilarity', [x, y], together(x, y) ?? axisProblem(at, rank), () =>
        cosine(at < 0 ? at : at - rank, eps, x, y),
      )
    },
)
export interface PairwiseOptions extends Keep {
  /** The order of the norm: positive, or Infinity. Default: 2. */
  readonly p?: number
  /** What is added to every difference, so that equal vectors have a derivative. Default: 1e-6. */
  readonly eps?: number
}
/**
 * The p-norm of x - y + eps along the last axis, as torch.nn.functional.pairwise_distance.
 *
 * Shape:   [..., n], [..., n], which broadcast -> [...]
 * Options: p (2), eps (1e-6), keep (false)
 * Errors:  ShapeMismatch, ElementType, InvalidAttribute
 */
export const pairwiseDistance = operation(
  'pairwiseDistance(options?{p eps keep})(x, y)',
  ({ p = 2, eps = 1e-6, keep = false }: PairwiseOptions = {}) =>
    (x: Expr<Gradual, 'real'>, y: Expr<Gradual, 'real'>): Expr<Gradual, 'real'> => {
      const problem = together(x, y) ?? orderProblem(p) ?? notFinite('eps', eps)
      return derived('pairwiseDistance', [x, y], problem, () => apart(p, eps, keep, x, y))
    },
)
export const apart = (p: number, eps: number, keep: boolean, x: Expr, y: Expr): Expr => {
  const d = add(sub(x, y), eps)
  return (keep ? keeping(normOf(p)) : normOf(p))([rankOf(d) - 1])(d)
}
/**
 * The p-norm of the difference of every row of x and every row of y. The derivative is 0 where two rows are equal.
 *
 * Shape:   [..., N, M], [..., R, M] -> [..., N, R]
 * Options: p (2): positive, or Infinity
 * Cost:    3 N R M operations; each difference is subtracted before it is squared, so that near rows keep their digits
 * Errors:  ShapeMismatch, RankMismatch, ElementType, InvalidAttribute
 *
 * @example
 * const f = programOrThrow([real(1, 2), real(2, 2)], ([x, y]) => cdist()(x, y))
 * evaluate(f.closed, [Float64Array.of(0, 0), Float64Array.of(3, 4, 0, 1)]) // => [[5, 1]]
 */
export const cdist = operation(
  'cdist(options?{p})(x, y)',
  ({ p = 2 }: { readonly p?: number } = {}) =>
    (x: Expr<Gradual, 'real'>, y: Expr<Gradual, 'real'>): Expr<Gradual, 'real'> => {
      const [e, f]: readonly [Expr, Expr] = [x, y]
      const low = [e, f].find((a) => rankOf(a) < 2)
      const problem: Problem | undefined =
        orderProblem(p) ??
        (low === undefined ? undefined : { _tag: 'RankMismatch', expected: 2, shape: shapeOf(low) }) ??
        differ([sizeAt(e, -1)], [sizeAt(f, -1)])
      return derived('cdist', [e, f], problem, () => {
        const d = sub(unsqueeze(-2)(e), unsqueeze(-3)(f))
        return normOf(p)([rankOf(d) - 1])(d)
      })
    },
)
/**
 * The p-norm of the difference of every two rows i < j, in the order (0, 1), (0, 2), ..., (1, 2), ...
 *
 * Shape:   [N, M] -> [N (N - 1) / 2]
 * Options: p (2): positive, or Infinity
 * Errors:  RankMismatch, ElementType, InvalidAttribute
 */
export const pdist = operation(
  'pdist(options?{p})(x)',
  ({ p = 2 }: { readonly p?: number } = {}) =>
    (x: Expr<Gradual, 'real'>): Expr<readonly [number], 'real'> => {
      const e: Expr = x
      const rank: Problem | undefined =
        rankOf(e) === 2 ? undefined : { _tag: 'RankMismatch', expected: 2, shape: shapeOf(e) }
      return derived('pdist', [e], orderProblem(p) ?? rank ?? notReal(e), () => {
        const n = sizeAt(e, 0)
        const pairs = axesOf(n).flatMap((i) => axesOf(n - 1 - i).map((k) => [i, i + 1 + k] as const))
        const row = (side: 0 | 1): Expr =>
          gather(
            e,
            intTensor(
              [pairs.length],
              pairs.map((pair) => pair[side]),
            ),
          )
        return normOf(p)([1])(sub(row(0), row(1)))
      }) as Expr<readonly [number], 'real'>
    },
)
