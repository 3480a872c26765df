/**
 * Optimisers as pure values: what they remember of each tensor (slots), and one step of all tensors,
 *
 *   step : [(p, g, slots)], k -> [(p', slots')]      k steps are done
 *
 * made of expressions. `update` takes the step on a tree of parameters, so a training step is one program: it prints,
 * compiles, and can be differentiated. No number lives outside: the count of steps done is a leaf of the state, and
 * schedules and bias corrections read it. Read next: rules.ts, then what wraps any optimiser: clip.ts, accumulate.ts,
 * average.ts, where.ts.
 */

import { constant } from '../../lang/primitives/constant.ts'
import { add } from '../../lang/primitives/elementwise.ts'
import { spread } from '../../lang/primitives/structuralZeros.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { isReal, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import {
  type Arrays,
  exprLeaves,
  type Handles,
  isTypeOrExpr,
  leavesWithPath,
  refill,
  type Tangent,
  type TypesOf,
  tangentOf,
  typeLeaves,
} from '../../lang/syntax/tree.ts'

export type Scalar = Expr<readonly [], 'real'>
/** The learning rate of the next step from the number of steps done, k = 0, 1, ... */
export type Schedule = (k: Scalar) => Scalar
/** A number is a constant schedule. */
export type Rate = number | Schedule

export type Slots<Slot extends string> = { readonly [K in Slot]: Expr }
/** A tensor in a step: its place in the tree of parameters, its gradient, and what is remembered of it. */
export interface TrainedTensor<Slot extends string = string> {
  readonly path: readonly string[]
  readonly p: Expr
  readonly g: Expr
  readonly slots: Slots<Slot>
}
/** A tensor after a step, and what is remembered of it. */
export type Updated<Slot extends string = string> = readonly [Expr, Slots<Slot>]

// A method, not a property: method parameters are bivariant, so Optimizer<'velocity'> is an Optimizer.
export interface Optimizer<Slot extends string = string> {
  readonly name: string
  /** The number that every slot starts from. */
  readonly slots: { readonly [K in Slot]: number }
  readonly rate: Schedule
  /** One step of all tensors, when k are done. */
  step(tensors: readonly TrainedTensor<Slot>[], k: Scalar): readonly Updated<Slot>[]
}

/** Real leaves have slots; integers and truth values are not trained. `step`: exact to 2^24 where reals are float32. */
export type OptimizerState<P, Slot extends string = string> = {
  readonly step: Type<readonly [], 'real'>
  readonly slots: { readonly [K in Slot]: Tangent<P> }
}

export const scheduleOf = (rate: Rate): Schedule => (typeof rate === 'number' ? () => constant([], rate) : rate)

const mapSlots = <T>(o: Optimizer, f: (name: string, start: number) => T): { readonly [name: string]: T } =>
  Object.fromEntries(Object.entries(o.slots).map(([name, start]) => [name, f(name, start)]))

/** The types of the state that an optimiser keeps for parameters of these types. */
export const stateTypes: <Slot extends string>(o: Optimizer<Slot>) => <const P>(params: P) => OptimizerState<P, Slot> =
  ((o: Optimizer) => (params: unknown) => ({
    step: real(),
    slots: mapSlots(o, () => tangentOf(params)),
  })) as never

const full = (n: number, value: number): Float32Array | Float64Array =>
  Math.fround(value) === value ? new Float32Array(n).fill(value) : new Float64Array(n).fill(value)

/** The state before the first step, as data. */
export const startState: <Slot extends string>(
  o: Optimizer<Slot>,
) => <const P>(params: P) => Arrays<OptimizerState<P, Slot>> = ((o: Optimizer) => (params: unknown) => {
  const trained = tangentOf(params)
  const data = (start: number) => typeLeaves(trained).map((t) => full(sizeOf(t.shape), start))
  return { step: new Float32Array(1), slots: mapSlots(o, (_, start) => refill(trained, data(start))) }
}) as never

interface UntypedState {
  readonly step: Scalar
  readonly slots: { readonly [name: string]: unknown }
}
const updateTree = (
  o: Optimizer,
  params: unknown,
  gradients: unknown,
  state: UntypedState,
): readonly [unknown, unknown] => {
  const ps = exprLeaves(params)
  const trained = ps.map((p) => isReal(p.type))
  const gs = exprLeaves(gradients)
  const remembered = mapSlots(o, (name) => exprLeaves(state.slots[name]))
  const tensors = leavesWithPath(params, isTypeOrExpr)
    .filter((_, i) => trained[i])
    .map(
      ([path, p], i): TrainedTensor => ({
        path,
        p: p as Expr,
        g: gs[i] as Expr,
        slots: mapSlots(o, (name) => remembered[name]?.[i] as Expr),
      }),
    )
  const results = o.step(tensors, state.step)
  const moved = spread(
    trained,
    results.map(([p]) => p),
  )
  const slots = mapSlots(o, (name) =>
    refill(
      state.slots[name],
      results.map(([, kept]) => kept[name]),
    ),
  )
  return [
    refill(
      params,
      ps.map((p, i) => moved[i] ?? p),
    ),
    { step: add(state.step, 1), slots },
  ]
}

/**
 * One step: parameters, their gradients and the state, to the next parameters and the next state.
 *
 * Shape:   every leaf keeps its shape; gradients are null at integers, as `grad` gives them
 */
export const update: <Slot extends string>(
  o: Optimizer<Slot>,
) => <R>(
  params: R,
  gradients: Handles<Tangent<TypesOf<R>>>,
  state: Handles<OptimizerState<TypesOf<R>, Slot>>,
) => readonly [R, Handles<OptimizerState<TypesOf<R>, Slot>>] = ((o: Optimizer) =>
  (params: unknown, gradients: unknown, state: UntypedState) =>
    updateTree(o, params, gradients, state)) as never
