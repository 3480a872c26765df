/**
 * One step down any loss, as a program:
 *
 *   (params, data) -> loss      becomes      ({ params, optimizer }, data) -> ({ params, optimizer }', loss)
 *
 * The gradient is taken with respect to the parameters alone. step.ts makes the steps of networks from it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../../lang/primitives/constant.ts'
import { zero } from '../../lang/primitives/structuralZeros.ts'
import { at, open, outTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow, type Problem } from '../../lang/syntax/error.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { isReal, showType, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { type Arrays, exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import {
  type Optimizer,
  type OptimizerState,
  startState,
  stateTypes,
  type UntypedState,
  updateTree,
} from '../optim/optimizer.ts'
import { pull } from '../transform/linear.ts'
import { differentiation } from '../transform/vmap.ts'

/** The type of one real number. */
export type ScalarType = Type<readonly [], 'real'>

/** The state of a descent: parameters, and what the optimiser remembers of them. */
export type Descent<P, Slot extends string = string> = {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
}
/** (params, data) -> (all outputs, gradient), at expressions of the inputs. */
const slope = (p: UntypedProgram, params: unknown, data: unknown) => {
  const wanted = exprLeaves(params).map((e) => isReal(e.type))
  const inputs = [...exprLeaves(params), ...exprLeaves(data)]
  const v = open(p.closed, inputs)
  const seeds = p.closed.outputs.map((_, i) => (i === 0 ? constant([], 1) : undefined))
  const marks = inputs.map((_, i) => wanted[i] ?? false)
  const cts = pull(p.closed, v, seeds, marks, differentiation())
  const gradient = exprLeaves(params).map((e, i) => (wanted[i] ? (cts[i] ?? zero(e.type)) : undefined))
  return { outputs: at(v, p.closed.outputs), gradient: refill(params, gradient) }
}
const notScalar = (found: readonly Type[]): Diagnostics => {
  const [first] = found
  const problem: Problem =
    first === undefined
      ? { _tag: 'Malformed', what: 'a gradient needs one real number as output, and there is none' }
      : { _tag: 'NotScalar', shape: first.shape, dtype: first.dtype }
  return [{ problem, op: 'grad', types: found, site: callSite() }]
}

interface UntypedDescent {
  readonly params: unknown
  readonly optimizer: UntypedState
}
/** `descentStep`, untyped. */
export const descend = (o: Optimizer, p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
  const [params, data] = p.in as readonly [unknown, unknown] // a loss is a program of a pair
  const found = outTypes(p.closed)
  if (found[0] === undefined || showType(found[0]) !== 'real[]') return E.left(notScalar(found))
  const types = [{ params, optimizer: stateTypes(o)(params) }, data]
  return untypedProgram(types, ([s, d]: readonly [UntypedDescent, unknown]) => {
    const { outputs, gradient } = slope(p, s.params, d)
    const [next, remembered] = updateTree(o, s.params, gradient, s.optimizer)
    return [{ params: next, optimizer: remembered }, refill(p.out, outputs)]
  })
}
type DescentStep<P, D, R, Slot extends string> = Program<readonly [Descent<P, Slot>, D], readonly [Descent<P, Slot>, R]>
type DescentStepOf<Checked extends boolean> = <Slot extends string>(
  o: Optimizer<Slot>,
) => <P, D, R extends ScalarType | readonly [ScalarType, ...unknown[]]>(
  loss: Program<readonly [P, D], R>,
) => Checked extends true ? E.Either<Diagnostics, DescentStep<P, D, R, Slot>> : DescentStep<P, D, R, Slot>
/**
 * One step down a loss of parameters and data.
 *
 * Shape:   a program (params, data) -> loss, or (loss, ...more); the step has the same outputs beside the next state, at
 *          the parameters before the step
 * Errors:  NotScalar, NotReversible
 *
 * @example
 * descentStep(sgd({ rate: 0.1 }))(loss)
 */
export const descentStep = typed<DescentStepOf<true>>((o: Optimizer) => (loss: UntypedProgram) => descend(o, loss))
/** `descentStep`, throwing its diagnostics. */
export const descentStepOrThrow = typed<DescentStepOf<false>>(
  (o: Optimizer) => (loss: UntypedProgram) => orThrow(descend(o, loss)),
)

/** The state before the first step, from the parameters' types and values. */
export const startDescent = <const P, Slot extends string>(
  o: Optimizer<Slot>,
  types: P,
  params: Arrays<P>,
): Arrays<Descent<P, Slot>> => typed({ params, optimizer: startState(o)(types) })
