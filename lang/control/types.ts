/** Types of trees of expressions along an axis: with one row of every leaf, or with all rows. */
import type { Expr } from '../syntax/expr.ts'
import type { DType, Shape } from '../syntax/shape.ts'

// biome-ignore lint/suspicious/noExplicitAny: a tree of expressions of unknown form and shapes, checked when it is built
export type AnyTree = any
type Unknown<T> = 0 extends 1 & T ? true : false

/** Every leaf without its first axis. */
export type Row<X> =
  Unknown<X> extends true
    ? X
    : X extends Expr<infer S, infer D>
      ? S extends readonly [number, ...infer R extends Shape]
        ? Expr<R, D>
        : Expr<Shape, D>
      : X extends null
        ? null
        : { readonly [K in keyof X]: Row<X[K]> }
/** Every leaf with a first axis of N. */
export type Rows<N extends number, X> =
  Unknown<X> extends true
    ? X
    : X extends Expr<infer S, infer D extends DType>
      ? Expr<readonly [N, ...S], D>
      : X extends null
        ? null
        : { readonly [K in keyof X]: Rows<N, X[K]> }
