/**
 * A training step is one program,
 *
 *   (state, data) -> (state', loss)      state = parameters, what layers remember, what the optimiser remembers
 *
 * made of the loss, its gradient towards the parameters alone, and the optimiser's rule. It can be printed, checked,
 * compiled whole, and differentiated itself. Training is a fold of it over data: fold.ts.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { foldIn, splitKey } from '../../lang/operations/random.ts'
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
import { type KeyType, keyType, type Layer } from '../nn/layer.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import { type Optimizer, type OptimizerState, startState } from '../optim/optimizer.ts'
import { type Key, split, uniforms } from '../random/key.ts'
import { type Batched, vmap } from '../transform/vmap.ts'
import { descend, type Scalar } from './descent.ts'

/** null where a network draws nothing. */
export type KeyFor<K> = [Leaves<K>] extends [never] ? null : KeyType
type Leaves<T> = T extends Type | null
  ? Exclude<T, null>
  : T extends readonly (infer E)[]
    ? Leaves<E>
    : Leaves<T[keyof T]>
/** What a network carries from step to step; every step draws from children of the key, and passes on another. */
export type TrainState<P, S, K = null, Slot extends string = string> = {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
  readonly state: S
  readonly key: KeyFor<K>
}
/** A batch, example after example. */
export type TrainData<T, U, N extends number = number> = {
  readonly x: Batched<T, N>
  readonly y: Batched<U, N>
}
/** The types of one example and its target, and how many there are in a batch. */
export interface Shapes<T, U, N extends number> {
  readonly x: T
  readonly y: U
  readonly batch: N
}
/** How far a prediction is from its target, on one example: crossEntropy(), mseLoss(). */
export type Loss<B, U> = (prediction: Handles<B>, target: Handles<U>) => Expr<readonly [], 'real'>

const average = (x: Expr, n: number): Expr => div(sum(0)(x), n)
type Values = {
  readonly [K in 'params' | 'state' | 'key' | 'x' | 'y' | 'optimizer']: never
}
/** The mean over the examples of a batch; of integers, what the first example has. */
const overBatch = (e: Expr): Expr => (isReal(e.type) ? pmean('batch')(e) : e)
/**
 * (params, { state, key, x, y }) -> (mean loss, state'). A layer's next state is the mean over the examples of what each
 * would leave: the same for all, where it comes from statistics of the whole batch.
 */
const batchLoss = (
  l: Layer,
  loss: Loss<never, never>,
  { x, y, batch }: Shapes<unknown, unknown, number>,
): E.Either<Diagnostics, UntypedProgram> => {
  const rest = { state: l.state, key: l.keys, x, y }
  const one = untypedProgram([l.params, rest], ([params, v]: readonly [never, Values]) => {
    const [b, next] = l.apply(params, v.state, { mode: 'train', key: v.key }, v.x)
    return [loss(b as never, v.y), refill(next, exprLeaves(next).map(overBatch))]
  })
  return E.chain((p: UntypedProgram) => {
    const over = [false, { state: false, key: true, x: true, y: true }]
    const many = vmap(batch, { over, axis: 'batch' })(p) as UntypedProgram
    return untypedProgram(many.in, (v: never) => {
      const [losses, ...states] = at(open(many.closed, exprLeaves(v)), many.closed.outputs)
      return [average(losses as Expr, batch), refill(l.state, states.map(take(0, 0)))]
    })
  })(one)
}
/** A key for every example and every leaf, and the key of the next step. */
const keysFrom = (types: unknown, key: Expr, batch: number): readonly [keys: unknown, next: Expr] => {
  const keys = typeLeaves(types).map((_, i) => splitKey(batch)(foldIn(i + 1)(key)))
  return [refill(types, keys), foldIn(0)(key)]
}
/** A descent whose loss also gives the layers' next state, which joins what is carried. */
const networkStep = (
  l: Layer,
  loss: Loss<never, never>,
  o: Optimizer,
  shapes: Shapes<unknown, unknown, number>,
): E.Either<Diagnostics, UntypedProgram> =>
  pipe(
    batchLoss(l, loss, shapes),
    E.chain((p) => descend(o, p)),
    E.chain((step) => {
      const [descent, { state, x, y }] = step.in as readonly [object, Values]
      const random = typeLeaves(l.keys).length > 0
      return untypedProgram(
        [
          { ...descent, state, key: random ? keyType : null },
          { x, y },
        ],
        (v: readonly [Values, object]) => {
          const [{ state: kept, key, ...s }, d] = v
          const [keys, fresh] = random ? keysFrom(l.keys, key, shapes.batch) : [l.keys, null]
          const outputs = inline(step.closed, exprLeaves([s, { state: kept, key: keys, ...d }]))
          const [next, [mean, after]] = refill(step.out, outputs) as readonly [object, readonly [unknown, unknown]]
          return [{ ...next, state: after, key: fresh }, mean]
        },
      )
    }),
  )

type NetworkStep<P, S, K, T, U, N extends number, Slot extends string> = Program<
  readonly [TrainState<P, S, K, Slot>, TrainData<T, U, N>],
  readonly [TrainState<P, S, K, Slot>, Scalar]
>
type TrainStep<Checked extends boolean> = <
  P,
  S,
  K,
  F extends Rule,
  Slot extends string,
  const T,
  const U,
  const N extends number,
>(
  network: Layer<P, S, K, F>,
  loss: Loss<Out<F, NoInfer<T>>, NoInfer<U>>,
  o: Optimizer<Slot>,
  shapes: Shapes<T & FitsRule<F, T>, U, N>,
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
export const trainStep: TrainStep<true> = networkStep as never
export const trainStepOrThrow: TrainStep<false> = ((...[l, loss, o, shapes]: Parameters<typeof networkStep>) =>
  orThrow(networkStep(l, loss, o, shapes))) as never

const word = (u: number): number => Math.floor(u * 2 ** 24)
/** The state before the first step: parameters, statistics and randomness, all from one key. */
export const startTraining = <P, S, K, F extends Rule, Slot extends string>(
  network: Layer<P, S, K, F>,
  o: Optimizer<Slot>,
  key: Key,
): Arrays<TrainState<P, S, K, Slot>> => {
  const [forLayers, forSteps] = split(key, 2) as readonly [Key, Key]
  const { params, state } = network.init(forLayers)
  const random = typeLeaves(network.keys).length > 0
  const words = random ? Int32Array.from(uniforms(forSteps, 3), word) : null
  return { params, optimizer: startState(o)(network.params), state, key: words } as never
}
