/** Transposes of linear programs: reverse mode whose pulls must not read the point. */
import * as E from 'fp-ts/lib/Either.js'
import { notLinear } from '../../lang/linear.ts'
import { spread } from '../../lang/primitives/structuralZeros.ts'
import { inTypes, open } from '../../lang/syntax/closed.ts'
import { type Diagnostic, type Diagnostics, orThrow } from '../../lang/syntax/error.ts'
import { input } from '../../lang/syntax/expr.ts'
import { eitherOfProgram, ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import { isReal } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { exprLeaves, type Tangent, tangentOf, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Tell } from '../../lang/tell.ts'
import { realMarks, solid } from './jvp.ts'
import { pull } from './linear.ts'
import { differentiation } from './vmap.ts'

type Transposed<R, A, B> = E.Either<Diagnostics, Program<readonly [R, Tangent<B>], Tangent<A>>>
/** transpose, reporting every step. */
export const transposeTelling = <R, A, B>(
  p: Program<readonly [R, A], B>,
  tell: Tell | undefined,
): Transposed<R, A, B> => {
  if (!Array.isArray(p.in) || p.in.length !== 2)
    return E.left([
      {
        problem: { _tag: 'NotAPair' },
        op: 'transpose',
        types: inTypes(p.closed),
        site: callSite(transposeOrThrow, transpose),
      },
    ])
  const [inR, inA] = p.in,
    n = typeLeaves(inR).length,
    linearInputs = p.closed.inputs.slice(n)
  const fault = notLinear(
    p.closed,
    p.closed.inputs.map((i, k) => k >= n && isReal(i.type)),
  )
  if (fault !== undefined)
    return E.left([
      { problem: { _tag: 'NotLinear', ...fault }, op: 'transpose', types: inTypes(p.closed), site: callSite() },
    ])
  const cotangents = typeLeaves(tangentOf(p.out)).map((type, k) => ({ name: `ct${k}`, type }))
  const made = makeNamed([inR, tangentOf(p.out)], [...p.closed.inputs.slice(0, n), ...cotangents], (handles) => {
    const [r, ct] = handles as readonly [unknown, unknown]
    const wanted = p.closed.inputs.map((i, k) => k >= n && isReal(i.type))
    // unbound inputs: if a pull reads the point, closing the program reports them
    const point = linearInputs.map((i) => input(i.name, i.type))
    const c = pull(
      p.closed,
      open(p.closed, [...exprLeaves(r), ...point]),
      spread(realMarks(p.out), exprLeaves(ct)),
      wanted,
      differentiation(tell),
      tell,
    )
    return solid(inA, c.slice(n))
  })
  return typed(E.mapLeft((ds: Diagnostics) => ds.map(asNotLinear))(made))
}
const asNotLinear = (d: Diagnostic): Diagnostic =>
  d.problem._tag === 'UnboundInput'
    ? { ...d, op: 'transpose', problem: { _tag: 'NotLinear', inputs: [d.problem.name] } }
    : d
/**
 * The transpose of a program that is linear in its second input.
 *
 * Law:     <p(r, a), b> = <a, transpose(p)(r, b)>
 * Errors:  NotAPair, NotLinear, NotReversible
 */
export const transpose = eitherOfProgram(
  'transpose(f: program)',
  <R, A, B>(p: Program<readonly [R, A], B>): Transposed<R, A, B> => transposeTelling(p, undefined),
)
export const transposeOrThrow = ofProgram(
  'transposeOrThrow(f: program)',
  <R, A, B>(p: Program<readonly [R, A], B>): Program<readonly [R, Tangent<B>], Tangent<A>> => orThrow(transpose(p)),
)
