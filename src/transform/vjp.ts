/** Reverse mode: cotangents from outputs to inputs. */
import type * as E from 'fp-ts/lib/Either.js'
import { spread } from '../../lang/primitives/structuralZeros.ts'
import { at, distinct, open, outTypes } from '../../lang/syntax/closed.ts'
import { type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import { isReal } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, type Tangent, tangentOf } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Tell } from '../../lang/tell.ts'
import { realMarks, solid } from './jvp.ts'
import { pull } from './linear.ts'
import { differentiation } from './vmap.ts'

type Vjp<In, Out> = Program<readonly [In, Tangent<Out>], readonly [Out, Tangent<In>]>

/**
 * vjp that reports every step to `tell`. `wanted`: the inputs whose cotangents are requested; by default all real ones.
 */
export const vjpTelling = <In, Out>(
  p: Program<In, Out>,
  tell: Tell | undefined,
  wanted = realMarks(p.in),
): E.Either<Diagnostics, Vjp<In, Out>> => {
  const outs = outTypes(p.closed).filter(isReal)
  const cotangents = outs.map((type, k) => ({ name: outs.length === 1 ? 'ct' : `ct${k}`, type }))
  const made = makeNamed([p.in, tangentOf(p.out)], distinct([...p.closed.inputs, ...cotangents]), (handles) => {
    const [x, ct] = handles as readonly [unknown, unknown]
    const v = open(p.closed, exprLeaves(x))
    const c = pull(p.closed, v, spread(realMarks(p.out), exprLeaves(ct)), wanted, differentiation(tell), tell)
    return [refill(p.out, at(v, p.closed.outputs)), solid(p.in, c, wanted)]
  })
  return typed(made)
}
/**
 * The program with the transpose of its derivative.
 *
 * Law:     vjp(f)(x, ct) = (f(x), df(x)^T ct);  <df(x) dx, ct> = <dx, df(x)^T ct>
 * Errors:  NotReversible, when f holds an operation that has no transpose
 */
export const vjp = eitherOfProgram(
  'vjp(f: program)',
  <In, Out>(p: Program<In, Out>): E.Either<Diagnostics, Vjp<In, Out>> => vjpTelling(p, undefined),
)
export const vjpOrThrow = ofProgram(
  'vjpOrThrow(f: program)',
  <In, Out>(p: Program<In, Out>): Vjp<In, Out> => orThrow(vjp(p)),
)
