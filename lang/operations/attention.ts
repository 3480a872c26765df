/** Attention: every query takes the mean of the values, weighted by how well their keys match it. */

import { iota } from '../primitives/constant.ts'
import { le, mul, select } from '../primitives/elementwise.ts'
import { permute, reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { axesOf, type Shape } from '../syntax/shape.ts'
import type { FitsMatmul, Gradual, Matmul } from '../types/index.ts'
import { swapAxes } from './arranging.ts'
import { derived, sizeAt, wrong } from './derived.ts'
import { linear, matmul } from './product.ts'
import { split } from './slicing.ts'
import { softmax } from './statistics.ts'

export interface AttentionOptions {
  /** Query l sees only keys s <= l. Default: false. */
  readonly causal?: boolean
  /** The factor of the scores. Default: 1 / sqrt(D) for queries of D numbers. */
  readonly scale?: number
}
const attend = (options: AttentionOptions, q: Expr, k: Expr, v: Expr, mask: Expr | undefined): Expr => {
  const width = sizeAt(q, -1)
  const scores = mul(matmul(q, swapAxes(-1, -2)(k)), options.scale ?? 1 / Math.sqrt(width))
  const allow = (allowed: Expr, s: Expr): Expr => select(allowed, s, Number.NEGATIVE_INFINITY)
  const pairs = shapeOf(scores).slice(-2)
  const past = options.causal ? allow(le(iota(pairs, 1), iota(pairs, 0)), scores) : scores
  return matmul(softmax(-1)(mask === undefined ? past : allow(mask, past)), v)
}
const needsMatrices = (arrays: readonly Expr[]): Problem | undefined => {
  const thin = arrays.find((x) => rankOf(x) < 2)
  return thin && { _tag: 'RankMismatch', expected: 2, shape: shapeOf(thin) }
}

/** [..., S, D] -> [..., D, S] */
type Turned<S extends Shape> = number extends S['length']
  ? Gradual
  : S extends readonly [...infer F extends Shape, infer N extends number, infer M extends number]
    ? readonly [...F, M, N]
    : Gradual
/**
 * softmax(scale q k^T) v. The score of a pair whose mask is false is -Infinity. A query all of whose pairs are masked
 * gives 0, with gradient 0.
 *
 * Shape:   [..., L, D], [..., S, D], [..., S, E], bool [L, S]? -> [..., L, E]
 * Errors:  AxisSizes, RankMismatch
 * Source:  Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1
 *
 * @example
 * const f = programOrThrow(real(10, 64), (x) => attention({ causal: true })(x, x, x))
 * f.out.shape // => [10, 64]
 */
export const attention =
  (options: AttentionOptions = {}) =>
  <Q extends Shape, K extends Shape, V extends Shape>(
    q: Expr<Q, 'real'>,
    k: Expr<K, 'real'> & FitsMatmul<Q, Turned<K>>,
    v: Expr<V, 'real'> & FitsMatmul<Matmul<Q, Turned<K>>, V>,
    mask?: Expr<Gradual, 'bool'>,
  ): Expr<Matmul<Matmul<Q, Turned<K>>, V>, 'real'> => {
    const arrays = [q, k, v] as const
    return derived('attention', arrays, needsMatrices(arrays), () => attend(options, ...arrays, mask))
  }

export interface Heads extends AttentionOptions {
  /** How many heads; they divide the width D. */
  readonly heads: number
}
/** Weights and biases of the maps. Those of query, key and value are packed in this order, D rows each. */
export interface HeadParameters {
  readonly wQkv: Expr<Gradual, 'real'>
  readonly bQkv: Expr<Gradual, 'real'>
  readonly wOut: Expr<Gradual, 'real'>
  readonly bOut: Expr<Gradual, 'real'>
}
/**
 * Self-attention by several heads. Linear maps of x give queries, keys and values; each head attends on its own D /
 * heads columns; the results are concatenated and mapped once more.
 *
 * Shape:   [..., L, D], wQkv [3 D, D], bQkv [3 D], wOut [D, D], bOut [D] -> [..., L, D]
 * Errors:  InvalidAttribute, RankMismatch, AxisSizes
 * Source:  Vaswani et al. 2017, section 3.2.2; parameters as torch.nn.MultiheadAttention
 */
export const multiHeadAttention =
  (options: Heads) =>
  <S extends Shape>(x: Expr<S, 'real'>, p: HeadParameters, mask?: Expr<Gradual, 'bool'>): Expr<S, 'real'> => {
    const e: Expr = x
    const { heads } = options
    const width = sizeAt(e, -1)
    const problem =
      needsMatrices([e]) ??
      (width % heads === 0 ? undefined : wrong('heads', `of ${heads} do not divide a width of ${width}`))
    return derived('multiHeadAttention', [e], problem, () => {
      const n = rankOf(e) - 2
      const [front, length] = [shapeOf(e).slice(0, n), sizeAt(e, n)]
      // [..., L, D] <-> [..., heads, L, D / heads]
      const order = [...axesOf(n), n + 1, n, n + 2]
      const apart = (y: Expr): Expr => permute(order)(reshape([...front, length, heads, width / heads])(y))
      const together = (y: Expr): Expr => reshape(shapeOf(e))(permute(order)(y))
      const [q, k, v] = split(-1, [width, width, width])(linear(e, p.wQkv, p.bQkv))
      return linear(together(attend(options, apart(q), apart(k), apart(v), mask)), p.wOut, p.bOut)
    })
  }
