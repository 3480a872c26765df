/**
 * Optimisers as pure values: their state for each tensor (slots), and one step of all tensors in expressions,
 *
 *   step : [(p, g, slots)], k -> [(p', slots')]      after k steps
 *
 * `update` takes the step on a tree of parameters, so a training step is one program: it prints, compiles, and can be
 * differentiated. The state holds every number, also the count of steps that schedules and bias corrections read.
 * Read next: rules.ts, then what wraps any optimiser: clip.ts, accumulate.ts, average.ts, where.ts.
 */

import { constant } from '../../lang/primitives/constant.ts'
import { add } from '../../lang/primitives/elementwise.ts'
import { spread } from '../../lang/primitives/structuralZeros.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { isReal, real, type Shape, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import {
  type Arrays,
  exprLeaves,
  type Handles,
  inOrderOf,
  isTypeOrExpr,
  leavesWithPath,
  refill,
  type Tangent,
  type TypesOf,
  tangentOf,
  typeLeaves,
} from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'

/** An expression of one real number. */
export type Scalar = Expr<readonly [], 'real'>
/** The learning rate of the next step from the number of steps before it, k = 0, 1, ... */
export type Schedule = (k: Scalar) => Scalar
/** A learning rate: a schedule, or a number for a constant one. */
export type Rate = number | Schedule

/** The optimiser's state for a tensor, by name. A slot has the tensor's shape, unless `shapes` says another. */
export type Slots<Slot extends string> = { readonly [K in Slot]: Expr }
/** A tensor in a step. */
interface TrainedTensor<Slot extends string = string> {
  /** Its path in the tree of parameters, ['0', 'w']. */
  readonly path: readonly string[]
  /** Its value. */
  readonly p: Expr
  /** Its gradient. */
  readonly g: Expr
  readonly slots: Slots<Slot>
}
/** A tensor and its slots after a step. */
export type Updated<Slot extends string = string> = readonly [Expr, Slots<Slot>]

/**
 * An optimiser with the slots `Slot`. `step` is a method because method parameters are bivariant, so every optimiser is
 * an Optimizer.
 */
export interface Optimizer<Slot extends string = string> {
  /** For people: SGD, Adam. */
  readonly name: string
  /** The start of every slot: one number for all its elements. */
  readonly slots: { readonly [K in Slot]: number }
  /** The shape of a slot, from the tensor's. Absent: the tensor's own. */
  readonly shapes?: { readonly [slot: string]: (shape: Shape) => Shape }
  /** The learning rate that `step` uses, for reports. */
  readonly rate: Schedule
  /** One step of all tensors, after k steps. */
  step(tensors: readonly TrainedTensor<Slot>[], k: Scalar): readonly Updated<Slot>[]
}

/**
 * The types of an optimiser's state: `step`, the number of steps so far (exact to 2^24 in float32), and the slots of
 * all real leaves; integers and truth values are not trained.
 */
export type OptimizerState<P, Slot extends string = string> = {
  readonly step: Type<readonly [], 'real'>
  readonly slots: { readonly [K in Slot]: Tangent<P> }
}

/** The slots of an optimiser and one more, which starts at 0. */
export const withSlot = <Slot extends string, More extends string>(
  o: Optimizer<Slot>,
  name: More,
): Optimizer<Slot | More>['slots'] => typed({ ...o.slots, [name]: 0 })

/** A rate as a schedule. */
export const scheduleOf = (rate: Rate): Schedule => (typeof rate === 'number' ? () => constant([], rate) : rate)

/** The types of one slot: those of tangents, in the slot's shapes. */
const slotTypes = (o: Optimizer, name: string, params: unknown): unknown => {
  const trained = tangentOf(params)
  const shapeOf = o.shapes?.[name]
  if (shapeOf === undefined) return trained
  return refill(
    trained,
    typeLeaves(trained).map((t) => ({ ...t, shape: shapeOf(t.shape) })),
  )
}
const mapSlots = <T>(o: Optimizer, f: (name: string, start: number) => T): { readonly [name: string]: T } =>
  Object.fromEntries(Object.entries(o.slots).map(([name, start]) => [name, f(name, start)]))

/** The types of the state that an optimiser keeps for parameters of these types. */
export const stateTypes = typed<
  <Slot extends string>(o: Optimizer<Slot>) => <const P>(params: P) => OptimizerState<P, Slot>
>((o: Optimizer) => (params: unknown) => ({
  step: real(),
  slots: mapSlots(o, (name) => slotTypes(o, name, params)),
}))

/** float32 if it holds the value exactly. */
const full = (n: number, value: number): Float32Array | Float64Array =>
  Math.fround(value) === value ? new Float32Array(n).fill(value) : new Float64Array(n).fill(value)

/** The state before the first step, as data. */
export const startState = typed<
  <Slot extends string>(o: Optimizer<Slot>) => <const P>(params: P) => Arrays<OptimizerState<P, Slot>>
>((o: Optimizer) => (params: unknown) => {
  const data = (types: unknown, start: number) =>
    refill(
      types,
      typeLeaves(types).map((t) => full(sizeOf(t.shape), start)),
    )
  return { step: new Float32Array(1), slots: mapSlots(o, (name, start) => data(slotTypes(o, name, params), start)) }
})

/** The state of an optimiser in expressions; `slots` has a tree like the parameters for every slot. */
export interface UntypedState {
  readonly step: Scalar
  readonly slots: { readonly [name: string]: unknown }
}
/** `update`, untyped. */
export const updateTree = (
  o: Optimizer,
  params: unknown,
  gradients: unknown,
  state: UntypedState,
): readonly [unknown, unknown] => {
  const ps = exprLeaves(params)
  const trained = ps.map((p) => isReal(p.type))
  const gs = exprLeaves(inOrderOf(params, gradients))
  const before = mapSlots(o, (name) => inOrderOf(params, state.slots[name]))
  const remembered = mapSlots(o, (name) => exprLeaves(before[name]))
  const paths = leavesWithPath(params, isTypeOrExpr).map(([path]) => path)
  const tensors = ps
    .map((p, i) => ({ p, path: paths[i] ?? [] }))
    .filter((_, i) => trained[i])
    // gradients and slots have a leaf for every real leaf of the parameters, as `update`'s types say
    .map((x, i): TrainedTensor => {
      const slots = mapSlots(o, (name) => remembered[name]?.[i] as Expr)
      return { ...x, g: gs[i] as Expr, slots }
    })
  const results = o.step(tensors, state.step)
  const moved = spread(
    trained,
    results.map(([p]) => p),
  )
  const slots = mapSlots(o, (name) =>
    refill(
      before[name],
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
export const update = typed<
  <Slot extends string>(
    o: Optimizer<Slot>,
  ) => <R>(
    params: R,
    gradients: Handles<Tangent<TypesOf<R>>>,
    state: Handles<OptimizerState<TypesOf<R>, Slot>>,
  ) => readonly [R, Handles<OptimizerState<TypesOf<R>, Slot>>]
>(
  (o: Optimizer) => (params: unknown, gradients: unknown, state: UntypedState) =>
    updateTree(o, params, gradients, state),
)
