/** Layers that rearrange their input, take a part of it, or state its type. */

import { flatten as flat } from '../../lang/operations/arranging.ts'
import { take } from '../../lang/operations/slicing.ts'
import { refuse } from '../../lang/primitives/entry.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { sameTypes, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, typeLeaves } from '../../lang/syntax/tree.ts'
import type { Dims, FitsReshape, Flattened, Reshaped } from '../../lang/types/index.ts'
import { identity, type Layer, layer } from './layer.ts'
import type { Anything, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

/** The axes from `From` on become one. */
export interface Flat<From extends number> extends TypeRule {
  readonly takes: Anything
  readonly out: this['in'] extends Type<infer S, infer D> ? Type<Flattened<S, From>, D> : 'flatten takes one array'
}
/** All axes from `axis` on, by default from the first, become one. Shape: [C, H, W] -> [C * H * W] */
export const flatten = <const From extends number = 0>(axis?: From): Layer<null, null, null, Flat<From>> =>
  layer<Flat<From>>()({
    name: 'flatten',
    apply: (_, state, __, a: Expr) => [flat(axis)(a), state],
    step: () => mixesRows('flatten'),
  })

/** Any array with as many numbers as To -> To */
export interface Unflattened<To extends Dims> extends TypeRule {
  readonly takes: Anything
  readonly out: this['in'] extends Type<infer S, infer D>
    ? FitsReshape<S, To> extends infer P extends string
      ? P
      : Type<Reshaped<S, To>, D>
    : 'unflatten takes one array'
}
/**
 * The same numbers in another shape. One size may be -1: it is computed from the number of elements.
 *
 * Shape:   [16 * 7 * 7] -> [16, 7, 7]
 * Law:     sequential(flatten(), unflatten(shape of x)) is the identity on x
 */
export const unflatten = <const To extends Dims>(to: To): Layer<null, null, null, Unflattened<To>> =>
  layer<Unflattened<To>>()({
    name: `unflatten(${to})`,
    apply: (_, state, __, a: Expr) => [reshape<Dims>(to)(a), state],
    step: () => mixesRows(`unflatten(${to})`),
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
/** The last row of a sequence. Shape: [L, ...] -> [...] */
export const last: Layer<null, null, null, Last> = layer<Last>()({
  name: 'last',
  apply: (_, state, __, a: Expr) => [take(0, -1)(a), state],
  step: () => mixesRows('last'),
})

/** The identity on inputs of type T. */
export interface Only<T> extends TypeRule {
  readonly takes: T
  readonly out: this['in'] extends T ? this['in'] : T extends this['in'] ? T : 'not the type that `takes` states'
}
/**
 * The identity on inputs of one type. As the first layer it lets TypeScript check every size of the network.
 *
 * @example
 * sequential(takes(real(1, 28, 28)), conv2d(1, 8, 3), relu, flatten())
 */
export const takes = <const T>(type: T): Layer<null, null, null, Only<T>> =>
  layer<Only<T>>()({
    name: 'takes',
    takes: type,
    // a row of it has another type
    step: () => identity,
    apply: (_, state, __, a) => {
      const [expected, given] = [typeLeaves(type), exprLeaves(a)]
      const found = given.map((e) => e.type)
      const problem = { _tag: 'BodyMismatch', what: 'the input of a network', expected, found } as const
      return [sameTypes(found, expected) ? a : refuse('takes', problem, given), state]
    },
  })
