/**
 * Metrics of a trained network: the mean over examples of numbers computed on each, in batches. The last batch is
 * filled up with zeros that are not counted, so one compiled program serves any number of examples.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
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
import { typed } from '../../lang/syntax/typed.ts'
import { runs } from '../data/batches.ts'
import type { Examples } from '../data/dataset.ts'
import type { Layer } from '../nn/layer.ts'
import { evaluating } from '../nn/network.ts'
import type { FitsRule, Out, TypeRule } from '../nn/rule.ts'
import { type Batched, vmap } from '../transform/vmap.ts'
import type { ScalarType } from './descent.ts'
import { batchAt, batchSizeOf, type WrongExamples, wrongIn } from './examples.ts'
import type { Runner } from './fold.ts'
import type { AnyShapes, ExampleShapes, Loss } from './step.ts'

/** 1 if the predicted class (argmax, the lowest index on ties) is the label, else 0. Shape: [C], int [] -> [] */
export const accuracy = <C extends number>(
  logits: Expr<readonly [C], 'real'>,
  label: Expr<readonly [], 'int'>,
): Expr<readonly [], 'real'> => {
  const all: Expr = logits
  return select(eq(argmax(0)(all), label), 1, 0)
}

/** The inputs of a measurement: only the first `count` examples of the batch are counted. */
type Measured<P, S, T, U, N extends number> = {
  readonly params: P
  readonly state: S
  readonly x: Batched<T, N>
  readonly y: Batched<U, N>
  readonly count: Type<readonly [], 'int'>
}
type TaskEither<Error, A> = TE.TaskEither<Error, A>
type Metrics<B, U> = { readonly [name: string]: Loss<B, U> }
type Sums<M> = { readonly [K in keyof M]: ScalarType }
interface AnyMetrics {
  readonly [name: string]: (prediction: unknown, target: unknown) => Expr
}
/** The inputs of a measurement in expressions. */
interface Values {
  readonly params: object
  readonly state: object
  readonly x: unknown
  readonly y: unknown
  readonly count: Expr
}

const sums = (l: Layer, metrics: AnyMetrics, { x, y, batch }: AnyShapes): E.Either<Diagnostics, UntypedProgram> => {
  const inputs = { params: l.params, state: l.state, x, y }
  const one = untypedProgram(inputs, (v: Values) => {
    const [b] = l.apply(v.params, v.state, evaluating(l), v.x)
    return Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, metric(b, v.y)]))
  })
  return E.chain((p: UntypedProgram) => {
    const over = { params: false, state: false, x: true, y: true }
    // `build` keeps the types of its inputs
    const many = vmap(batch, { over, axis: 'batch' })(p as Program<typeof inputs, unknown>)
    return untypedProgram({ ...many.in, count: int() }, ({ count, ...v }: Values) => {
      const values = at(open(many.closed, exprLeaves(v)), many.closed.outputs)
      const counted = lt(iota([batch]), count)
      const totals = values.map((e) => sum()(select(counted, e, 0)))
      return refill(many.out, totals)
    })
  })(one)
}

type Measure<Checked extends boolean> = <
  P,
  S,
  K,
  F extends TypeRule,
  const M extends Metrics<Out<F, T>, U>,
  const T,
  const U,
  const N extends number,
>(
  network: Layer<P, S, K, F>,
  metrics: M,
  shapes: ExampleShapes<T & FitsRule<F, T>, U, N>,
) => Checked extends true
  ? E.Either<Diagnostics, Program<Measured<P, S, T, U, N>, Sums<M>>>
  : Program<Measured<P, S, T, U, N>, Sums<M>>
/**
 * A program: the sums of metrics over the first `count` examples of a batch, with the network in mode 'eval'.
 *
 * @example
 * const network = sequential(dense(784, 128), relu, dense(128, 10))
 * measurement(network, { loss: crossEntropy(), accuracy }, { x: real(784), y: int(), batch: 500 })._tag // => 'Right'
 */
export const measurement = typed<Measure<true>>(sums)
/** `measurement`, throwing its diagnostics. */
export const measurementOrThrow = typed<Measure<false>>((...args: Parameters<typeof sums>) => orThrow(sums(...args)))

/** A compiled measurement. */
export interface Meter<P, S, M, RunError> {
  /** The means of the metrics over all examples. Errors: WrongExamples, the back end's */
  readonly read: (
    network: { readonly params: Arrays<P>; readonly state: Arrays<S> },
    examples: Examples,
  ) => TaskEither<RunError | WrongExamples, { readonly [K in keyof M]: number }>
  /** Frees the memory on the back end. */
  readonly release: IO<void>
}
type AnyMeasured = Measured<unknown, unknown, unknown, unknown, number>
type Network = Pick<AnyMeasured, 'params' | 'state'>
type MetricTypes = { readonly [name: string]: ScalarType }
/** The measurement as a step that returns its state, the network, unchanged: it is loaded once for all batches. */
type Measuring = Program<readonly [Network, Omit<AnyMeasured, keyof Network>], readonly [Network, MetricTypes]>
const steady = (p: Program<AnyMeasured, unknown>): Measuring => {
  const { params, state, ...data } = p.in
  const step = untypedProgram([{ params, state }, data], ([network, d]: readonly [object, object]) => [
    network,
    refill(p.out, inline(p.closed, exprLeaves({ ...network, ...d }))),
  ])
  return typed(orThrow(step))
}
/** The means of the metrics over batches of the examples. */
const means =
  <RunError>(types: AnyMeasured, held: Resident<Network, Omit<AnyMeasured, keyof Network>, MetricTypes, RunError>) =>
  (network: Arrays<Network>, examples: Examples): TaskEither<RunError | WrongExamples, unknown> =>
  async () => {
    const batch = { x: types.x, y: types.y }
    const wrong = wrongIn(batch, examples)
    if (wrong !== undefined) return E.left(wrong)
    const loaded = await held.load({ params: network.params, state: network.state })()
    if (E.isLeft(loaded)) return loaded
    const totals = new Map<string, number>()
    for (const indices of runs(examples.count, batchSizeOf(types.x))) {
      const results = await held.step({ ...batchAt(batch, examples, indices), count: indices.length })()
      if (E.isLeft(results)) return results
      for (const [name, [value = Number.NaN]] of Object.entries(results.right))
        totals.set(name, (totals.get(name) ?? 0) + value)
    }
    return E.right(Object.fromEntries([...totals].map(([name, total]) => [name, total / examples.count])))
  }

/** A measurement compiled on a back end, to be read after every epoch, and released. Errors: the back end's */
export const meter =
  <CompileError, RunError>(backend: Runner<CompileError, RunError>) =>
  <P, S, T, U, N extends number, M>(
    program: Program<Measured<P, S, T, U, N>, M>,
  ): TaskEither<CompileError, Meter<P, S, M, RunError>> => {
    const untyped = typed<Program<AnyMeasured, unknown>>(program)
    return pipe(
      backend.resident(steady(untyped)),
      TE.map((held) => typed({ read: means(untyped.in, held), release: held.release })),
    )
  }
/** The means of the metrics over examples, once. Errors: WrongExamples, the back end's */
export const measure =
  <CompileError, RunError>(backend: Runner<CompileError, RunError>) =>
  <P, S, T, U, N extends number, M>(program: Program<Measured<P, S, T, U, N>, M>) =>
  (
    ...of: Parameters<Meter<P, S, M, RunError>['read']>
  ): TaskEither<CompileError | RunError | WrongExamples, { readonly [K in keyof M]: number }> =>
    pipe(
      meter(backend)(program),
      TE.chainW((m) => async () => {
        const result = await m.read(...of)()
        m.release()
        return result
      }),
    )
