/**
 * Layers as pure values: the types of parameters, state and keys; an initialiser from a key; and a function
 *
 *   (params, state, { mode, key }, a) -> [b, state']
 *
 * on ONE example; vmap adds the batch axis. Parameters, state (running statistics) and keys (dropout) are trees of
 * types, null where there are none, so layers compose: layers under `sequential` form a category, `identity` is its
 * identity, `parallel` its product. Read next: rule.ts, sequential.ts.
 */
import { int } from '../../lang/syntax/shape.ts'
import type { Arrays, Handles, TypesOf } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Key } from '../random/key.ts'
import { type Claims, checkedApply, checkedInit, type Gives } from './checked.ts'
import type { FitsApply, FitsRule, Out, Same, TypeRule } from './rule.ts'

/** 'train': dropout drops, and statistics are those of the batch; 'eval': nothing is random, nothing is updated. */
export type Mode = 'train' | 'eval'
/** The type of a key inside a program: what the functions of lang/operations/random.ts draw from. */
export const keyType = int(3)
export type KeyType = typeof keyType
/** What a layer gets beside its input. */
export interface Context<K> {
  readonly mode: Mode
  /** One key for every leaf of the layer's tree of keys. */
  readonly key: Handles<K>
}
/** What a layer starts from, as data. */
export interface Start<P, S> {
  readonly params: Arrays<P>
  readonly state: Arrays<S>
}

/**
 * A layer: P the types of its parameters, S of its state, K of its keys, F its rule on types.
 *
 * `init` and `apply` are methods because method parameters are bivariant: so every layer is a Layer.
 */
export interface Layer<P = unknown, S = unknown, K = unknown, F extends TypeRule = TypeRule> {
  /** As it was written: dense(784, 128). */
  readonly name: string
  /** The types of what is learned; null if there are none. */
  readonly params: P
  /** The types of what is carried from step to step, such as running statistics; null if there are none. */
  readonly state: S
  /** `keyType` for every random draw in mode 'train'; null if there are none. */
  readonly keys: K
  /** A function on types, for TypeScript. At run time it has `takes` only, and null there if nothing is known. */
  readonly rule: F
  /** The layers of a sequence, for summaries; empty for any other layer. */
  readonly parts: readonly Layer[]
  /** The first parameters and the first state. */
  init(key: Key): Start<P, S>
  /** The layer on one row of a sequence at a time: see `stepwise`. */
  step(length: number): Layer
  /** The output of one example, and the next state. */
  apply<A>(
    params: Handles<P>,
    state: Handles<S>,
    context: Context<K>,
    a: A & FitsRule<F, TypesOf<A>>,
  ): readonly [Handles<Out<F, TypesOf<A>>>, Handles<S>]
}
/** The trees of a layer; those of an array of layers are a tuple, and a plain function has none. */
export type ParamsOf<L> = L extends { readonly params: infer P } ? P : L extends Tuple ? Known<L, 'params'> : null
export type StateOf<L> = L extends { readonly state: infer S } ? S : L extends Tuple ? Known<L, 'state'> : null
export type KeysOf<L> = L extends { readonly keys: infer K } ? K : L extends Tuple ? Known<L, 'keys'> : null
type Tuple = readonly unknown[]
type Kind = 'params' | 'state' | 'keys'
export type Each<L extends Tuple, What extends Kind> = {
  readonly [I in keyof L]: What extends 'params' ? ParamsOf<L[I]> : What extends 'state' ? StateOf<L[I]> : KeysOf<L[I]>
}
/** Nothing is known of an array of unknown length: its stages may be arrays, without end. */
type Known<L extends Tuple, What extends Kind> = number extends L['length'] ? unknown : Each<L, What>

/** The parts of a layer; absent ones are empty. `apply` is checked when a program is built from it, not here. */
export interface Parts<P, S, K, A = never, R extends readonly [unknown, unknown] = readonly [unknown, unknown]> {
  /** For summaries and errors, as the layer is written. */
  readonly name: string
  readonly params?: P
  readonly state?: S
  readonly keys?: K
  /** The type of the input, if it is known without seeing one. */
  readonly takes?: unknown
  /**
   * The types of the output, or a function to them from those of the input, or to a sentence where the input does not fit.
   * `apply` is held to it when a program is built. It is for sizes that TypeScript does not know, and for JavaScript.
   */
  readonly gives?: Gives
  /** The layers of a sequence, for summaries. */
  readonly parts?: readonly Layer[]
  /**
   * The layer on one row of up to so many, with what it remembers as its state, all 0 at first. Default: the layer itself,
   * which is right if it acts on each row alone.
   */
  readonly step?: (length: number) => Layer
  /** Data of the types `params` and `state`; absent if there are none. */
  readonly init?: (key: Key) => { readonly params?: unknown; readonly state?: unknown }
  readonly apply: (params: Handles<P>, state: Handles<S>, context: Context<K>, a: A) => R
}
/**
 * A layer from its parts, whose type L the caller states: for trees that depend on options in a way that TypeScript
 * cannot infer.
 */
export const layerAs = <L extends Layer, const P = null, const S = null, const K = null>(p: Parts<P, S, K>): L => {
  const claims: Claims = { name: p.name, params: p.params ?? null, state: p.state ?? null, gives: p.gives }
  const made: Layer = typed<Layer>({
    name: p.name,
    params: claims.params,
    state: claims.state,
    keys: p.keys ?? null,
    rule: { takes: p.takes ?? null },
    parts: p.parts ?? [],
    init: checkedInit(claims, (key) => ({ params: null, state: null, ...p.init?.(key) })),
    apply: checkedApply(claims, typed(p.apply)),
    step: p.step ?? (() => made),
  })
  return typed<L>(made)
}
/**
 * A layer from its parts, with the rule as a type argument: layer<MyRule>()({ name, params, init, apply }). Where
 * TypeScript knows the shape that `apply` gives, it must be what the rule says; where the layer says it by `gives`, that is
 * checked when a program is built.
 *
 * Law:     init gives data of the types `params` and `state`; apply depends on its arguments only
 * Errors:  BodyMismatch and Malformed, by the name of the layer: thrown by init, and in programs of apply
 */
export const layer =
  <F extends TypeRule>() =>
  <
    const P = null,
    const S = null,
    const K = null,
    A = never,
    R extends readonly [unknown, unknown] = readonly [unknown, unknown],
  >(
    p: Parts<P, S, K, A, R> & FitsApply<F, TypesOf<A>, TypesOf<R[0]>>,
  ): Layer<P, S, K, F> =>
    layerAs(p)

/** a -> a. Law: sequential(identity, f) = f = sequential(f, identity), up to the trees of parameters */
export const identity: Layer<null, null, null, Same> = layer<Same>()({
  name: 'identity',
  apply: (_, state, __, a) => [a, state],
})
