/** Affine maps of the last axis. */

import { linear } from '../../lang/operations/product.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import type { Agree, Dims, FitsSize, Gradual, Show } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import { glorotUniform, type Initializer, zeros } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, TypeRule } from './rule.ts'

/** [..., I] -> [..., O] */
export interface Dense<I extends number, O extends number> extends TypeRule {
  readonly takes: Type<readonly [I], 'real'>
  readonly out: this['in'] extends Type<infer S, 'real'>
    ? LastAxis<S, I, O>
    : `dense(${I}, ${O}) takes one array of real numbers`
}
type LastAxis<S extends Dims, I extends number, O extends number> = [number] extends [S['length']]
  ? Type<Gradual, 'real'>
  : S extends readonly [...infer Front extends Dims, infer Last extends number]
    ? Agree<Last, I> extends true
      ? Type<readonly [...Front, O], 'real'>
      : `dense(${I}, ${O}) takes [..., ${I}], not ${Show<S>}`
    : `dense(${I}, ${O}) takes [..., ${I}], not ${Show<S>}`

export interface DenseOptions {
  /** How W starts; `glorotUniform` by default. */
  readonly weights?: Initializer
  /** How b starts, `zeros` by default; false: there is no b. */
  readonly bias?: Initializer | false
}
type Weights<I extends number, O extends number> = { readonly w: Type<readonly [O, I], 'real'> }
type DenseParams<I extends number, O extends number, Q> = Q extends { readonly bias: false }
  ? Weights<I, O>
  : Weights<I, O> & { readonly b: Type<readonly [O], 'real'> }

/**
 * The affine map x -> W x + b of the last axis, with the weights as [out, in].
 *
 * Shape:   [..., in] -> [..., out]
 *
 * @example
 * dense(784, 128)
 * dense(784, 128, { weights: heNormal, bias: false })
 */
export const dense = <const I extends number, const O extends number, const Q extends DenseOptions = {}>(
  from: I & FitsSize<I>,
  to: O & FitsSize<O>,
  options?: Q,
): Layer<DenseParams<I, O, Q>, null, null, Dense<I, O>> => {
  const { weights = glorotUniform, bias = zeros }: DenseOptions = options ?? {}
  const w: AnyReal = real(to, from)
  const b: AnyReal = real(to)
  const params: { readonly w: AnyReal; readonly b?: AnyReal } = bias === false ? { w } : { w, b }
  return layerAs({
    name: `dense(${from}, ${to})`,
    params,
    takes: real(from),
    init: (key) => {
      const [forW, forB] = splitKey(2)(key)
      return { params: { w: weights(forW, w.shape), ...(bias !== false && { b: bias(forB, b.shape) }) } }
    },
    apply: (p, state, _, a: Expr) => [linear(a, p.w, p.b), state],
  })
}
