/** Attention as layers: every token takes a mean of all tokens, its own or others, in several heads. */

import { type AttentionOptions, attend, joinHeads, splitHeads } from '../../lang/operations/attention.ts'
import { derived, unless, wrong } from '../../lang/operations/derived.ts'
import { linear } from '../../lang/operations/product.ts'
import { split } from '../../lang/operations/slicing.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { filled, iota } from '../../lang/primitives/constant.ts'
import { dynamicUpdateSlice } from '../../lang/primitives/dynamic.ts'
import { add, le } from '../../lang/primitives/elementwise.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import type { Problem } from '../../lang/syntax/error.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { int, isSize, real, type Type } from '../../lang/syntax/shape.ts'
import type { Agree, Dims, Div, Gradual, Mul, Show } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import { glorotUniform, type Initializer, zeros } from './initial.ts'
import { type Layer, layerAs, type Start } from './layer.ts'
import { rotate } from './position.ts'
import type { AnyReal, TypeRule } from './rule.ts'
import { mixesRows, remembers } from './stepwise.ts'

/** A sentence if the heads do not divide the width; else unknown. */
export type FitsHeads<D extends number, H extends number> =
  Agree<Mul<Div<D, H>, H>, D> extends true ? unknown : `${H} heads do not divide a width of ${D}`
/** [..., L, D] -> the same */
export interface Attention<D extends number, H extends number> extends TypeRule {
  readonly takes: Type<Gradual, 'real'>
  readonly out: FitsHeads<D, H> extends infer P extends string
    ? P
    : this['in'] extends Type<infer S, 'real'>
      ? Tokens<S, D> extends true
        ? this['in']
        : `multiHeadAttention(${D}, ${H}) takes [..., L, ${D}], not ${Show<S>}`
      : 'tokens of real numbers are wanted'
}
type Tokens<S extends Dims, D extends number> = [number] extends [S['length']]
  ? true
  : S extends readonly [...Dims, number, infer W extends number]
    ? Agree<W, D>
    : false
/** ([L, D], [S, D]) -> [L, D] */
export interface Cross<D extends number, H extends number> extends TypeRule {
  readonly takes: readonly [Type<readonly [number, D], 'real'>, Type<readonly [number, D], 'real'>]
  readonly out: FitsHeads<D, H> extends infer P extends string
    ? P
    : this['in'] extends readonly [Type<infer S, 'real'>, Type<infer M, 'real'>]
      ? Tokens<S, D> extends true
        ? Tokens<M, D> extends true
          ? this['in'][0]
          : `the memory of crossAttention(${D}, ${H}) is [..., S, ${D}], not ${Show<M>}`
        : `crossAttention(${D}, ${H}) takes [..., L, ${D}], not ${Show<S>}`
      : 'crossAttention takes a pair: tokens, and the memory that they look at'
}

export interface AttentionLayerOptions extends AttentionOptions {
  /** How the weights start; `glorotUniform` by default. Biases start at 0. */
  readonly weights?: Initializer
  /** Whether queries and keys are rotated by their positions, so that a score depends on their distance; false by default. */
  readonly rotary?: boolean
}
export type AttentionParams<D extends number> = {
  readonly wQkv: Type<readonly [Mul<3, D>, D], 'real'>
  readonly bQkv: Type<readonly [Mul<3, D>], 'real'>
  readonly wOut: Type<readonly [D, D], 'real'>
  readonly bOut: Type<readonly [D], 'real'>
}
type ParamTypes = { readonly [K in keyof AttentionParams<number>]: AnyReal }
export type HeadParameters = { readonly [K in keyof ParamTypes]: Expr }
export const attentionTypes = (width: number): ParamTypes => ({
  wQkv: real(3 * width, width),
  bQkv: real(3 * width),
  wOut: real(width, width),
  bOut: real(width),
})
/** Weights from the initialiser, biases of 0. */
export const startAttention =
  (width: number, weights: Initializer) =>
  (key: Parameters<Initializer>[0]): Start<ParamTypes, null>['params'] => {
    const [forQkv, forOut] = splitKey(2)(key)
    const { wQkv, bQkv, wOut, bOut } = attentionTypes(width)
    return {
      wQkv: weights(forQkv, wQkv.shape),
      bQkv: zeros(key, bQkv.shape),
      wOut: weights(forOut, wOut.shape),
      bOut: zeros(key, bOut.shape),
    }
  }
/** What is wrong with tokens for a layer of this width and so many heads. */
export const tokensProblem = (x: Expr, rank: number, width: number, heads: number): Problem | undefined => {
  const shape = shapeOf(x)
  const none = unless(isSize(heads) && heads >= 1, 'heads', `is ${heads}; expected a whole number, 1 or more`)
  if (none !== undefined) return none
  if (width % heads !== 0) return wrong('heads', `${heads} do not divide a width of ${width}`)
  if (shape.length < rank) return { _tag: 'RankMismatch', expected: rank, shape }
  return shape.at(-1) === width ? undefined : wrong('input', `ends in an axis of ${shape.at(-1)}, not ${width}`)
}

/** What an attention layer is made of. */
interface HeadOptions {
  readonly width: number
  readonly heads: number
  readonly how: AttentionOptions
  readonly rotary: boolean
}
const selfAttend = ({ width, heads, how, rotary }: HeadOptions, x: Expr, p: HeadParameters): Expr =>
  derived('multiHeadAttention', [x], tokensProblem(x, 2, width, heads) ?? rotaryProblem(rotary, width, heads), () => {
    const [q, k, v] = split(-1, [width, width, width])(linear(x, p.wQkv, p.bQkv))
    const each = splitHeads(heads)
    const turn = (y: Expr): Expr => (rotary ? rotate(each(y)) : each(y))
    return linear(joinHeads(attend(how, turn(q), turn(k), each(v), undefined)), p.wOut, p.bOut)
  })
const rotaryProblem = (rotary: boolean, width: number, heads: number): Problem | undefined =>
  rotary && (width / heads) % 2 !== 0 ? wrong('rotary', `turns pairs; a head has ${width / heads} numbers`) : undefined

type Cache = { readonly keys: Expr; readonly values: Expr; readonly at: Expr }
/** The newest token, which looks at those before it: their keys and values are in the cache. [D] -> [D] */
const step = ({ width, heads, how, rotary }: HeadOptions, x: Expr, p: HeadParameters, { keys, values, at }: Cache) => {
  const [q, k, v] = split(-1, [width, width, width])(linear(x, p.wQkv, p.bQkv))
  const each: (y: Expr) => Expr = reshape<Dims>([heads, 1, width / heads])
  const turn = (y: Expr): Expr => (rotary ? rotate(each(y), at) : each(y))
  const none = filled('int', [1], 0)
  const corner: Expr = concat(0)([none, reshape<Dims>([1])(at) as Expr, none] as readonly Expr[])
  const put = dynamicUpdateSlice as (whole: Expr, box: Expr, start: Expr) => Expr
  const [allKeys, allValues] = [put(keys, turn(k), corner), put(values, each(v), corner)]
  const known = le(iota<Dims>([shapeOf(keys)[1] ?? 0]), at)
  const seen = attend({ ...how, causal: false }, turn(q), allKeys, allValues, known)
  const y = linear(reshape<Dims>([width])(seen), p.wOut, p.bOut)
  return [y, { keys: allKeys, values: allValues, at: add(at, 1) }] as const
}
/**
 * Each head maps every token to a query, a key and a value, and maps every token to the mean of the values weighted by
 * softmax(query . key / sqrt(width / heads)). An affine map of the concatenated heads follows. With `causal` a token
 * sees itself and the tokens before it. The 4 (width^2 + width) parameters serve any number of tokens.
 *
 * Shape:   [..., L, width] -> the same
 * Laws:    without `causal`, permuting the tokens permutes the outputs, if nothing is rotated; with it, the output at a
 *          token does not depend on later tokens, so that `stepwise` can keep their keys and values
 * Source:  Vaswani et al., "Attention is all you need" (2017), section 3.2; weights are packed as in
 *          torch.nn.MultiheadAttention. Su et al., "RoFormer" (2021) for `rotary`
 *
 * @example
 * residual(sequential(layerNorm([64]), multiHeadAttention(64, 4, { causal: true })))
 */
export const multiHeadAttention = <const D extends number, const H extends number>(
  width: D,
  heads: H,
  options: AttentionLayerOptions = {},
): Layer<AttentionParams<D>, null, null, Attention<D, H>> => {
  const { weights = glorotUniform, rotary = false, ...how } = options
  const made: HeadOptions = { width, heads, how, rotary }
  const name = `multiHeadAttention(${width}, ${heads}${how.causal ? ', causal' : ''}${rotary ? ', rotary' : ''})`
  const params = attentionTypes(width)
  const init = (key: Parameters<Initializer>[0]) => ({ params: startAttention(width, weights)(key) })
  return layerAs({
    name,
    params,
    init,
    apply: (p, state, _, a: Expr) => [selfAttend(made, a, p), state],
    step: (length) => {
      if (!how.causal) return mixesRows(name)
      const cached = real(heads, length, width / heads) as AnyReal
      return remembers({
        name,
        params,
        state: { keys: cached, values: cached, at: int() },
        init,
        apply: (p, cache: Cache, _, a: Expr) => step(made, a, p, cache),
      })
    },
  })
}

/**
 * Attention of tokens to others: queries come from the first array, keys and values from the second, the memory.
 *
 * Shape:   [..., L, width], [..., S, width] -> [..., L, width]
 * Law:     crossAttention(x, x) = multiHeadAttention(x), with the same weights
 * Source:  Vaswani et al. (2017), section 3.2.3
 *
 * @example
 * const decoder = combine()('decoder', { look: crossAttention(64, 4) }, (f, [x, memory]: readonly [Expr, Expr]) =>
 *   add(x, f.look([x, memory])),
 * )
 * predictOrThrow(decoder, [real(5, 64), real(9, 64)])
 */
export const crossAttention = <const D extends number, const H extends number>(
  width: D,
  heads: H,
  options: Omit<AttentionLayerOptions, 'causal' | 'rotary'> = {},
): Layer<AttentionParams<D>, null, null, Cross<D, H>> => {
  const { weights = glorotUniform, ...how } = options
  const name = `crossAttention(${width}, ${heads})`
  const attended = (p: HeadParameters, x: Expr, memory: Expr): Expr => {
    const problem = tokensProblem(x, 2, width, heads) ?? tokensProblem(memory, 2, width, heads)
    return derived('crossAttention', [x, memory], problem, () => {
      const [wQ, wKv] = split(0, [width, 2 * width])(p.wQkv)
      const [bQ, bKv] = split(0, [width, 2 * width])(p.bQkv)
      const [k, v] = split(-1, [width, width])(linear(memory, wKv, bKv))
      const each = splitHeads(heads)
      return linear(joinHeads(attend(how, each(linear(x, wQ, bQ)), each(k), each(v), undefined)), p.wOut, p.bOut)
    })
  }
  return layerAs({
    name,
    params: attentionTypes(width),
    init: (key) => ({ params: startAttention(width, weights)(key) }),
    apply: (p, state, _, [x, memory]: readonly [Expr, Expr]) => [attended(p, x, memory), state],
    step: () => mixesRows(name),
  })
}
