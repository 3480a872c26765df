/** A program as a function of expressions: a gradient inside a loop, a trained step inside a larger program. */

import { refuse } from '../../lang/primitives/entry.ts'
import { inline } from '../../lang/syntax/closed.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { sameTypes } from '../../lang/syntax/shape.ts'
import { exprLeaves, type Handles, inOrderOf, refill, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'

const inlined =
  (p: Program<unknown, unknown>) =>
  (x: unknown): unknown => {
    const [expected, given] = [typeLeaves(p.in), exprLeaves(inOrderOf(p.in, x))]
    const found = given.map((e) => e.type)
    if (sameTypes(found, expected)) return refill(p.out, inline(p.closed, given))
    const problem = { _tag: 'BodyMismatch', what: 'the input of a program', expected, found } as const
    const poisoned = refuse('apply', problem, given)
    return refill(
      p.out,
      typeLeaves(p.out).map(() => poisoned),
    )
  }
/**
 * The equations of a program, on expressions.
 *
 * Law:     programOrThrow(p.in, apply(p)) = p
 * Errors:  BodyMismatch
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const gradient = gradOrThrow(programOrThrow(real(), (w) => mul(w, w)))
 * const descent = programOrThrow(real(), (w) => fori(1000, (_, v: Real) => sub(v, mul(0.001, apply(gradient)(v))))(w))
 * evaluate(descent.closed, [Float64Array.of(1)]) // => [[0.998 ** 1000]]
 */
export const apply: <In, Out>(p: Program<In, Out>) => (x: Handles<In>) => Handles<Out> = ofProgram(
  'apply(f: program)',
  typed(inlined),
)
