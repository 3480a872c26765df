/** A layer as programs on one example, and its size. Read next: summary.ts. */
import type * as E from 'fp-ts/lib/Either.js'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { typeLeaves } from '../../lang/syntax/tree.ts'
import type { Layer, Mode } from './layer.ts'
import type { FitsRule, Out, Rule } from './rule.ts'

/** A network on one example of type T. */
export type Forward<P, S, K, T> = {
  readonly params: P
  readonly state: S
  readonly key: K
  readonly x: T
}
type ForwardProgram<P, S, K, F extends Rule, T> = Program<Forward<P, S, K, T>, readonly [Out<F, T>, S]>

type Never = Forward<never, never, never, never>
const untyped = (l: Layer, x: unknown, mode: Mode): E.Either<Diagnostics, UntypedProgram> =>
  untypedProgram({ params: l.params, state: l.state, key: l.keys, x }, ({ params, state, key, x: a }: Never) =>
    l.apply(params, state, { mode, key }, a),
  )
/**
 * The network as a program on one example: to its output and its next state.
 *
 * Shape:   vmap(n, { over: { params: false, state: false, key: true, x: true }, axis: 'batch' }) makes the batch
 * Errors:  every ill-typed operation, where sizes are not literal; where they are, TypeScript's
 */
export const forward: (
  mode: Mode,
) => <P, S, K, F extends Rule, const T>(
  l: Layer<P, S, K, F>,
  example: T & FitsRule<F, T>,
) => E.Either<Diagnostics, ForwardProgram<P, S, K, F, T>> = ((mode: Mode) => (l: Layer, x: unknown) =>
  untyped(l, x, mode)) as never
export const forwardOrThrow: (
  mode: Mode,
) => <P, S, K, F extends Rule, const T>(
  l: Layer<P, S, K, F>,
  example: T & FitsRule<F, T>,
) => ForwardProgram<P, S, K, F, T> = ((mode: Mode) => (l: Layer, x: unknown) => orThrow(untyped(l, x, mode))) as never

/** What a trained network is asked: its parameters and statistics, and one example. */
export type Question<P, S, T> = {
  readonly params: P
  readonly state: S
  readonly x: T
}
type Predict<Checked extends boolean> = <P, S, K, F extends Rule, const T>(
  l: Layer<P, S, K, F>,
  example: T & FitsRule<F, T>,
) => Checked extends true
  ? E.Either<Diagnostics, Program<Question<P, S, T>, Out<F, T>>>
  : Program<Question<P, S, T>, Out<F, T>>
// in mode 'eval' nothing is drawn, so keys are only there to be handed down
const answer = (l: Layer, x: unknown): E.Either<Diagnostics, UntypedProgram> =>
  untypedProgram(
    { params: l.params, state: l.state, x },
    (v: Never) => l.apply(v.params, v.state, { mode: 'eval', key: l.keys as never }, v.x)[0],
  )
/** The network's answer to one example, in mode 'eval'. Errors: as forward's */
export const predict: Predict<true> = answer as never
export const predictOrThrow: Predict<false> = ((l: Layer, x: unknown) => orThrow(answer(l, x))) as never

/** How many numbers a layer learns. */
export const parameterCount = (l: { readonly params: unknown }): number =>
  typeLeaves(l.params).reduce((n, t) => n + sizeOf(t.shape), 0)
