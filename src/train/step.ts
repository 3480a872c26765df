/**
 * A training step is one program,
 *
 *   (state, data) -> (state', loss)      state = parameters, the layers' state, the optimiser's state
 *
 * built from the loss, its gradient with respect to the parameters, and the optimiser's rule. It can be printed,
 * checked, compiled whole, and differentiated itself. Training is a fold of it over data: fold.ts.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as inside from '../../lang/operations/random.ts'
import { take } from '../../lang/operations/slicing.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { pmean } from '../../lang/primitives/collective.ts'
import { div } from '../../lang/primitives/elementwise.ts'
import { at, inline, open } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, exprLeaves, type Handles, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { type KeyType, keyType, type Layer } from '../nn/layer.ts'
import type { FitsRule, Out, TypeRule } from '../nn/rule.ts'
import { type Optimizer, type OptimizerState, startState } from '../optim/optimizer.ts'
import { type Key, splitKey, uniform } from '../random/key.ts'
import { type Batched, vmap } from '../transform/vmap.ts'
import { descend, type ScalarType } from './descent.ts'

/** The type of the key in a state; null if the network draws nothing. */
type KeyFor<K> = [Leaves<K>] extends [never] ? null : KeyType
type Leaves<T> = T extends Type | null
  ? Exclude<T, null>
  : T extends readonly (infer E)[]
    ? Leaves<E>
    : Leaves<T[keyof T]>
/** The state of training: a step maps it to the next one. */
export type TrainState<P, S, K = null, Slot extends string = string> = {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
  /** The layers' state, such as running statistics. */
  readonly state: S
  /** Every step draws from children of the key, and passes on another key. */
  readonly key: KeyFor<K>
}
/** A batch: inputs and targets of N examples, stacked. */
export type TrainData<T, U, N extends number = number> = {
  readonly x: Batched<T, N>
  readonly y: Batched<U, N>
}
/** The types of one example and its target, and the number of examples in a batch. */
export interface ExampleShapes<T, U, N extends number> {
  /** The type of one input. */
  readonly x: T
  /** The type of one target. */
  readonly y: U
  /** The number of examples in a batch. */
  readonly batch: N
}
/** How far a prediction is from its target, on one example: crossEntropy(), mseLoss(). */
export type Loss<B, U> = (prediction: Handles<B>, target: Handles<U>) => Expr<readonly [], 'real'>

type AnyLoss = (prediction: unknown, target: unknown) => Expr
export type AnyShapes = ExampleShapes<unknown, unknown, number>
/** The data of one example in a step, as expressions; `state` and `key` are trees. */
interface Example {
  readonly state: object
  readonly key: object
  readonly x: unknown
  readonly y: unknown
}
const average = (x: Expr, n: number): Expr => div(sum(0)(x), n)
/** The mean over the examples of a batch; for integers the value of the first example. */
const overBatch = (e: Expr): Expr => (isReal(e.type) ? pmean('batch')(e) : e)
/**
 * (params, { state, key, x, y }) -> (mean loss, state'). The next state is the mean of the states after each example:
 * all are equal if they come from statistics of the whole batch.
 */
const batchLoss = (l: Layer, loss: AnyLoss, { x, y, batch }: AnyShapes): E.Either<Diagnostics, UntypedProgram> => {
  const rest = { state: l.state, key: l.keys, x, y }
  const one = untypedProgram([l.params, rest], ([params, v]: readonly [object, Example]) => {
    const [b, next] = l.apply(params, v.state, { mode: 'train', key: v.key }, v.x)
    return [loss(b, v.y), refill(next, exprLeaves(next).map(overBatch))]
  })
  return E.chain((p: UntypedProgram) => {
    const over = [false, { state: false, key: true, x: true, y: true }]
    const many: UntypedProgram = vmap(batch, { over, axis: 'batch' })(p)
    return untypedProgram(many.in, (v: unknown) => {
      const [losses, ...states] = at(open(many.closed, exprLeaves(v)), many.closed.outputs)
      // the first output is the loss
      return [average(losses as Expr, batch), refill(l.state, states.map(take(0, 0)))]
    })
  })(one)
}
/** A key for every example and every leaf, and the key of the next step. */
const keysFrom = (types: unknown, key: Expr, batch: number): readonly [keys: unknown, next: Expr] => {
  const keys = typeLeaves(types).map((_, i) => inside.splitKey(batch)(inside.foldIn(i + 1)(key)))
  return [refill(types, keys), inside.foldIn(0)(key)]
}
/** A descent whose loss also returns the layers' next state, which is a part of the step's state. */
const networkStep = (l: Layer, loss: AnyLoss, o: Optimizer, shapes: AnyShapes): E.Either<Diagnostics, UntypedProgram> =>
  pipe(
    batchLoss(l, loss, shapes),
    E.chain((p) => descend(o, p)),
    E.chain((step) => {
      // the inputs of `batchLoss`, the optimiser's state beside the parameters
      const [descent, { state, x, y }] = step.in as readonly [object, Example]
      const random = typeLeaves(l.keys).length > 0
      const types = [
        { ...descent, state, key: random ? keyType : null },
        { x, y },
      ]
      return untypedProgram(
        types,
        ([carried, d]: readonly [{ readonly state: unknown; readonly key: Expr }, object]) => {
          const { state: kept, key, ...s } = carried
          const [keys, fresh] = random ? keysFrom(l.keys, key, shapes.batch) : [l.keys, null]
          const outputs = inline(step.closed, exprLeaves([s, { state: kept, key: keys, ...d }]))
          // the outputs of `batchLoss`, beside the next state of the descent
          const [next, [mean, after]] = refill(step.out, outputs) as readonly [object, readonly [unknown, unknown]]
          return [{ ...next, state: after, key: fresh }, mean]
        },
      )
    }),
  )

/** What a loss takes beside the parameters: the layers' state, their keys, and a batch. */
type LossData<S, K, T, U, N extends number> = {
  readonly state: S
  /** One key for every example and every random draw; null where the network draws nothing. */
  readonly key: Batched<K, N>
  readonly x: Batched<T, N>
  readonly y: Batched<U, N>
}
type LossProgram<Checked extends boolean> = <P, S, K, F extends TypeRule, const T, const U, const N extends number>(
  network: Layer<P, S, K, F>,
  loss: Loss<Out<F, NoInfer<T>>, NoInfer<U>>,
  shapes: ExampleShapes<T & FitsRule<F, T>, U, N>,
) => Checked extends true
  ? E.Either<Diagnostics, Program<readonly [P, LossData<S, K, T, U, N>], ScalarType>>
  : Program<readonly [P, LossData<S, K, T, U, N>], ScalarType>
const onlyLoss = (l: Layer, loss: AnyLoss, shapes: AnyShapes): E.Either<Diagnostics, UntypedProgram> =>
  E.chain((p: UntypedProgram) =>
    untypedProgram(p.in, (v: unknown) => at(open(p.closed, exprLeaves(v)), p.closed.outputs)[0]),
  )(batchLoss(l, loss, shapes))
/**
 * What training minimises, as a program: (params, { state, key, x, y }) -> the mean loss of a batch, in mode 'train'. It is
 * what `checkGradients` checks, and what `descentStep` descends.
 *
 * Errors:  every ill-typed operation of the network and the loss, on these examples
 *
 * @example
 * const network = sequential(dense(2, 3), tanh, dense(3, 2))
 * const loss = lossProgramOrThrow(network, crossEntropy(), { x: real(2), y: int(), batch: 4 })
 * const checked = checkGradients(loss)
 * checked._tag === 'Right' && checked.right.verdict // => 'correct'
 */
export const lossProgram = typed<LossProgram<true>>(onlyLoss)
/** `lossProgram`, throwing its diagnostics. */
export const lossProgramOrThrow = typed<LossProgram<false>>((...args: Parameters<typeof onlyLoss>) =>
  orThrow(onlyLoss(...args)),
)

type NetworkStep<P, S, K, T, U, N extends number, Slot extends string> = Program<
  readonly [TrainState<P, S, K, Slot>, TrainData<T, U, N>],
  readonly [TrainState<P, S, K, Slot>, ScalarType]
>
type TrainStep<Checked extends boolean> = <
  P,
  S,
  K,
  F extends TypeRule,
  Slot extends string,
  const T,
  const U,
  const N extends number,
>(
  network: Layer<P, S, K, F>,
  loss: Loss<Out<F, NoInfer<T>>, NoInfer<U>>,
  o: Optimizer<Slot>,
  shapes: ExampleShapes<T & FitsRule<F, T>, U, N>,
) => Checked extends true
  ? E.Either<Diagnostics, NetworkStep<P, S, K, T, U, N, Slot>>
  : NetworkStep<P, S, K, T, U, N, Slot>
/**
 * One step of training a network: the mean loss over a batch, differentiated, and the optimiser's rule.
 *
 * Errors:  NotScalar, NotReversible; every ill-typed operation of the network, on these examples
 *
 * @example
 * trainStep(sequential(dense(784, 128), relu, dense(128, 10)), crossEntropy(), sgd({ rate: 0.1 }),
 *   { x: real(784), y: int(), batch: 64 })
 */
export const trainStep = typed<TrainStep<true>>(networkStep)
/** `trainStep`, throwing its diagnostics. */
export const trainStepOrThrow = typed<TrainStep<false>>((...args: Parameters<typeof networkStep>) =>
  orThrow(networkStep(...args)),
)

/** A word of a key inside a program, from a uniform number. */
const word = (u: number): number => Math.floor(u * 2 ** 24)
/** The state before the first step: parameters, statistics and randomness, all from one key. */
export const startTraining = <P, S, K, F extends TypeRule, Slot extends string>(
  network: Layer<P, S, K, F>,
  o: Optimizer<Slot>,
  key: Key,
): Arrays<TrainState<P, S, K, Slot>> => {
  const [forLayers, forSteps] = splitKey(2)(key)
  const { params, state } = network.init(forLayers)
  const random = typeLeaves(network.keys).length > 0
  const words = random ? Int32Array.from(uniform(3)(forSteps), word) : null
  return typed({ params, optimizer: startState(o)(network.params), state, key: words })
}
