/** Gradients of scalar programs: reverse mode from the cotangent 1. */
import * as E from 'fp-ts/lib/Either.js'
import { constant } from '../../lang/primitives/constant.ts'
import { at, open, outTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow, type Problem } from '../../lang/syntax/error.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import { showType, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, refill, type Tangent } from '../../lang/syntax/tree.ts'
import type { Tell } from '../../lang/tell.ts'
import { realMarks, solid } from './jvp.ts'
import { pull } from './linear.ts'

type Scalar = Type<readonly [], 'real'>
/** One real number, alone or at the head of a tuple whose other members are carried along. */
type Loss = Scalar | readonly [Scalar, ...unknown[]]

const refusal = (p: Program<unknown, unknown>): Diagnostics => {
  const found = outTypes(p.closed),
    first = found[0]
  const problem: Problem =
    first === undefined
      ? { _tag: 'Malformed', what: 'a gradient needs one real number as output, and there is none' }
      : { _tag: 'NotScalar', shape: first.shape, dtype: first.dtype }
  return [{ problem, op: 'grad', types: found, site: callSite() }]
}
const isScalar = (t: Type | undefined): boolean => t !== undefined && showType(t) === 'real[]'
const isLoss = (p: Program<unknown, unknown>): boolean =>
  isScalar(outTypes(p.closed)[0]) && (Array.isArray(p.out) || p.closed.outputs.length === 1)

const gradients = (
  p: Program<unknown, unknown>,
  result: (values: readonly Expr[], gradient: unknown) => unknown,
  tell?: Tell,
  wanted = realMarks(p.in),
): E.Either<Diagnostics, Program<unknown, unknown>> =>
  isLoss(p)
    ? makeNamed(p.in, p.closed.inputs, (x) => {
        const v = open(p.closed, exprLeaves(x)),
          seeds = p.closed.outputs.map((_, i) => (i === 0 ? constant([], 1) : undefined))
        return result(at(v, p.closed.outputs), solid(p.in, pull(p.closed, v, seeds, wanted, tell), wanted))
      })
    : E.left(refusal(p))

/**
 * The gradient of a program whose output is one real number, or a tuple that begins with one.
 *
 * Shape:   a tree like the inputs'; null at integers
 * Law:     grad(f)(x) = vjp(f)(x, 1)
 * Errors:  NotScalar, NotReversible
 */
export const grad = <In>(p: Program<In, Loss>): E.Either<Diagnostics, Program<In, Tangent<In>>> =>
  gradients(p, (_, g) => g) as never
/** grad, telling every step; `wanted`: the real inputs that it is taken in, all by default. */
export const gradTelling = (
  p: Program<unknown, unknown>,
  tell: Tell | undefined,
  wanted?: readonly boolean[],
): E.Either<Diagnostics, Program<unknown, unknown>> => gradients(p, (_, g) => g, tell, wanted)
export const gradOrThrow = <In>(p: Program<In, Loss>): Program<In, Tangent<In>> => orThrow(grad(p))

/** The value and the gradient, sharing their work. Law: valueAndGrad(f)(x) = [f(x), grad(f)(x)] */
export const valueAndGrad = <In, Out extends Loss>(
  p: Program<In, Out>,
): E.Either<Diagnostics, Program<In, readonly [Out, Tangent<In>]>> =>
  gradients(p, (values, g) => [refill(p.out, values), g]) as never
export const valueAndGradOrThrow = <In, Out extends Loss>(
  p: Program<In, Out>,
): Program<In, readonly [Out, Tangent<In>]> => orThrow(valueAndGrad(p))
