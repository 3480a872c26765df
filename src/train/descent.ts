/**
 * One step down any loss, as a program:
 *
 *   (params, data) -> loss      becomes      ({ params, optimizer }, data) -> ({ params, optimizer }', loss)
 *
 * The gradient is pulled towards the parameters alone. step.ts does the same for networks.
 */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../../lang/primitives/constant.ts'
import { zero } from '../../lang/primitives/structuralZeros.ts'
import { at, open, outTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { type Program, type UntypedProgram, untypedProgram } from '../../lang/syntax/program.ts'
import { isReal, showType, type Type } from '../../lang/syntax/shape.ts'
import { type Arrays, exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { type Optimizer, type OptimizerState, startState, stateTypes, update } from '../optim/optimizer.ts'
import { grad } from '../transform/grad.ts'
import { pull } from '../transform/linear.ts'
import { differentiation } from '../transform/vmap.ts'

export type Scalar = Type<readonly [], 'real'>

/** What descends: parameters, and what the optimiser remembers of them. */
export type Descent<P, Slot extends string = string> = {
  readonly params: P
  readonly optimizer: OptimizerState<P, Slot>
}

/** (params, data) -> (loss, gradient, what else comes out), at expressions of the inputs. */
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
const isScalar = (p: UntypedProgram): boolean => outTypes(p.closed).slice(0, 1).map(showType).join() === 'real[]'

/** descentStep, untyped. */
export const descend = (o: Optimizer, p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> => {
  const [params, data] = p.in as readonly [unknown, unknown]
  if (!isScalar(p)) return E.map((): UntypedProgram => p)(grad(p as never))
  return untypedProgram(
    [{ params, optimizer: stateTypes(o)(params) }, data],
    ([s, d]: readonly [Descent<never>, never]) => {
      const { outputs, gradient } = slope(p, s.params, d)
      const [next, remembered] = update(o)(s.params as never, gradient as never, s.optimizer as never)
      return [{ params: next, optimizer: remembered }, refill(p.out, outputs)]
    },
  )
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
  (loss: UntypedProgram) =>
    descend(o, loss)) as never
export const descentStepOrThrow: <Slot extends string>(
  o: Optimizer<Slot>,
) => <P, D, R extends Scalar | readonly [Scalar, ...unknown[]]>(
  loss: Program<readonly [P, D], R>,
) => Program<readonly [Descent<P, Slot>, D], readonly [Descent<P, Slot>, R]> = ((o: Optimizer) =>
  (loss: UntypedProgram) =>
    orThrow(descend(o, loss))) as never

/** The state before the first step, from the parameters' types and values. */
export const startDescent = <const P, Slot extends string>(
  o: Optimizer<Slot>,
  types: P,
  params: Arrays<P>,
): Arrays<Descent<P, Slot>> => ({ params, optimizer: startState(o)(types) }) as never
