/**
 * One step down any loss, as a program:
 *
 *   (params, data) -> loss      becomes      ({ params, optimizer }, data) -> ({ params, optimizer }', loss)
 *
 * The gradient is taken with respect to the parameters alone. step.ts makes the steps of networks from it.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { flatAt } from '../../lang/syntax/nested.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import type { Arrays, Data } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import {
  type Optimizer,
  type OptimizerState,
  startState,
  stateTypes,
  type UntypedState,
  updateTree,
} from '../optim/optimizer.ts'
import { apply } from '../transform/apply.ts'
import { valueAndGrad } from '../transform/grad.ts'

/** The type of one real number. */
export type ScalarType = Type<readonly [], 'real'>

/** The state of a descent: parameters, and what the optimiser remembers of them. */
export type Descent<P, Slot extends string = string> = {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
}
/** A loss of unknown parameters and data. */
type UntypedLoss = Program<readonly [unknown, unknown], ScalarType>

interface UntypedDescent {
  readonly params: unknown
  readonly optimizer: UntypedState
}
/** `descentStep`, untyped. */
export const descend = (o: Optimizer, p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
  const loss: UntypedLoss = typed(p) // valueAndGrad refuses a program whose output is not a loss
  const [params, data] = loss.in
  const types = [{ params, optimizer: stateTypes(o)(params) }, data]
  return E.chain((slope: UntypedProgram) =>
    untypedProgram(types, ([s, d]: readonly [UntypedDescent, unknown]) => {
      const [outputs, [gradient]] = typed<readonly [unknown, readonly [unknown]]>(apply(slope)([s.params, d]))
      const [next, remembered] = updateTree(o, s.params, gradient, s.optimizer)
      return [{ params: next, optimizer: remembered }, outputs]
    }),
  )(valueAndGrad(loss, { wrt: [true, false] }))
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
 * Shape:   a program (params, data) -> loss, or (loss, ...more); the step has the same outputs beside the next state,
 *          at the parameters before the step
 * Errors:  NotScalar, NotReversible
 *
 * @example
 * const loss = programOrThrow([{ w: real(2) }, { x: real(2) }], ([{ w }, { x }]) => sum()(square(sub(w, x))))
 * const step = descentStepOrThrow(sgd({ rate: 0.1 }))(loss)
 */
export const descentStep = eitherOfProgram(
  'descentStep(optimizer)(loss: program)',
  typed<DescentStepOf<true>>((o: Optimizer) => (loss: UntypedProgram) => descend(o, loss)),
)
/** `descentStep`, throwing its diagnostics. */
export const descentStepOrThrow = ofProgram(
  'descentStepOrThrow(optimizer)(loss: program)',
  typed<DescentStepOf<false>>((o: Optimizer) => (loss: UntypedProgram) => orThrow(descend(o, loss))),
)

/** The state before the first step, from the parameters' types and values. Errors: thrown: Malformed, for nested arrays of another shape */
export const startDescent = <const P, Slot extends string>(
  o: Optimizer<Slot>,
  types: P,
  params: Data<P>,
): Arrays<Descent<P, Slot>> =>
  typed({ params: orThrow(flatAt('startDescent', types, params)), optimizer: startState(o)(types) })
