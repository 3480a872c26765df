/** Attention: the result for a query is a mean of the values, weighted by how well their keys match the query. */

import { iota } from '../primitives/constant.ts'
import { add, div, le, mul, select } from '../primitives/elementwise.ts'
import { reshape } from '../primitives/reindex.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import type { Shape } from '../syntax/shape.ts'
import type { FitsMatmul, Gradual, Matmul } from '../types/index.ts'
import { swapAxes, unsqueeze } from './arranging.ts'
import { derived, notFinite, sizeAt, unless, wrong } from './derived.ts'
import { linear, matmul } from './product.ts'
import { bernoulli, type Key } from './random.ts'
import { split } from './slicing.ts'
import { softmax } from './softmax.ts'

export interface AttentionOptions {
  /** Query l sees only keys s <= l. Default: false. */
  readonly causal?: boolean
  /** The factor that multiplies the scores. Default: 1 / sqrt(D), where a query has D numbers. */
  readonly scale?: number
}
export interface SharedOptions extends AttentionOptions {
  /**
   * Whether groups of query heads share a head of keys and values: H / G heads of each for H of queries, on axis -3. Default:
   * false.
   */
  readonly grouped?: boolean
  /** The probability that a weight is 0; the others are divided by 1 - dropout. It needs a key. Default: 0. */
  readonly dropout?: number
}
/** `bias` is added to the scores; `thin` is applied to the weights. */
export const attend = (
  options: AttentionOptions,
  q: Expr,
  k: Expr,
  v: Expr,
  mask: Expr | undefined,
  bias?: Expr,
  thin: (weights: Expr) => Expr = (weights) => weights,
): Expr => {
  const width = sizeAt(q, -1)
  const products = mul(matmul(q, swapAxes(-1, -2)(k)), options.scale ?? 1 / Math.sqrt(width))
  const scores = bias === undefined ? products : add(products, bias)
  const allow = (allowed: Expr, s: Expr): Expr => select(allowed, s, Number.NEGATIVE_INFINITY)
  const pairs = shapeOf(scores).slice(-2)
  const visible = options.causal ? allow(le(iota(pairs, 1), iota(pairs, 0)), scores) : scores
  return matmul(thin(softmax(-1)(mask === undefined ? visible : allow(mask, visible))), v)
}
/** A mask of truth values hides scores; one of reals is added to them. */
const masked = (options: SharedOptions, arrays: Triple, mask: Expr | undefined, key: Key | undefined): Expr => {
  const real = mask?.type.dtype === 'real'
  const { dropout = 0 } = options
  const thin = (weights: Expr): Expr => {
    if (dropout === 0 || key === undefined) return weights
    const kept: Expr = bernoulli(1 - dropout, shapeOf(weights))(key)
    return select(kept, div(weights, dropout < 1 ? 1 - dropout : 1), 0)
  }
  return attend(options, ...arrays, real ? undefined : mask, real ? mask : undefined, thin)
}
type Triple = readonly [Expr, Expr, Expr]
/** Each group of query heads with its head of keys and values: an axis more, in which the latter repeat. */
const inGroups = (options: SharedOptions, [q, k, v]: Triple, mask: Expr | undefined, key: Key | undefined): Expr => {
  const [heads, shared] = [sizeAt(q, -3), sizeAt(k, -3)]
  const grouped = (e: Expr): Expr =>
    reshape([...shapeOf(e).slice(0, -3), shared, heads / shared, ...shapeOf(e).slice(-2)])(e)
  const own =
    mask === undefined || rankOf(mask) < 3 ? mask : sizeAt(mask, -3) === heads ? grouped(mask) : unsqueeze(-3)(mask)
  const y = masked(options, [grouped(q), unsqueeze(-3)(k), unsqueeze(-3)(v)], own, key)
  return reshape([...shapeOf(y).slice(0, -4), heads, ...shapeOf(y).slice(-2)])(y)
}
const groupedProblem = ([q, k, v]: Triple): Problem | undefined => {
  const low = [q, k, v].find((x) => rankOf(x) < 3)
  if (low !== undefined) return { _tag: 'RankMismatch', expected: 3, shape: shapeOf(low) }
  const [heads, shared] = [sizeAt(q, -3), sizeAt(k, -3)]
  return unless(
    shared > 0 && heads % shared === 0 && sizeAt(v, -3) === shared,
    'grouped',
    `needs a multiple of the ${shared} heads of keys and of the ${sizeAt(v, -3)} heads of values, not ${heads} heads of queries`,
  )
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
/** The keys and values that fit: with { grouped: true } their heads are checked when the program is built. */
type FitsKeys<Q extends Shape, K extends Shape, O> = IsGrouped<O> extends true ? unknown : FitsMatmul<Q, LastSwapped<K>>
type IsGrouped<O> = [O] extends [never] ? false : O extends { readonly grouped: true } ? true : false
type FitsValues<Q extends Shape, K extends Shape, V extends Shape, O> =
  IsGrouped<O> extends true ? unknown : FitsMatmul<Matmul<Q, LastSwapped<K>>, V>
type Attended<Q extends Shape, K extends Shape, V extends Shape, O> =
  IsGrouped<O> extends true
    ? Q extends readonly [...infer F extends Shape, number]
      ? V extends readonly [...Shape, infer E extends number]
        ? readonly [...F, E]
        : Gradual
      : Gradual
    : Matmul<Matmul<Q, LastSwapped<K>>, V>
/**
 * softmax(scale q k^T) v. Where the mask is false, the score is -Infinity; a mask of reals is added to the scores. If every
 * key is masked for a query, the result is 0 and so is its gradient.
 *
 * Shape:   [..., L, D], [..., S, D], [..., S, E], bool or real [L, S]? -> [..., L, E]
 * Options: causal (false), scale (1 / sqrt(D)); grouped (false): keys and values with fewer heads, each for a group of
 *          consecutive query heads; dropout (0): the probability that a weight is 0, drawn from the key
 * Errors:  AxisSizes, RankMismatch; InvalidAttribute for a scale that is not finite, or dropout without a key
 * Source:  Vaswani et al., "Attention Is All You Need" (2017), section 3.2.1
 *
 * @example
 * const f = programOrThrow(real(10, 64), (x) => attention({ causal: true })(x, x, x))
 * f.out.shape // => [10, 64]
 */
export const attention = operation(
  'attention(options?{causal scale grouped dropout})(q, k, v, mask?, key?)',
  <const O extends SharedOptions = {}>(given?: O) =>
    <Q extends Shape, K extends Shape, V extends Shape>(
      q: Expr<Q, 'real'>,
      k: Expr<K, 'real'> & FitsKeys<Q, K, O>,
      v: Expr<V, 'real'> & FitsValues<Q, K, V, O>,
      mask?: Expr<Gradual, 'bool' | 'real'>,
      key?: Key,
    ): Expr<Attended<Q, K, V, O>, 'real'> => {
      const arrays: Triple = [q, k, v]
      const { grouped = false, dropout = 0, ...options }: SharedOptions = given ?? {}
      const problem =
        scaleProblem(options) ??
        unless(dropout >= 0 && dropout <= 1, 'dropout', 'must be from 0 to 1') ??
        unless(dropout === 0 || key !== undefined, 'dropout', 'needs a key: the last argument') ??
        needsMatrices(arrays) ??
        (grouped ? groupedProblem(arrays) : undefined)
      const own = { ...options, dropout }
      return derived('attention', [...arrays, ...(mask ? [mask] : [])], problem, () =>
        grouped ? inGroups(own, arrays, mask, key) : masked(own, arrays, mask, key),
      ) as Expr<Attended<Q, K, V, O>, 'real'>
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
