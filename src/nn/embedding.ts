/** A vector for each of a number of symbols, and back. */

import { embedding as rows } from '../../lang/operations/lookup.ts'
import { linear } from '../../lang/operations/product.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Agree, Dims, Gradual, Replaced, Show } from '../../lang/types/index.ts'
import { splitKey } from '../random/key.ts'
import { type Initializer, normal } from './initial.ts'
import { type Stage, stage } from './joint.ts'
import { type KeysOf, type Layer, layerAs, type ParamsOf, type StateOf } from './layer.ts'
import type { AnyReal, Out, RuleOf, TypeRule } from './rule.ts'

/** int [...] -> [..., D] */
export interface Embedding<D extends number> extends TypeRule {
  readonly takes: Type<Gradual, 'int'>
  readonly out: this['in'] extends Type<infer S, 'int'>
    ? [number] extends [S['length']]
      ? Type<Gradual, 'real'>
      : S extends Dims
        ? Type<readonly [...S, D], 'real'>
        : never
    : 'an embedding takes integers'
}
/**
 * The rows of a learned table [symbols, width] at the integers of the input. `weights`: the initial table.
 * Default: standard normal.
 *
 * Shape:   int [...] -> [..., width]
 */
export const embedding = <const V extends number, const D extends number>(
  symbols: V,
  width: D,
  weights: Initializer = normal(1),
): Layer<{ readonly w: Type<readonly [V, D], 'real'> }, null, null, Embedding<D>> => {
  const w: AnyReal = real(symbols, width)
  return layerAs({
    name: `embedding(${symbols}, ${width})`,
    params: { w },
    init: (key) => ({ params: { w: weights(key, w.shape) } }),
    apply: (params, state, _, a: Expr) => [rows(params.w, a), state],
  })
}

/** int [...] -> [..., V] */
export interface Tied<V extends number, D extends number, B> extends TypeRule {
  readonly takes: Type<Gradual, 'int'>
  readonly out: Out<Embedding<D>, this['in']> extends infer A
    ? A extends string
      ? A
      : Out<RuleOf<B>, A> extends infer C
        ? C extends string
          ? C
          : C extends Type<infer S, 'real'>
            ? Agree<Last<S>, D> extends true
              ? Type<Replaced<S, -1, V>, 'real'>
              : `tied(${V}, ${D}) needs a body that gives [..., ${D}], not ${Show<S>}`
            : 'a tied head takes one array of real numbers'
        : never
    : never
}
type Last<S extends Dims> = S extends readonly [...Dims, infer N extends number] ? N : number
/**
 * A body between a table of symbols and its transpose: symbols are looked up, and the same table gives their logits.
 *
 * Shape:   int [...] -> [..., symbols]
 * Source:  Press and Wolf, "Using the output embedding to improve language models" (2016)
 *
 * @example
 * tied(27, 16, sequential(positions(64, 16, { shorter: true }), multiHeadAttention(16, 2, { causal: true })))
 */
export const tied = <const V extends number, const D extends number, const B extends Stage>(
  symbols: V,
  width: D,
  body: B,
  weights: Initializer = normal(0.02),
): Layer<
  { readonly table: Type<readonly [V, D], 'real'>; readonly body: ParamsOf<B> },
  { readonly body: StateOf<B> },
  { readonly body: KeysOf<B> },
  Tied<V, D, B>
> => {
  const inner = stage(body)
  const table: AnyReal = real(symbols, width)
  const around = (l: Layer): Layer =>
    layerAs({
      name: `tied(${symbols}, ${width}, ${l.name})`,
      params: { table, body: l.params },
      state: { body: l.state },
      keys: { body: l.keys },
      init: (key) => {
        const [forTable, forBody] = splitKey(2)(key)
        const { params, state } = l.init(forBody)
        return { params: { table: weights(forTable, table.shape), body: params }, state: { body: state } }
      },
      apply: (p, state, { mode, key }, a: Expr) => {
        const run = l.apply as (p: unknown, s: unknown, c: unknown, a: unknown) => readonly [Expr, unknown]
        const [seen, next] = run(p.body, state.body, { mode, key: key.body }, rows(p.table, a as Symbols))
        return [linear(seen, p.table), { body: next }]
      },
      step: (length) => around(l.step(length)),
    })
  return typed(around(inner))
}
type Symbols = Expr<Dims, 'int'>
