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

/**
 * What an argument must also be: nothing more, or a sentence, which no expression is. Written so that TypeScript accepts
 * a shape with type parameters where it would accept `any` for each of them: then the rule is not yet decided, and
 * generic code and `flow` must compile. (A deferred condition is assignable to when its true branch is impossible for
 * any; hence the sentence stands in that branch, and hence no distribution over P.)
 */
export type Unless<Problem> = [Problem] extends [string] ? Problem : unknown

/** The dimension that A and B agree on: what is not known yields to what is; never when they differ. */
export type Same<A extends number, B extends number> =
  number extends B ? (number extends A ? number : A)
    : number extends A ? B
    : [A, B] extends [B, A] ? A : never

/** A shape as text, for sentences: [2, 3], with ? for what is not known. */
export type Show<S extends Dims> = number extends S['length'] ? '[...]' : `[${List<S>}]`
type List<S extends Dims> =
  S extends readonly [infer N extends number] ? ShowDim<N>
    : S extends readonly [infer N extends number, ...infer T extends Dims] ? `${ShowDim<N>}, ${List<T>}` : ''
export type ShowDim<N extends number> = number extends N ? '?' : `${N}`
