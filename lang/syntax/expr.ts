/**
 * Expressions: immutable nodes that name their primitive.
 *
 *   e ::= input name | op[attributes](e, ...) | item k of e | poison
 *
 * A node holds its primitive's name, its attributes as plain data and its arguments: nothing in it is a closure.
 * Sharing is by reference. An ill-typed node is Poison: building never throws; closing a program reports all
 * diagnostics.
 */
import type { Diagnostic } from './error.ts'
import type { Attrs } from './plain.ts'
import type { DType, Shape, Type } from './shape.ts'

// The default `any` is gradual typing: an expression of unknown shape goes anywhere and is checked when it is built.
// biome-ignore lint/suspicious/noExplicitAny: the gradual shape and element type
export interface Expr<S extends Shape = any, D extends DType = any> {
  readonly type: Type<S, D>
  readonly node: Node
}
type Node = Input | Apply | Item | Poison
interface Input { readonly _tag: 'Input'; readonly name: string }
export interface Apply {
  readonly _tag: 'Apply'
  readonly op: string
  readonly attrs: Attrs
  readonly args: readonly Expr[]
  readonly outs: readonly Type[]
}
/** One of several outputs of an application. */
interface Item { readonly _tag: 'Item'; readonly of: Expr; readonly index: number }
interface Poison {
  readonly _tag: 'Poison'
  readonly args: readonly Expr[]
  readonly diagnostics: readonly Diagnostic[]
}

/** Structural zeros: a tangent or cotangent that is zero is absent. */
export type Maybe = Expr | undefined

const advice = 'build expressions with add, mul, lt, ...: JavaScript operators do not apply to them'
/** `x + 1` and `x > 0` are errors of TypeScript; in JavaScript they throw this. `if (x)` cannot be caught. */
const prototype = {
  [Symbol.toPrimitive](): never {
    throw Object.assign(new TypeError(`an expression is not a number: ${advice}`), { name: 'ExpressionIsNotANumber' })
  },
}
// `__proto__` in a literal sets the prototype, which TypeScript takes for a property
const express = (type: Type, node: Node): Expr => ({ __proto__: prototype, type, node }) as unknown as Expr

export const isExpr = (x: object): x is Expr =>
  'node' in x && typeof x.node === 'object' && x.node !== null && '_tag' in x.node

export const input = (name: string, type: Type): Expr => express(type, { _tag: 'Input', name })
export const poison = (args: readonly Expr[], diagnostics: readonly Diagnostic[]): Expr =>
  express({ dtype: 'real', shape: [] }, { _tag: 'Poison', args, diagnostics })
/** The outputs of an application whose types are already known. */
export const node = (op: string, attrs: Attrs, args: readonly Expr[], outs: readonly Type[]): readonly Expr[] => {
  const of = express(outs[0] ?? { dtype: 'real', shape: [] }, { _tag: 'Apply', op, attrs, args, outs })
  return outs.length === 1 ? [of] : outs.map((type, index) => express(type, { _tag: 'Item', of, index }))
}
export const argsOf = ({ node }: Expr): readonly Expr[] => {
  switch (node._tag) {
    case 'Input':  return []
    case 'Item':   return [node.of]
    case 'Apply':
    case 'Poison': return node.args
  }
}
export const shapeOf = (x: Expr): Shape => x.type.shape
export const rankOf = (x: Expr): number => shapeOf(x).length
