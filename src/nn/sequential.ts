/** Layers in sequence, in parallel, and in residual blocks. Each part starts from its own child of the key. */
import { concat } from '../../lang/primitives/concat.ts'
import { add, mul } from '../../lang/primitives/elementwise.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import type { Concat, Fits, FitsConcat, Joined } from '../../lang/types/index.ts'
import { inSequence, jointly, type Stage, stage } from './joint.ts'
import { type Each, identity, type Layer } from './layer.ts'
import type { Chain, FitsAt, Out, Problems, RuleOf, Same, Takes, TypeRule } from './rule.ts'
import { mixesRows } from './stepwise.ts'

type Joint<L extends readonly unknown[], F extends TypeRule> = Layer<
  Each<L, 'params'>,
  Each<L, 'state'>,
  Each<L, 'keys'>,
  F
>
/** The parts, each with its problem; a list whose length is not known is checked when a program is built. */
type Fitting<L extends readonly unknown[]> = number extends L['length']
  ? L
  : { readonly [I in keyof L]: L[I] & FitsAt<Found<L>, I> }
/** A layer of the last axis, such as dense, takes a vector or several: what fits one of them fits. */
type Found<L extends readonly unknown[]> =
  EndsWell<Problems<L, Takes<L>>> extends true
    ? Problems<L, Takes<L>>
    : EndsWell<Problems<L, InRows<Takes<L>>>> extends true
      ? Problems<L, InRows<Takes<L>>>
      : Problems<L, Takes<L>>
type EndsWell<P> = P extends readonly [...unknown[], string] ? false : true
/** Several vectors: a number of rows that no other size equals by accident. */
type InRows<A> = A extends Type<readonly [infer I extends number], infer D> ? Type<readonly [7919, I], D> : A

/**
 * Layers in sequence: each takes the output of the one before it. An array of layers is a sequence within it.
 *
 * Laws:    identity: sequential(identity, f) = f = sequential(f, identity)
 *          associativity: sequential(f, sequential(g, h)) = sequential(sequential(f, g), h), up to the nesting of
 *          parameters
 * Errors:  if a layer does not accept the output of the layer before it, building the program fails with a diagnostic.
 *          Where the sizes are literal, TypeScript already reports it at that layer
 *
 * @example
 * sequential(dense(784, 128), relu, dense(128, 10))
 */
export const sequential = <const L extends readonly Stage[]>(...layers: Fitting<L>): Joint<L, Chain<L>> => {
  const stages: readonly Stage[] = layers
  return inSequence(stages)
}

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
export const parallel = <const L extends readonly Stage[]>(...layers: L): Joint<L, SideBySide<L>> =>
  jointly('parallel', layers, (run, a) => layers.map((_, i) => run(i, a[i])))

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
 * A residual block: the output of `main` plus that of `shortcut`, by default the identity.
 *
 * Source:  He, Zhang, Ren, Sun, "Deep residual learning" (2015)
 */
export const residual = <const M extends Stage, const C extends Stage = Layer<null, null, null, Same>>(
  main: M,
  shortcut?: C,
): Joint<readonly [M, C], Around<M, C>> =>
  // two expressions, or `add` builds a diagnostic
  jointly('residual', [main, shortcut ?? identity], (run, a) => add(run(0, a) as Expr, run(1, a) as Expr))

/** a -> main(a) * gate(a) */
export interface Product<Main, Gate> extends TypeRule {
  readonly takes: RuleOf<Main>['takes']
  readonly out: Multiplied<Out<RuleOf<Main>, this['in']>, Out<RuleOf<Gate>, this['in']>>
}
type Multiplied<B, C> = B extends string
  ? B
  : C extends string
    ? C
    : B extends Type<infer S, 'real'>
      ? C extends Type<infer T, 'real'>
        ? Fits<S, T> extends infer P extends string
          ? P
          : Type<Joined<S, T>, 'real'>
        : 'a gate is one array of real numbers'
      : 'a gate multiplies one array of real numbers'
/**
 * A product of two layers on the same input: the second, often with sigmoid at its end, says how much of the first
 * passes. Sizes of 1 are repeated, so that a gate may have one number for each channel.
 *
 * Source:  Dauphin, Fan, Auli, Grangier, "Language modeling with gated convolutional networks" (2016); Hu et al.,
 *          "Squeeze-and-excitation networks" (2017)
 *
 * @example
 * gated(dense(64, 64), sequential(dense(64, 64), sigmoid))
 */
export const gated = <const M extends Stage, const G extends Stage>(
  main: M,
  gate: G,
): Joint<readonly [M, G], Product<M, G>> =>
  jointly('gated', [main, gate], (run, a) => mul(run(0, a) as Expr, run(1, a) as Expr))

/** a -> main(a) and shortcut(a), side by side along axis A */
export interface SkipBeside<A extends number, Main, Shortcut> extends TypeRule {
  readonly takes: RuleOf<Main>['takes']
  readonly out: Beside<A, Out<RuleOf<Main>, this['in']>, Out<RuleOf<Shortcut>, this['in']>>
}
type Beside<A extends number, B, C> = B extends string
  ? B
  : C extends string
    ? C
    : B extends Type<infer S, infer D>
      ? C extends Type<infer T, D>
        ? FitsConcat<readonly [S, T], A> extends infer P extends string
          ? P
          : Type<Concat<readonly [S, T], A>, D>
        : 'a skip concatenates arrays of one element type'
      : 'a skip concatenates two arrays'
/**
 * The output of `main` and that of `shortcut`, by default the identity, side by side along an axis: 0 for the channels of
 * images, -1 for the numbers of tokens.
 *
 * Source:  Huang, Liu, van der Maaten, Weinberger, "Densely connected convolutional networks" (2016)
 *
 * @example
 * skipConcat(0, sequential(conv2d(8, 4, 3, { pad: 1 }), relu))  // 12 channels of 8
 */
export const skipConcat = <
  const A extends number,
  const M extends Stage,
  const C extends Stage = Layer<null, null, null, Same>,
>(
  axis: A,
  main: M,
  shortcut?: C,
): Joint<readonly [M, C], SkipBeside<A, M, C>> => {
  const parts = [main, shortcut ?? identity].map(stage)
  const along = <L extends Layer>(at: number, ls: readonly Layer[]): L =>
    jointly('skipConcat', ls, (run, a) => concat(at)([run(0, a), run(1, a)] as readonly Expr[]))
  const whole = along<Joint<readonly [M, C], SkipBeside<A, M, C>>>(axis, parts)
  const step = (length: number): Layer => {
    if (axis === 0) return mixesRows(whole.name, 'adds rows to others')
    // a row has no axis of rows
    const row: Layer = {
      ...along<Layer>(
        axis > 0 ? axis - 1 : axis,
        parts.map((l) => l.step(length)),
      ),
      step: () => row,
    }
    return row
  }
  return { ...whole, step }
}
