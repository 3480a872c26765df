/** Gradients of scalar programs: reverse mode from the cotangent 1. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { constant } from '../../lang/primitives/constant.ts'
import { at, open, outTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow, type Problem } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { showType, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Tell } from '../../lang/tell.ts'
import { realMarks, solid } from './jvp.ts'
import { pull } from './linear.ts'
import type { SelectionOf, TangentWhere } from './selection.ts'
import { differentiation } from './vmap.ts'
import { asked, type Beside, type DerivativeOptions, type FitsAux, refusing } from './wrt.ts'

type RealNumber = Type<readonly [], 'real'>
/** A real scalar, alone or as the first member of a tuple. The other members are returned beside the gradient. */
type Loss = RealNumber | readonly [RealNumber, ...unknown[]]

// -- refusals ---------------------------------------------------------------------------------------------------------

const isNumber = (t: Type | undefined): boolean => t !== undefined && showType(t) === 'real[]'
const notALoss = (p: UntypedProgram): Problem | undefined => {
  const [first] = outTypes(p.closed)
  if (first === undefined)
    return { _tag: 'Malformed', what: 'a gradient needs one real number as output, and there is none' }
  return isNumber(first) && (Array.isArray(p.out) || p.closed.outputs.length === 1)
    ? undefined
    : { _tag: 'NotScalar', shape: first.shape, dtype: first.dtype }
}
// -- gradients --------------------------------------------------------------------------------------------------------

type Result = (values: readonly Expr[], gradient: unknown) => unknown
const gradients = (
  op: string,
  p: UntypedProgram,
  wanted: readonly boolean[],
  result: Result,
  tell?: Tell,
): E.Either<Diagnostics, UntypedProgram> => {
  const problem = notALoss(p)
  if (problem) return E.left(refusing(op, p, problem, called()))
  return makeNamed(p.in, p.closed.inputs, (x) => {
    const v = open(p.closed, exprLeaves(x))
    const seeds = p.closed.outputs.map((_, i) => (i === 0 ? constant([], 1) : undefined))
    const cts = pull(p.closed, v, seeds, wanted, differentiation(tell), tell)
    return result(at(v, p.closed.outputs), solid(p.in, cts, wanted))
  })
}
/** grad that reports every step to `tell`. `wanted`: the inputs it differentiates by; by default all real ones. */
export const gradTelling = (
  p: UntypedProgram,
  tell: Tell | undefined,
  wanted: readonly boolean[] = realMarks(p.in),
  op = 'grad',
): E.Either<Diagnostics, UntypedProgram> => gradients(op, p, wanted, (_, g) => g, tell)

/**
 * The gradient of a program whose output is one real number, or a tuple that begins with one.
 *
 * Shape:   a tree like the inputs'; null at integers and at inputs that `wrt` does not choose. With `aux: true` the
 *          program gives a pair, [loss, aux], and the result is [gradient, aux]
 * Law:     grad(f)(x) = vjp(f)(x, 1)
 * Errors:  NotScalar; NotReversible; Malformed, where `wrt` names no input, or where `aux` finds no pair
 *
 * @example
 * const loss = programOrThrow({ w: real(2), x: real(2) }, ({ w, x }) => sum()(mul(w, x)))
 * gradOrThrow(loss).out // => { w: { dtype: 'real', shape: [2] }, x: { dtype: 'real', shape: [2] } }
 * gradOrThrow(loss, { wrt: { w: true } }).out // => { w: { dtype: 'real', shape: [2] }, x: null }
 */
export const grad = eitherOfProgram(
  'grad(f: program, options?{wrt aux})',
  <In, Out extends Loss, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): E.Either<Diagnostics, Program<In, Beside<TangentWhere<In, M>, Out, A>>> =>
    typed(
      pipe(
        asked('grad', p, options, called()),
        E.chain(({ main, wanted, beside }) => pipe(gradTelling(main, undefined, wanted), E.chain(beside))),
      ),
    ),
)
export const gradOrThrow = ofProgram(
  'gradOrThrow(f: program, options?{wrt aux})',
  <In, Out extends Loss, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): Program<In, Beside<TangentWhere<In, M>, Out, A>> => orThrow(grad(p, options)),
)

/**
 * The value and the gradient, sharing their work. The whole output is the value: with `aux: true` a pair, [loss, aux].
 *
 * Law:     valueAndGrad(f)(x) = [f(x), grad(f)(x)]
 */
export const valueAndGrad = eitherOfProgram(
  'valueAndGrad(f: program, options?{wrt aux})',
  <In, Out extends Loss, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): E.Either<Diagnostics, Program<In, readonly [Out, TangentWhere<In, M>]>> =>
    typed(
      pipe(
        asked('valueAndGrad', p, options, called()),
        E.chain(({ wanted }) => gradients('valueAndGrad', p, wanted, (values, g) => [refill(p.out, values), g])),
      ),
    ),
)
export const valueAndGradOrThrow = ofProgram(
  'valueAndGradOrThrow(f: program, options?{wrt aux})',
  <In, Out extends Loss, const M extends SelectionOf<In> = true, const A extends boolean = false>(
    p: Program<In, Out> & FitsAux<Out, A>,
    options: DerivativeOptions<M, A> = {},
  ): Program<In, readonly [Out, TangentWhere<In, M>]> => orThrow(valueAndGrad(p, options)),
)
/** What a user may have called. */
const called = (): readonly unknown[] => [gradOrThrow, grad, valueAndGradOrThrow, valueAndGrad]
