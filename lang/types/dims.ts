/**
 * Shapes as types, and how little may be known of them.
 *
 *   dimension ::= 28 | number           number: not known before run time, fits everything
 *   shape     ::= readonly [1, 28, number] | any          any: not even the rank is known
 *
 * Every rule of this folder comes in two parts: `FitsX<...>` is `unknown` where the shapes fit and a sentence, as a
 * string type, where they do not; `X<...>` is the resulting shape. An operation intersects its argument with FitsX.
 */
export type Dims = readonly number[]

/** The shape of which nothing is known. `Dims` would not do: `number[]` is not assignable to `readonly [3]`. */
// biome-ignore lint/suspicious/noExplicitAny: the gradual shape goes anywhere and is checked when it is built
export type Gradual = any

/** Is A the same type as B? Between objects, since TypeScript decides that even for a type parameter: N is N. */
export type Equal<A, B> = { a: A; b: B } extends { a: B; b: A } ? true : false

/** Can A and B be the same dimension? What is not known can be anything. */
export type Agree<A extends number, B extends number> =
  Equal<A, B> extends true ? true : [number] extends [A] ? true : [number] extends [B] ? true : false
/** The dimension that A and B agree on: what is not known yields to what is. */
export type Same<A extends number, B extends number> =
  Equal<A, B> extends true ? A : [number] extends [A] ? B : [number] extends [B] ? A : never

/** A shape as text, for sentences: [2, 3], with ? for what is not known. */
export type Show<S extends Dims> = [number] extends [S['length']] ? '[...]' : `[${List<S>}]`
type List<S extends Dims> =
  S extends readonly [infer N extends number] ? ShowDim<N>
    : S extends readonly [infer N extends number, ...infer T extends Dims] ? `${ShowDim<N>}, ${List<T>}` : ''
export type ShowDim<N extends number> = [number] extends [N] ? '?' : `${N}`
