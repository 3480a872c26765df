/** Layers of named parts. Read first: sequential.ts. */
import type { Expr } from '../../lang/syntax/expr.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { joint, type Stage } from './joint.ts'
import type { KeysOf, Layer, ParamsOf, StateOf } from './layer.ts'
import type { Opaque, TypeRule } from './rule.ts'

type Stages = { readonly [name: string]: Stage }
type Named<P extends Stages, F extends TypeRule> = Layer<
  { readonly [K in keyof P]: ParamsOf<P[K]> },
  { readonly [K in keyof P]: StateOf<P[K]> },
  { readonly [K in keyof P]: KeysOf<P[K]> },
  F
>
/** A function for every part, that applies it to an array, or to several: crossAttention takes two. */
type Applied<P extends Stages> = { readonly [K in keyof P]: (a: Expr | readonly Expr[]) => Expr }
/**
 * A layer of named parts. `through` gets a function for each part, and says how the output comes from the input: where
 * the input branches, is multiplied or concatenated. Parameters, state and keys are records under the parts' names. Each
 * part starts from its own child of the key. A part that runs twice shares its weights, and what it draws.
 *
 * The rule of the layer is a type argument, as in `layer`; without one, the output's type is known only by building a
 * program.
 *
 * For `stepwise`, what `through` does is taken to act on each row by itself: it does not count axes from the first, nor
 * reduce over rows.
 *
 * Errors:  a part that does not accept what `through` gives it, when a program is built
 *
 * @example
 * const gated = combine()('gated', { value: dense(8, 8), gate: sequential(dense(8, 8), sigmoid) }, (f, a) =>
 *   mul(f.value(a), f.gate(a)),
 * )
 * parameterCount(gated) // => 144
 */
export const combine =
  <F extends TypeRule = Opaque>() =>
  <const P extends Stages, A = Expr>(name: string, parts: P, through: (apply: Applied<P>, a: A) => Expr): Named<P, F> =>
    joint(name, parts, (run, a) => {
      const apply = Object.fromEntries(Object.keys(parts).map((k) => [k, (x: Expr | readonly Expr[]) => run(k, x)]))
      return through(typed<Applied<P>>(apply), a)
    })
