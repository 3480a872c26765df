/** Layers of named parts, and one block several times. Read first: sequential.ts. */
import * as E from 'fp-ts/lib/Either.js'
import { orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { isSize } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { joint, type Stage } from './joint.ts'
import type { KeysOf, Layer, ParamsOf, StateOf } from './layer.ts'
import type { Opaque, Out, RuleOf, TypeRule } from './rule.ts'
import { sequential } from './sequential.ts'

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

/** A -> A, N times. */
interface Repeated<L> extends TypeRule {
  readonly takes: RuleOf<L>['takes']
  readonly out: Out<RuleOf<L>, this['in']> extends infer B
    ? B extends string
      ? B
      : [B] extends [this['in']]
        ? this['in']
        : [this['in']] extends [B]
          ? B
          : 'a block that is repeated gives what it takes'
    : never
}
type Times<T, N extends number, Done extends readonly T[] = readonly []> = number extends N
  ? readonly T[]
  : Done['length'] extends N
    ? Done
    : Done['length'] extends 64
      ? readonly T[]
      : Times<T, N, readonly [...Done, T]>
/**
 * A block n times in sequence, each time with its own weights, which start from their own children of the key. The block
 * gives what it takes.
 *
 * Shape:   A -> A
 * Law:     repeat(3, f) = sequential(f, f, f)
 * Errors:  thrown: InvalidAttribute for an n that is no whole number, 0 or more
 *
 * @example
 * sequential(dense(784, 64), repeat(3, residual(sequential(dense(64, 64), relu))), dense(64, 10))
 */
export const repeat = <const N extends number, const L extends Layer>(
  n: N,
  block: L,
): Layer<Times<ParamsOf<L>, N>, Times<StateOf<L>, N>, Times<KeysOf<L>, N>, Repeated<L>> => {
  if (!isSize(n)) {
    const problem = { _tag: 'InvalidAttribute', attribute: 'n', rule: 'must be a whole number, 0 or more' } as const
    orThrow(E.left([{ problem, op: 'repeat', types: [], site: callSite(repeat) }]))
  }
  const inner: Layer = sequential(...Array.from({ length: n }, (): Layer => block))
  return typed<Layer<Times<ParamsOf<L>, N>, Times<StateOf<L>, N>, Times<KeysOf<L>, N>, Repeated<L>>>({
    ...inner,
    name: `repeat(${n}, ${block.name})`,
  })
}
