/** Self-attention as a layer: every token takes a mean of all tokens, in several heads. */

import { type AttentionOptions, multiHeadAttention as attend } from '../../lang/operations/attention.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import type { Agree, Dims, Div, Gradual, Mul, Show } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import { glorotUniform, type Initializer, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, TypeRule } from './rule.ts'

/** [..., L, D] -> the same */
interface Attention<D extends number, H extends number> extends TypeRule {
  readonly takes: Type<Gradual, 'real'>
  readonly out: Agree<Mul<Div<D, H>, H>, D> extends true
    ? this['in'] extends Type<infer S, 'real'>
      ? Tokens<S, D> extends true
        ? this['in']
        : `multiHeadAttention(${D}, ${H}) takes [..., L, ${D}], not ${Show<S>}`
      : 'tokens of real numbers are wanted'
    : `${H} heads do not divide a width of ${D}`
}
type Tokens<S extends Dims, D extends number> = [number] extends [S['length']]
  ? true
  : S extends readonly [...Dims, number, infer W extends number]
    ? Agree<W, D>
    : false

export interface AttentionLayerOptions extends AttentionOptions {
  /** How the weights start; `glorotUniform` by default. Biases start at 0. */
  readonly weights?: Initializer
}
type AttentionParams<D extends number> = {
  readonly wQkv: Type<readonly [Mul<3, D>, D], 'real'>
  readonly bQkv: Type<readonly [Mul<3, D>], 'real'>
  readonly wOut: Type<readonly [D, D], 'real'>
  readonly bOut: Type<readonly [D], 'real'>
}
/**
 * Each head maps every token to a query, a key and a value, and maps every token to the mean of the values weighted by
 * softmax(query . key / sqrt(width / heads)). An affine map of the concatenated heads follows. With `causal` a token
 * sees itself and the tokens before it. The 4 (width^2 + width) parameters serve any number of tokens.
 *
 * Shape:   [..., L, width] -> the same
 * Laws:    without `causal`, permuting the tokens permutes the outputs; with it, the output at a token does not depend
 *          on later tokens
 * Source:  Vaswani et al., "Attention is all you need" (2017), section 3.2; weights are packed as in
 *          torch.nn.MultiheadAttention
 *
 * @example
 * residual(sequential(layerNorm([64]), multiHeadAttention(64, 4, { causal: true })))
 */
export const multiHeadAttention = <const D extends number, const H extends number>(
  width: D,
  heads: H,
  options: AttentionLayerOptions = {},
): Layer<AttentionParams<D>, null, null, Attention<D, H>> => {
  const { weights = glorotUniform, ...how } = options
  const params = { wQkv: real(3 * width, width), bQkv: real(3 * width), wOut: real(width, width), bOut: real(width) }
  const untyped: { readonly [K in keyof typeof params]: AnyReal } = params
  return layerAs({
    name: `multiHeadAttention(${width}, ${heads}${how.causal ? ', causal' : ''})`,
    params: untyped,
    init: (key) => {
      const [forQkv, forOut] = splitKey(2)(key)
      return {
        params: {
          wQkv: weights(forQkv, params.wQkv.shape),
          bQkv: zeros(key, params.bQkv.shape),
          wOut: weights(forOut, params.wOut.shape),
          bOut: zeros(key, params.bOut.shape),
        },
      }
    },
    apply: (p, state, _, a: Expr) => [attend({ ...how, heads })(a, p), state],
  })
}
