/** Attention: the result for a query is a mean of the values, weighted by how well their keys match the query. */

import { iota } from '../primitives/constant.ts'
import { add, le, mul, select } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { FitsMatmul, Gradual, Matmul } from '../types/index.ts'
import { swapAxes } from './arranging.ts'
import { derived, notFinite, sizeAt, unless, wrong } from './derived.ts'
import { linear, matmul } from './product.ts'
import { split } from './slicing.ts'
import { softmax } from './softmax.ts'

export interface AttentionOptions {
  /** Query l sees only keys s <= l. Default: false. */
  readonly causal?: boolean
  /** The factor that multiplies the scores. Default: 1 / sqrt(D), where a query has D numbers. */
  readonly scale?: number
}
/** `bias` is added to the scores. */
export const attend = (
  options: AttentionOptions,
  q: Expr,
  k: Expr,
  v: Expr,
  mask: Expr | undefined,
  bias?: Expr,
): Expr => {
  const width = sizeAt(q, -1)
  const products = mul(matmul(q, swapAxes(-1, -2)(k)), options.scale ?? 1 / Math.sqrt(width))
  const scores = bias === undefined ? products : add(products, bias)
  const allow = (allowed: Expr, s: Expr): Expr => select(allowed, s, Number.NEGATIVE_INFINITY)
  const pairs = shapeOf(scores).slice(-2)
  const visible = options.causal ? allow(le(iota(pairs, 1), iota(pairs, 0)), scores) : scores
  return matmul(softmax(-1)(mask === undefined ? visible : allow(mask, visible)), v)
}
const needsMatrices = (arrays: readonly Expr[]): Problem | undefined => {
  const vector = arrays.find((x) => rankOf(x) < 2)
  return vector && { _tag: 'RankMismatch', expected: 2, shape: shapeOf(vector) }
}

/** [..., S, D] -> [..., D, S] */
type LastSwapped<S extends Shape> = number extends S['length']
  ? Gradual
  : S extends readonly [...infer F extends Shape, infer N extends number, infer M extends number]
    ? readonly [...F, M, N]
    : Gradual
const scaleProblem = ({ scale = 1 }: AttentionOptions): Problem | undefined => notFinite('scale', scale)
/**
 * softmax(scale q k^T) v. Where the mask is false, the score is -Infinity. If every key is masked for a query, the
 * result is 0 and so is its gradient.
 *
 * Shape:   [..., L, D], [..., S, D], [..., S, E], bool [L, S]? -> [..., L, E]
 * Errors:  AxisSizes, RankMismatch; InvalidAttribute for a scale that is not finite
 * Source:  Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1
 *
 * @example
 * const f = programOrThrow(real(10, 64), (x) => attention({ causal: true })(x, x, x))
 * f.out.shape // => [10, 64]
 */
export const attention = operation(
  'attention(options?{causal scale})(q, k, v, mask?)',
  (options: AttentionOptions = {}) =>
    <Q extends Shape, K extends Shape, V extends Shape>(
      q: Expr<Q, 'real'>,
      k: Expr<K, 'real'> & FitsMatmul<Q, LastSwapped<K>>,
      v: Expr<V, 'real'> & FitsMatmul<Matmul<Q, LastSwapped<K>>, V>,
      mask?: Expr<Gradual, 'bool'>,
    ): Expr<Matmul<Matmul<Q, LastSwapped<K>>, V>, 'real'> => {
      const arrays = [q, k, v] as const
      return derived('attention', arrays, scaleProblem(options) ?? needsMatrices(arrays), () =>
        attend(options, ...arrays, mask),
      )
    },
)

/** [..., L, heads, D] <-> [..., heads, L, D] */
const swapped = (x: Expr): Expr => swapAxes(-2, -3)(x)
/** [..., L, D] -> [..., heads, L, D / heads] */
export const splitHeads =
  (heads: number) =>
  (x: Expr): Expr =>
    swapped(reshape([...shapeOf(x).slice(0, -1), heads, sizeAt(x, -1) / heads])(x))
/** [..., heads, L, D / heads] -> [..., L, D] */
export const joinHeads = (x: Expr): Expr => {
  const y = swapped(x)
  return reshape([...shapeOf(y).slice(0, -2), sizeAt(y, -2) * sizeAt(y, -1)])(y)
}

export interface Heads extends AttentionOptions {
  /** The number of heads. It must divide the width D. */
  readonly heads: number
}
/**
 * Weights and biases of the linear maps. wQkv and bQkv hold those of query, key and value in this order, D rows each.
 */
export interface HeadParameters {
  readonly wQkv: Expr<Gradual, 'real'>
  readonly bQkv: Expr<Gradual, 'real'>
  readonly wOut: Expr<Gradual, 'real'>
  readonly bOut: Expr<Gradual, 'real'>
}
/**
 * Self-attention with several heads. Linear maps of x compute the queries, keys and values. Each head attends on its
 * own D / heads columns. The results are concatenated, and a last linear map is applied.
 *
 * Shape:   [..., L, D], wQkv [3 D, D], bQkv [3 D], wOut [D, D], bOut [D] -> [..., L, D]
 * Errors:  InvalidAttribute, RankMismatch, AxisSizes
 * Source:  Vaswani et al. 2017, section 3.2.2; parameters as torch.nn.MultiheadAttention
 */
export const multiHeadAttention = operation(
  'multiHeadAttention(options)(x, parameters, mask?)',
  (options: Heads) =>
    <S extends Shape>(x: Expr<S, 'real'>, p: HeadParameters, mask?: Expr<Gradual, 'bool'>): Expr<S, 'real'> => {
      const e: Expr = x
      const { heads } = options
      const width = sizeAt(e, -1)
      const problem =
        scaleProblem(options) ??
        needsMatrices([e]) ??
        unless(Number.isInteger(heads) && heads > 0, 'heads', 'must be a positive integer') ??
        (width % heads === 0 ? undefined : wrong('heads', `${heads} do not divide a width of ${width}`))
      return derived('multiHeadAttention', [e], problem, () => {
        const [q, k, v] = split(-1, [width, width, width])(linear(e, p.wQkv, p.bQkv))
        const each = splitHeads(heads)
        return linear(joinHeads(attend(options, each(q), each(k), each(v), mask)), p.wOut, p.bOut)
      })
    },
)
