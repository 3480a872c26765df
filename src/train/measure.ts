/**
 * Metrics of a trained network: the mean over examples of numbers computed on each, in batches. The last batch is
 * filled up with zeros, which are not counted, so one compiled program serves any number of examples.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { IO } from 'fp-ts/lib/IO.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Resident } from '../../lang/backend.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { iota } from '../../lang/primitives/constant.ts'
import { eq, lt, select } from '../../lang/primitives/elementwise.ts'
import { argmax } from '../../lang/primitives/reduction.ts'
import { at, inline, open } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { int, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { runs } from '../data/batches.ts'
import type { Layer } from '../nn/layer.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import { type Batched, vmap } from '../transform/vmap.ts'
import type { Scalar } from './descent.ts'
import { batchSizeOf, type Examples, rowsAt, type WrongExamples, wrongIn } from './examples.ts'
import type { Runner } from './fold.ts'
import type { Loss, Shapes } from './step.ts'

/** 1 where the largest logit is at the label, the first of equals; else 0. Shape: [C], int [] -> [] */
export const accuracy = <C extends number>(
  logits: Expr<readonly [C], 'real'>,
  label: Expr<readonly [], 'int'>,
): Expr<readonly [], 'real'> => select(eq(argmax(0)(logits as Expr), label), 1, 0) as Expr

/** The inputs of a measurement: `count` examples from the front of a batch count. */
export type Measured<P, S, T, U, N extends number> = {
  readonly params: P
  readonly state: S
  readonly x: Batched<T, N>
  readonly y: Batched<U, N>
  readonly count: Type<readonly [], 'int'>
}
type TaskEither<Error, A> = TE.TaskEither<Error, A>
type Metrics<B, U> = { readonly [name: string]: Loss<B, U> }
type Sums<M> = { readonly [K in keyof M]: Scalar }
interface Values {
  readonly params: never
  readonly state: never
  readonly x: never
  readonly y: never
  readonly count: Expr
}

const sums = (
  l: Layer,
  metrics: Metrics<never, never>,
  { x, y, batch }: Shapes<unknown, unknown, number>,
): E.Either<Diagnostics, UntypedProgram> => {
  const one = untypedProgram({ params: l.params, state: l.state, x, y }, (v: Values) => {
    const [b] = l.apply(v.params, v.state, { mode: 'eval', key: l.keys as never }, v.x)
    return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric(b as never, v.y)]))
  })
  return E.chain((p: UntypedProgram) => {
    const many = vmap(batch, { over: { params: false, state: false, x: true, y: true }, axis: 'batch' })(
      p,
    ) as UntypedProgram
    return untypedProgram({ ...(many.in as object), count: int() }, ({ count, ...v }: Values) => {
      const values = at(open(many.closed, exprLeaves(v)), many.closed.outputs)
      const counted = lt(iota([batch]), count)
      return refill(
        many.out,
        values.map((e) => sum()(select(counted, e, 0))),
      )
    })
  })(one)
}

type Measure<Checked extends boolean> = <
  P,
  S,
  K,
  F extends Rule,
  const M extends Metrics<Out<F, T>, U>,
  const T,
  const U,
  const N extends number,
>(
  network: Layer<P, S, K, F>,
  metrics: M,
  shapes: Shapes<T & FitsRule<F, T>, U, N>,
) => Checked extends true
  ? E.Either<Diagnostics, Program<Measured<P, S, T, U, N>, Sums<M>>>
  : Program<Measured<P, S, T, U, N>, Sums<M>>
/**
 * The sums of metrics over the first `count` examples of a batch, with the network in mode 'eval'.
 *
 * @example
 * const network = sequential(dense(784, 128), relu, dense(128, 10))
 * measurement(network, { loss: crossEntropy(), accuracy }, { x: real(784), y: int(), batch: 500 })._tag // => 'Right'
 */
export const measurement: Measure<true> = sums as never
export const measurementOrThrow: Measure<false> = ((...[l, metrics, shapes]: Parameters<typeof sums>) =>
  orThrow(sums(l, metrics, shapes))) as never

/** A measurement on a back end. */
export interface Meter<P, S, M, RunError> {
  /** The means of the metrics over all examples. Errors: WrongExamples, the back end's */
  readonly read: (
    network: { readonly params: Arrays<P>; readonly state: Arrays<S> },
    examples: Examples,
  ) => TaskEither<RunError | WrongExamples, { readonly [K in keyof M]: number }>
  readonly release: IO<void>
}
type Types = Measured<unknown, unknown, unknown, unknown, number>
/** The measurement with the network as its state, which stays as it is: it is handed over once for all batches. */
const steady = (p: UntypedProgram): UntypedProgram => {
  const { params, state, ...data } = p.in as Types
  return orThrow(
    untypedProgram([{ params, state }, data], ([network, d]: readonly [object, object]) => [
      network,
      refill(p.out, inline(p.closed, exprLeaves({ ...network, ...d }))),
    ]),
  )
}
const read =
  (types: Types, held: Resident<unknown, unknown, unknown>) =>
  (network: { readonly params: unknown; readonly state: unknown }, examples: Examples): TaskEither<unknown, unknown> =>
  async () => {
    const wrong = wrongIn({ x: types.x, y: types.y }, examples)
    if (wrong !== undefined) return E.left(wrong)
    const loaded = await held.load({ params: network.params, state: network.state } as never)()
    if (E.isLeft(loaded)) return loaded
    const totals = new Map<string, number>()
    for (const places of runs(examples.count, batchSizeOf(types.x))) {
      const rows = { x: rowsAt(types.x, examples.x, places), y: rowsAt(types.y, examples.y, places) }
      const results = await held.step({ ...rows, count: places.length } as never)()
      if (E.isLeft(results)) return results
      for (const [name, value] of Object.entries(results.right as { readonly [name: string]: Float64Array }))
        totals.set(name, (totals.get(name) ?? 0) + (value[0] ?? Number.NaN))
    }
    return E.right(Object.fromEntries([...totals].map(([name, total]) => [name, total / examples.count])))
  }

/** A measurement made ready on a back end, to be read after every epoch, and released. */
export const meter =
  <CompileError, RunError>(backend: Runner<CompileError, RunError>) =>
  <P, S, T, U, N extends number, M>(
    program: Program<Measured<P, S, T, U, N>, M>,
  ): TaskEither<CompileError, Meter<P, S, M, RunError>> =>
    TE.map((held: Resident<unknown, unknown, unknown>) => ({
      read: read(program.in as never, held),
      release: held.release,
    }))(backend.resident(steady(program) as never) as never) as never
/** The means of the metrics over examples, once. Errors: WrongExamples, the back end's */
export const measure =
  <CompileError, RunError>(backend: Runner<CompileError, RunError>) =>
  <P, S, T, U, N extends number, M>(program: Program<Measured<P, S, T, U, N>, M>) =>
  (
    ...of: Parameters<Meter<P, S, M, RunError>['read']>
  ): TaskEither<CompileError | RunError | WrongExamples, { readonly [K in keyof M]: number }> =>
    TE.chainW((m: Meter<P, S, M, RunError>) => async () => {
      const result = await m.read(...of)()
      m.release()
      return result
    })(meter(backend)(program))
