/** Forward mode: tangents from inputs to outputs. */

import { spread, zero } from '../../lang/primitives/structuralZeros.ts'
import { at, distinct, open } from '../../lang/syntax/closed.ts'
import { orThrow } from '../../lang/syntax/error.ts'
import type { Expr, Maybe } from '../../lang/syntax/expr.ts'
import { ofProgram } from '../../lang/syntax/ofProgram.ts'
import { makeNamed, type Program } from '../../lang/syntax/program.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { exprLeaves, refill, type Tangent, typeLeaves } from '../../lang/syntax/tree.ts'
import { typed } from '../../lang/syntax/typed.ts'
import type { Tell } from '../../lang/tell.ts'
import { push } from './linear.ts'
import { differentiation } from './vmap.ts'

/** Tangents or cotangents as a tree. Absent ones become arrays of zeros, because the outputs of a program are typed. */
export const solid = (like: unknown, xs: readonly Maybe[], marks = realMarks(like)): unknown =>
  refill(
    like,
    typeLeaves(like).map((t, i) => (marks[i] ? (xs[i] ?? zero(t)) : undefined)),
  )
export const realMarks = (tree: unknown): readonly boolean[] => typeLeaves(tree).map(isReal)

type Jvp<In, Out> = Program<readonly [In, Tangent<In>], readonly [Out, Tangent<Out>]>
/** jvp that reports every step to `tell`. `wanted`: the inputs that have a tangent; by default all real ones. */
export const jvpTelling = <In, Out>(
  p: Program<In, Out>,
  tell: Tell | undefined,
  wanted = realMarks(p.in),
): Jvp<In, Out> => {
  const tangents = p.closed.inputs
    .filter((_, k) => wanted[k])
    .map(({ name, type }) => ({ name: `d${name}`, type: type as Type }))
  const directions = refill(
    p.in,
    typeLeaves(p.in).map((t, k) => (wanted[k] ? t : undefined)),
  )
  const result = makeNamed([p.in, directions], distinct([...p.closed.inputs, ...tangents]), (handles) => {
    const [x, dx] = handles as readonly [unknown, unknown]
    const v = open(p.closed, exprLeaves(x)),
      t = push(p.closed, v, spread(wanted, exprLeaves(dx)), differentiation(tell), tell)
    const outs: readonly Expr[] = at(v, p.closed.outputs)
    return [refill(p.out, outs), solid(p.out, at(t, p.closed.outputs))]
  })
  return typed(orThrow(result))
}
/**
 * The program with its derivative along a direction.
 *
 * Law:     jvp(f)(x, dx) = (f(x), df(x) dx), linear in dx
 * Shape:   the tangent of a leaf has its shape; integers and truth values have none (null)
 */
export const jvp = ofProgram(
  'jvp(f: program)',
  <In, Out>(p: Program<In, Out>): Jvp<In, Out> => jvpTelling(p, undefined),
)
