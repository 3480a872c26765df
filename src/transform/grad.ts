/** Gradients of scalar programs: reverse mode from the cotangent 1. */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../../lang/primitives/constant.ts'
import { at, open, outTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow, type Problem } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program, type UntypedProgram } from '../../lang/syntax/program.ts'
import { showType, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, refill } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Tell } from '../../lang/tell.ts'
import { realMarks, solid } from './jvp.ts'
import { pull } from './linear.ts'
import { marksOf, type Selection, type SelectionOf, strayPath, type TangentWhere } from './selection.ts'
import { differentiation } from './vmap.ts'

type RealNumber = Type<readonly [], 'real'>
/** A real scalar, alone or as the first member of a tuple. The other members are returned beside the gradient. */
type Loss = RealNumber | readonly [RealNumber, ...unknown[]]

interface GradOptions<M> {
  /**
   * With respect to which inputs: true, the default, for all real ones; or a tree of booleans like the inputs', in
   * which a key that is left out is false. The gradient has null where it is false.
   */
  readonly wrt?: M
}

// -- refusals ---------------------------------------------------------------------------------------------------------

const refused = (p: UntypedProgram, problem: Problem): Diagnostics => [
  {
    problem,
    op: 'grad',
    types: outTypes(p.closed),
    site: callSite(gradOrThrow, grad, valueAndGradOrThrow, valueAndGrad),
  },
]
const isNumber = (t: Type | undefined): boolean => t !== undefined && showType(t) === 'real[]'
const notALoss = (p: UntypedProgram): Problem | undefined => {
  const [first] = outTypes(p.closed)
  if (first === undefined)
    return { _tag: 'Malformed', what: 'a gradient needs one real number as output, and there is none' }
  return isNumber(first) && (Array.isArray(p.out) || p.closed.outputs.length === 1)
    ? undefined
    : { _tag: 'NotScalar', shape: first.shape, dtype: first.dtype }
}
/** The real inputs that a selection chooses. */
const wantedIn = (p: UntypedProgram, wrt: Selection): E.Either<Problem, readonly boolean[]> => {
  const stray = strayPath(p.in, wrt)
  if (stray !== undefined) return E.left({ _tag: 'Malformed', what: `wrt names ${stray}, and there is no such input` })
  const real = realMarks(p.in)
  return E.right(marksOf(p.in, wrt).map((chosen, i) => chosen && (real[i] as boolean)))
}

// -- gradients --------------------------------------------------------------------------------------------------------

const gradients = (
  p: UntypedProgram,
  wanted: readonly boolean[],
  result: (values: readonly Expr[], gradient: unknown) => unknown,
  tell?: Tell,
): E.Either<Diagnostics, UntypedProgram> => {
  const problem = notALoss(p)
  if (problem) return E.left(refused(p, problem))
  return makeNamed(p.in, p.closed.inputs, (x) => {
    const v = open(p.closed, exprLeaves(x))
    const seeds = p.closed.outputs.map((_, i) => (i === 0 ? constant([], 1) : undefined))
    const cts = pull(p.closed, v, seeds, wanted, differentiation(tell), tell)
    return result(at(v, p.closed.outputs), solid(p.in, cts, wanted))
  })
}
const choosing = (
  p: UntypedProgram,
  wrt: Selection,
  result: (values: readonly Expr[], gradient: unknown) => unknown,
): E.Either<Diagnostics, UntypedProgram> => {
  const wanted = wantedIn(p, wrt)
  return E.isLeft(wanted) ? E.left(refused(p, wanted.left)) : gradients(p, wanted.right, result)
}
/** grad that reports every step to `tell`. `wanted`: the inputs it differentiates by; by default all real ones. */
export const gradTelling = (
  p: UntypedProgram,
  tell: Tell | undefined,
  wanted: readonly boolean[] = realMarks(p.in),
): E.Either<Diagnostics, UntypedProgram> => gradients(p, wanted, (_, g) => g, tell)

/**
 * The gradient of a program whose output is one real number, or a tuple that begins with one.
 *
 * Shape:   a tree like the inputs'; null at integers and at inputs that `wrt` does not choose
 * Law:     grad(f)(x) = vjp(f)(x, 1)
 * Errors:  NotScalar; NotReversible; Malformed, where `wrt` names no input
 *
 * @example
 * const loss = programOrThrow({ w: real(2), x: real(2) }, ({ w, x }) => sum()(mul(w, x)))
 * gradOrThrow(loss).out // => { w: { dtype: 'real', shape: [2] }, x: { dtype: 'real', shape: [2] } }
 * gradOrThrow(loss, { wrt: { w: true } }).out // => { w: { dtype: 'real', shape: [2] }, x: null }
 */
export const grad = eitherOfProgram(
  'grad(f: program, options?{wrt})',
  <In, const M extends SelectionOf<In> = true>(
    p: Program<In, Loss>,
    { wrt = true as M }: GradOptions<M> = {},
  ): E.Either<Diagnostics, Program<In, TangentWhere<In, M>>> => typed(choosing(p, wrt as Selection, (_, g) => g)),
)
export const gradOrThrow = ofProgram(
  'gradOrThrow(f: program, options?{wrt})',
  <In, const M extends SelectionOf<In> = true>(
    p: Program<In, Loss>,
    options: GradOptions<M> = {},
  ): Program<In, TangentWhere<In, M>> => orThrow(grad(p, options)),
)

/** The value and the gradient, sharing their work. Law: valueAndGrad(f)(x) = [f(x), grad(f)(x)] */
export const valueAndGrad = eitherOfProgram(
  'valueAndGrad(f: program, options?{wrt})',
  <In, Out extends Loss, const M extends SelectionOf<In> = true>(
    p: Program<In, Out>,
    { wrt = true as M }: GradOptions<M> = {},
  ): E.Either<Diagnostics, Program<In, readonly [Out, TangentWhere<In, M>]>> =>
    typed(choosing(p, wrt as Selection, (values, g) => [refill(p.out, values), g])),
)
export const valueAndGradOrThrow = ofProgram(
  'valueAndGradOrThrow(f: program, options?{wrt})',
  <In, Out extends Loss, const M extends SelectionOf<In> = true>(
    p: Program<In, Out>,
    options: GradOptions<M> = {},
  ): Program<In, readonly [Out, TangentWhere<In, M>]> => orThrow(valueAndGrad(p, options)),
)
