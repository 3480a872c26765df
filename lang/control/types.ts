/** Types of trees of expressions along an axis: with one row of every leaf, or with all rows. */
import type { Expr } from '../syntax/expr.ts'
import type { DType, Shape } from '../syntax/shape.ts'

// biome-ignore lint/suspicious/noExplicitAny: a tree of expressions of unknown form and shapes, checked when it is built
export type AnyTree = any
type Unknown<T> = 0 extends 1 & T ? true : false

/** The result of a body as a tree of expressions: a number is a real constant. */
export type Lifted<B> =
  Unknown<B> extends true
    ? B
    : B extends number
      ? Expr<readonly [], 'real'>
      : B extends Expr | null
        ? B
        : { readonly [K in keyof B]: Lifted<B[K]> }
/** The same tree, with a number allowed in place of a scalar. */
export type OrNumber<T> = Unknown<T> extends true ? T : T | NumberFor<T>
type NumberFor<T> = T extends number
  ? Expr<readonly [], 'real'>
  : T extends Expr<infer S, infer D>
    ? S extends readonly []
      ? 'bool' extends D
        ? never
        : number
      : never
    : T extends null
      ? never
      : { readonly [K in keyof T]: OrNumber<T[K]> }
/** What a function on trees is applied to; it may be left out where nothing says what it takes. */
export type BodyArguments<A> = Unknown<A> extends true ? readonly [x?: AnyTree] : readonly [x: A]
/** Refuses a body that returns nothing. */
export type FitsResult<B> =
  Unknown<B> extends true
    ? unknown
    : // biome-ignore lint/suspicious/noConfusingVoidType: what a function without return gives
      [B] extends [void]
      ? { readonly 'the body returns nothing: return an expression': never }
      : unknown

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
