/**
 * Optimisers as pure values: what they remember of each tensor (slots), and a rule on one tensor,
 *
 *   rule : (p, g, slots, rate, t) -> (p', slots')
 *
 * made of expressions. `update` applies the rule to every leaf of a tree of parameters, so a training step is one
 * program: it prints, compiles, and can be differentiated. No number lives outside: the count of steps done is a leaf of
 * the state, and schedules and bias corrections read it. Read next: rules.ts.
 */
import type { Expr } from '../../lang/expr.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { add } from '../../lang/primitives/elementwise.ts'
import { spread } from '../../lang/primitives/maybe.ts'
import { isReal, real, sizeOf, type Type } from '../../lang/shape.ts'
import {
  type Arrays,
  exprLeaves,
  type Handles,
  refill,
  type Tangent,
  type TypesOf,
  tangentOf,
  typeLeaves,
} from '../../lang/tree.ts'

export type Scalar = Expr<readonly [], 'real'>
/** The learning rate of the next step from the number of steps done, k = 0, 1, ... */
export type Schedule = (k: Scalar) => Scalar
/** A number is a constant schedule. */
export type Rate = number | Schedule

/** What a rule may know beside its tensor: the rate, and the number of this step, t = 1, 2, ... */
export interface Moment {
  readonly rate: Scalar
  readonly t: Scalar
}
export type Slots<Slot extends string> = { readonly [K in Slot]: Expr }
/** One tensor after a step, and what is remembered of it. */
export type Updated<Slot extends string> = readonly [Expr, Slots<Slot>]

// Methods, not properties: method parameters are bivariant, so Optimizer<'velocity'> is an Optimizer.
export interface Optimizer<Slot extends string = string> {
  readonly name: string
  /** The number that every slot starts from. */
  readonly slots: { readonly [K in Slot]: number }
  readonly rate: Schedule
  /** What is done to the gradients of all tensors together, first: clipping. */
  prepare(gradients: readonly Expr[]): readonly Expr[]
  rule(p: Expr, g: Expr, slots: Slots<Slot>, at: Moment): Updated<Slot>
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
  const at: Moment = { rate: o.rate(state.step), t: add(state.step, 1) }
  const gs = o.prepare(exprLeaves(gradients))
  const remembered = mapSlots(o, (name) => exprLeaves(state.slots[name]))
  const results = ps
    .filter((_, i) => trained[i])
    .map((p, i) =>
      o.rule(
        p,
        gs[i] as Expr,
        mapSlots(o, (name) => remembered[name]?.[i] as Expr),
        at,
      ),
    )
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
    { step: at.t, slots },
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
