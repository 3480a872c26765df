/** Layers that only rearrange, choose or state a type. */

import { flatten as flat } from '../../lang/operations/arranging.ts'
import { take } from '../../lang/operations/slicing.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { sameTypes, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, typeLeaves } from '../../lang/syntax/tree.ts'
import type { Dims, FitsReshape, Flattened, Reshaped } from '../../lang/types/index.ts'
import { type Layer, layer } from './layer.ts'
import type { Anything, TypeRule } from './rule.ts'

/** The axes from `From` on become one. */
export interface Flat<From extends number> extends TypeRule {
  readonly takes: Anything
  readonly out: this['in'] extends Type<infer S, infer D> ? Type<Flattened<S, From>, D> : 'flatten takes one array'
}
/** One axis from all, or from those from `axis` on. Shape: [C, H, W] -> [C * H * W] */
export const flatten = <const From extends number = 0>(axis?: From): Layer<null, null, null, Flat<From>> =>
  layer<Flat<From>>()({
    name: 'flatten',
    apply: (_, state, __, a: Expr) => [flat(axis)(a), state],
  })

/** Any array of as many numbers -> To */
export interface Unflattened<To extends Dims> extends TypeRule {
  readonly takes: Anything
  readonly out: this['in'] extends Type<infer S, infer D>
    ? FitsReshape<S, To> extends infer P extends string
      ? P
      : Type<Reshaped<S, To>, D>
    : 'unflatten takes one array'
}
/**
 * The same numbers in another shape; -1, once, for what makes the sizes agree.
 *
 * Shape:   [16 * 7 * 7] -> [16, 7, 7]
 * Law:     sequential(flatten(), unflatten(shape of x)) is the identity on x
 */
export const unflatten = <const To extends Dims>(to: To): Layer<null, null, null, Unflattened<To>> =>
  layer<Unflattened<To>>()({
    name: `unflatten(${to})`,
    apply: (_, state, __, a: Expr) => [reshape(to as Dims)(a), state],
  })

/** [L, ...] -> [...] */
export interface Last extends TypeRule {
  readonly takes: Anything
  readonly out: this['in'] extends Type<infer S, infer D>
    ? S extends readonly [number, ...infer Row extends Dims]
      ? Type<Row, D>
      : 'last takes a sequence of rows'
    : 'last takes one array'
}
/** The last row. */
export const last: Layer<null, null, null, Last> = layer<Last>()({
  name: 'last',
  apply: (_, state, __, a: Expr) => [take(0, -1)(a), state],
})

/** The identity on inputs of one type: sequential(takes(real(1, 28, 28)), ...) checks every size from there on. */
export interface Only<T> extends TypeRule {
  readonly takes: T
  readonly out: this['in'] extends T ? this['in'] : T extends this['in'] ? T : 'not the type that `takes` states'
}
export const takes = <const T>(type: T): Layer<null, null, null, Only<T>> =>
  layer<Only<T>>()({
    name: 'takes',
    takes: type,
    apply: (_, state, __, a) => {
      const [expected, given] = [typeLeaves(type), exprLeaves(a)]
      const found = given.map((e) => e.type)
      const problem = { _tag: 'BodyMismatch', what: 'the input of a network', expected, found } as const
      return [sameTypes(found, expected) ? a : refuse('takes', problem, given), state]
    },
  })
