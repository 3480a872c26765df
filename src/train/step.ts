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
import { at, inline, open, outTypes } from '../../lang/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/error.ts'
import type { Expr } from '../../lang/expr.ts'
import { take } from '../../lang/operations/slicing.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { div } from '../../lang/primitives/elementwise.ts'
import { type Program, program } from '../../lang/program.ts'
import { foldIn, split } from '../../lang/random.ts'
import { isReal, showType, type Type } from '../../lang/shape.ts'
import { type Arrays, exprLeaves, type Handles, refill, typeLeaves } from '../../lang/tree.ts'
import { type Batched, vmap } from '../batch.ts'
import { type Key, split as splitKey, uniforms } from '../data/key.ts'
import { grad } from '../grad.ts'
import { pull, zero } from '../linear.ts'
import { type KeyType, keyType, type Layer } from '../nn/layer.ts'
import type { FitsRule, Out, Rule } from '../nn/rule.ts'
import { type Optimizer, type OptimizerState, startState, stateTypes, update } from '../optim/optimizer.ts'

export type Scalar = Type<readonly [], 'real'>
type Untyped = Program<unknown, unknown>
/** `program`, of trees that only run time knows. */
const build = program as unknown as (types: unknown, f: (v: never) => unknown) => E.Either<Diagnostics, Untyped>

// -- any loss --------------------------------------------------------------------------------------------------------

/** What descends: parameters, and what the optimiser remembers of them. */
export interface Descent<P, Slot extends string = string> {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
}

/** (params, data) -> (loss, gradient, what else comes out), at expressions of the inputs. */
const slope = (p: Untyped, params: unknown, data: unknown) => {
  const wanted = exprLeaves(params).map((e) => isReal(e.type))
  const inputs = [...exprLeaves(params), ...exprLeaves(data)]
  const v = open(p.closed, inputs)
  const seeds = p.closed.outputs.map((_, i) => (i === 0 ? constant([], 1) : undefined))
  const marks = inputs.map((_, i) => wanted[i] ?? false)
  const cts = pull(p.closed, v, seeds, marks)
  const gradient = exprLeaves(params).map((e, i) => (wanted[i] ? (cts[i] ?? zero(e.type)) : undefined))
  return { outputs: at(v, p.closed.outputs), gradient: refill(params, gradient) }
}
const isScalar = (p: Untyped): boolean => outTypes(p.closed).slice(0, 1).map(showType).join() === 'real[]'

const descend = (o: Optimizer, p: Untyped): E.Either<Diagnostics, Untyped> => {
  const [params, data] = p.in as readonly [unknown, unknown]
  if (!isScalar(p)) return E.map((): Untyped => p)(grad(p as never))
  return build([{ params, optimizer: stateTypes(o)(params) }, data], ([s, d]: readonly [Descent<never>, never]) => {
    const { outputs, gradient } = slope(p, s.params, d)
    const [next, remembered] = update(o)(s.params as never, gradient as never, s.optimizer as never)
    return [{ params: next, optimizer: remembered }, refill(p.out, outputs)]
  })
}
/**
 * One step down a loss of parameters and data.
 *
 * Shape:   a program (params, data) -> loss, or (loss, ...more); the step gives the same beside the next state, at the
 *          parameters before the step
 * Errors:  NotScalar, NotReversible
 */
export const descentStep: <Slot extends string>(
  o: Optimizer<Slot>,
) => <P, D, R extends Scalar | readonly [Scalar, ...unknown[]]>(
  loss: Program<readonly [P, D], R>,
) => E.Either<Diagnostics, Program<readonly [Descent<P, Slot>, D], readonly [Descent<P, Slot>, R]>> = ((o: Optimizer) =>
  (loss: Untyped) =>
    descend(o, loss)) as never
export const descentStepOrThrow: <Slot extends string>(
  o: Optimizer<Slot>,
) => <P, D, R extends Scalar | readonly [Scalar, ...unknown[]]>(
  loss: Program<readonly [P, D], R>,
) => Program<readonly [Descent<P, Slot>, D], readonly [Descent<P, Slot>, R]> = ((o: Optimizer) => (loss: Untyped) =>
  orThrow(descend(o, loss))) as never

/** The state before the first step, from the parameters' types and values. */
export const startDescent = <const P, Slot extends string>(
  o: Optimizer<Slot>,
  types: P,
  params: Arrays<P>,
): Arrays<Descent<P, Slot>> => ({ params, optimizer: startState(o)(types) }) as never

// -- the loss of a network -------------------------------------------------------------------------------------------

/** null where a network draws nothing. */
export type KeyFor<K> = [Leaves<K>] extends [never] ? null : KeyType
type Leaves<T> = T extends Type | null
  ? Exclude<T, null>
  : T extends readonly (infer E)[]
    ? Leaves<E>
    : Leaves<T[keyof T]>
/** What a network carries from step to step; every step draws from children of the key, and passes on another. */
export interface TrainState<P, S, K = null, Slot extends string = string> {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
  readonly state: S
  readonly key: KeyFor<K>
}
/** A batch, example after example. */
export interface TrainData<T, U, N extends number = number> {
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
/**
 * (params, { state, key, x, y }) -> (mean loss, state'). A layer's next state is the mean over the examples of what each
 * would leave, and the first example's for integers: the same for all, where it comes from the whole batch.
 */
const batchLoss = (
  l: Layer,
  loss: Loss<never, never>,
  { x, y, batch }: Shapes<unknown, unknown, number>,
): E.Either<Diagnostics, Untyped> => {
  const rest = { state: l.state, key: l.keys, x, y }
  const one = build([l.params, rest], ([params, v]: readonly [never, Values]) => {
    const [b, next] = l.apply(params, v.state, { mode: 'train', key: v.key }, v.x)
    return [loss(b as never, v.y), next]
  })
  return E.chain((p: Untyped) => {
    const over = [false, { state: false, key: true, x: true, y: true }]
    const many = vmap(batch, { over, axis: 'batch' })(p) as Untyped
    return build(many.in, (v: never) => {
      const [losses, ...states] = at(open(many.closed, exprLeaves(v)), many.closed.outputs)
      const types = typeLeaves(l.state)
      const next = states.map((s, i) => (isReal(types[i] as Type) ? average(s, batch) : take(0, 0)(s)))
      return [average(losses as Expr, batch), refill(l.state, next)]
    })
  })(one)
}
/** A key for every example and every leaf, and the key of the next step. */
const keysFrom = (types: unknown, key: Expr, batch: number): readonly [keys: unknown, next: Expr] => {
  const keys = typeLeaves(types).map((_, i) => split(batch)(foldIn(i + 1)(key)))
  return [refill(types, keys), foldIn(0)(key)]
}
/** A descent whose loss also gives the layers' next state, which joins what is carried. */
const networkStep = (
  l: Layer,
  loss: Loss<never, never>,
  o: Optimizer,
  shapes: Shapes<unknown, unknown, number>,
): E.Either<Diagnostics, Untyped> =>
  pipe(
    batchLoss(l, loss, shapes),
    E.chain((p) => descend(o, p)),
    E.chain((step) => {
      const [descent, { state, x, y }] = step.in as readonly [object, Values]
      const random = typeLeaves(l.keys).length > 0
      return build(
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
  const [forLayers, forSteps] = splitKey(key, 2) as readonly [Key, Key]
  const { params, state } = network.init(forLayers)
  const random = typeLeaves(network.keys).length > 0
  const words = random ? Int32Array.from(uniforms(forSteps, 3), word) : null
  return { params, optimizer: startState(o)(network.params), state, key: words } as never
}
