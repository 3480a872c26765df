/** Layers one after the other, side by side, and around. Each gives its parts one child of its key each. */
import type { AnyTree } from '../../lang/control/types.ts'
import { add } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { splitKey } from '../random/key.ts'
import { identity, type KeysOf, type Layer, layer, type ParamsOf, type StateOf } from './layer.ts'
import type { Chain, EachNumber, FitsAt, Opaque, Out, Problems, RuleOf, Same, Takes, TypeRule } from './rule.ts'

/** A layer, or a plain function of one array: relu, softmax(), (x) => mul(x, 2). */
export type Stage = Layer | ((x: AnyTree) => unknown)
type Each<L extends readonly unknown[], What extends 'params' | 'state' | 'keys'> = {
  readonly [I in keyof L]: What extends 'params' ? ParamsOf<L[I]> : What extends 'state' ? StateOf<L[I]> : KeysOf<L[I]>
}
type Joint<L extends readonly unknown[], F extends TypeRule> = Layer<
  Each<L, 'params'>,
  Each<L, 'state'>,
  Each<L, 'keys'>,
  F
>
type Fitting<L extends readonly unknown[]> = { readonly [I in keyof L]: L[I] & FitsAt<Problems<L, Takes<L>>, I> }

const nameOf = (f: object & { readonly name: string }): string =>
  'entry' in f ? (f.entry as { readonly name: string }).name : f.name || 'a function'
/** A function without parameters, as a layer. */
export const stage = (s: Stage): Layer =>
  typeof s === 'function'
    ? layer<EachNumber | Opaque>()({ name: nameOf(s), apply: (_, state, __, a) => [s(a), state] })
    : s

/** What apply is underneath: trees of expressions, untyped. */
type Untyped = (params: unknown, state: unknown, context: unknown, a: unknown) => readonly [unknown, unknown]
const applyOf = (l: Layer): Untyped => l.apply as unknown as Untyped

/** The parts of a layer made of others: a tuple for each tree. `through` says what each gets and what comes out. */
const joint = (
  name: string,
  stages: readonly Stage[],
  through: (run: (i: number, a: unknown) => unknown, a: unknown) => unknown,
): Layer => {
  const parts = stages.map(stage)
  return layer<TypeRule>()({
    name: `${name}(${parts.map((p) => p.name).join(', ')})`,
    params: parts.map((p) => p.params),
    state: parts.map((p) => p.state),
    keys: parts.map((p) => p.keys),
    takes: parts[0]?.rule.takes,
    parts: name === 'sequential' ? parts : [],
    init: (key) => {
      const starts = splitKey(parts.length)(key).map((k, i) => (parts[i] as Layer).init(k))
      return { params: starts.map((s) => s.params), state: starts.map((s) => s.state) }
    },
    apply: (params, state, { mode, key }, a) => {
      const next = [...(state as readonly unknown[])]
      const run = (i: number, x: unknown): unknown => {
        const [b, after] = applyOf(parts[i] as Layer)(params[i], next[i], { mode, key: key[i] }, x)
        next[i] = after
        return b
      }
      const b = through(run, a)
      return [b, next]
    },
  }) as never
}

/**
 * One layer after the other.
 *
 * Laws:    identity: sequential(identity, f) = f = sequential(f, identity)
 *          associativity: sequential(f, sequential(g, h)) = sequential(sequential(f, g), h), up to the nesting of parameters
 * Errors:  a layer that does not take what the one before it gives is an error of TypeScript at that layer, where the
 *          sizes are literal; a diagnostic of the program that is built from it, always
 *
 * @example
 * sequential(dense(784, 128), relu, dense(128, 10))
 */
export const sequential: <const L extends readonly Stage[]>(...layers: Fitting<L>) => Joint<L, Chain<L>> = ((
  ...stages: readonly Stage[]
) => joint('sequential', stages, (run, a) => stages.reduce((x, _, i) => run(i, x), a))) as never

/** (a, c) -> (f(a), g(c)) */
export interface SideBySide<L extends readonly unknown[]> extends TypeRule {
  readonly takes: { readonly [I in keyof L]: RuleOf<L[I]>['takes'] }
  readonly out: Pairwise<this['in'], L>
}
type Pairwise<A, L extends readonly unknown[]> = A extends { readonly [I in keyof L]: unknown }
  ? Sentence<{ readonly [I in keyof L]: I extends keyof A ? Out<RuleOf<L[I]>, A[I]> : never }>
  : `parallel takes a tuple of ${L['length'] & number}`
type Sentence<B extends readonly unknown[]> = [Extract<B[number], string>] extends [never]
  ? B
  : Extract<B[number], string>
/**
 * Each layer on its own member of a tuple.
 *
 * Law:     parallel(f, g) after parallel(h, k) = parallel(f after h, g after k)
 */
export const parallel: <const L extends readonly Stage[]>(...layers: L) => Joint<L, SideBySide<L>> = ((
  ...stages: readonly Stage[]
) => joint('parallel', stages, (run, a) => stages.map((_, i) => run(i, (a as readonly unknown[])[i])))) as never

/** a -> main(a) + shortcut(a) */
export interface Around<Main, Shortcut> extends TypeRule {
  readonly takes: RuleOf<Main>['takes']
  readonly out: Met<Out<RuleOf<Main>, this['in']>, Out<RuleOf<Shortcut>, this['in']>>
}
type Met<B, C> = B extends string
  ? B
  : C extends string
    ? C
    : B extends C
      ? B
      : C extends B
        ? B
        : 'a residual block adds two arrays of one shape: give it a shortcut'
/**
 * A residual block: what a layer gives, added to its input, or to what a shortcut makes of the input.
 *
 * Source:  He, Zhang, Ren, Sun, "Deep residual learning" (2015)
 */
export const residual: <const M extends Stage, const C extends Stage = Layer<null, null, null, Same>>(
  main: M,
  shortcut?: C,
) => Joint<readonly [M, C], Around<M, C>> = ((main: Stage, shortcut: Stage = identity) =>
  joint('residual', [main, shortcut], (run, a) => add(run(0, a) as Expr, run(1, a) as Expr))) as never
