/** A network as programs on one example, and its size. Read next: summary.ts. */
import type * as E from 'fp-ts/lib/Either.js'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { sizeOf } from '../../lang/syntax/shape.ts'
import { typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Context, Layer, Mode } from './layer.ts'
import type { FitsRule, Out, TypeRule } from './rule.ts'

/** The inputs of a network's program on one example of type T. */
export type Forward<P, S, K, T> = {
  readonly params: P
  readonly state: S
  readonly key: K
  readonly x: T
}
type ForwardProgram<P, S, K, F extends TypeRule, T> = Program<Forward<P, S, K, T>, readonly [Out<F, T>, S]>
type ForwardIn<Checked extends boolean> = (
  mode: Mode,
) => <P, S, K, F extends TypeRule, const T>(
  l: Layer<P, S, K, F>,
  example: T & FitsRule<F, T>,
) => Checked extends true ? E.Either<Diagnostics, ForwardProgram<P, S, K, F, T>> : ForwardProgram<P, S, K, F, T>

type Never = Forward<never, never, never, never>
const untyped =
  (mode: Mode) =>
  (l: Layer, x: unknown): E.Either<Diagnostics, UntypedProgram> =>
    untypedProgram({ params: l.params, state: l.state, key: l.keys, x }, ({ params, state, key, x: a }: Never) =>
      l.apply(params, state, { mode, key }, a),
    )
/**
 * The network as a program on one example, to its output and its next state.
 *
 * Shape:   vmap(n, { over: { params: false, state: false, key: true, x: true }, axis: 'batch' }) makes the batch
 * Errors:  every ill-typed operation, where sizes are not literal; where they are, TypeScript reports them
 */
export const forward = typed<ForwardIn<true>>(untyped)
/** `forward`, throwing its diagnostics. */
export const forwardOrThrow = typed<ForwardIn<false>>(
  (mode: Mode) => (l: Layer, x: unknown) => orThrow(untyped(mode)(l, x)),
)

/** The inputs of a trained network: its parameters and statistics, and one example. */
type Question<P, S, T> = {
  readonly params: P
  readonly state: S
  readonly x: T
}
type Predict<Checked extends boolean> = <P, S, K, F extends TypeRule, const T>(
  l: Layer<P, S, K, F>,
  example: T & FitsRule<F, T>,
) => Checked extends true
  ? E.Either<Diagnostics, Program<Question<P, S, T>, Out<F, T>>>
  : Program<Question<P, S, T>, Out<F, T>>
/**
 * The context of a mode without randomness. No layer reads a key there, so the keys' types are passed in their place.
 */
export const evaluating = (l: Layer): Context<never> => ({ mode: 'eval', key: l.keys as never })
const answer = (l: Layer, x: unknown): E.Either<Diagnostics, UntypedProgram> =>
  untypedProgram(
    { params: l.params, state: l.state, x },
    (v: Question<never, never, never>) => l.apply(v.params, v.state, evaluating(l), v.x)[0],
  )
/** The network in mode 'eval' as a program on one example, to its output. Errors: as forward's */
export const predict = typed<Predict<true>>(answer)
/** `predict`, throwing its diagnostics. */
export const predictOrThrow = typed<Predict<false>>((l: Layer, x: unknown) => orThrow(answer(l, x)))

/** How many numbers a layer learns. */
export const parameterCount = (l: { readonly params: unknown }): number =>
  typeLeaves(l.params).reduce((n, t) => n + sizeOf(t.shape), 0)
