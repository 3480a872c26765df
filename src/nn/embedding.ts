/** A vector for each of a number of symbols. */

import { embedding as rows } from '../../lang/operations/lookup.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'
import type { Dims, Gradual } from '../../lang/types/index.ts'
import { type Initializer, normal } from './initial.ts'
import { type Layer, layerAs } from './layer.ts'
import type { AnyReal, TypeRule } from './rule.ts'

/** int [...] -> [..., D] */
interface Embedding<D extends number> extends TypeRule {
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
