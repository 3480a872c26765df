/**
 * Shapes as types, and how little may be known of them.
 *
 *   dimension ::= 28 | number                      number: not known before run time, fits everything
 *   shape     ::= readonly [1, 28, number] | any   any: not even the rank is known
 *
 * Every rule of this folder has two parts. `FitsX<...>` is `unknown` where the shapes fit, and a sentence, a
 * string type, where they do not; `X<...>` is the resulting shape. An operation intersects its argument with
 * FitsX, and no expression is a sentence. After a clash the result is `any`: one mistake is one error.
 *
 * In generic code, and in `flow`, shapes have type parameters and most rules cannot decide yet. TypeScript
 * then accepts an argument if the rule would with anything for the parameters. Two forms are needed for this:
 *
 *   FitsX = XProblem extends string ? XProblem : unknown     the sentence is in the branch that is dropped
 *   [number] extends [N]                                     `number extends N` would stay undecided
 */
export type Dims = readonly number[]

/** A shape of which nothing is known. `Dims` does not work: it is not assignable to `readonly [3]`. */
// biome-ignore lint/suspicious/noExplicitAny: the gradual shape goes anywhere and is checked when it is built
export type Gradual = any

/**
 * Are A and B identical? TypeScript decides this comparison of two deferred conditions even where A and B
 * mention type parameters: N is N. So a generic layer has a shape and needs no casts. `any` is only `any`.
 */
export type Identical<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

/** Can A and B be the same dimension? What is not known can be anything. */
export type Agree<A extends number, B extends number> =
  Identical<A, B> extends true ? true : [number] extends [A] ? true : [number] extends [B] ? true : false
/** The dimension that A and B agree on: what is not known yields to what is. */
export type Same<A extends number, B extends number> =
  Identical<A, B> extends true ? A : [number] extends [A] ? B : [number] extends [B] ? A : never

/** A shape as text, for sentences: [2, 3], with ? for what is not known. */
export type Show<S extends Dims> = [number] extends [S['length']] ? '[...]' : `[${List<S>}]`
type List<S extends Dims> =
  S extends readonly [infer N extends number] ? ShowDim<N>
    : S extends readonly [infer N extends number, ...infer T extends Dims] ? `${ShowDim<N>}, ${List<T>}` : ''
export type ShowDim<N extends number> = [number] extends [N] ? '?' : `${N}`
