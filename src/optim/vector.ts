/** The real leaves of a tree as one vector: what rules need that read all parameters together. */
import { flatten } from '../../lang/operations/arranging.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { constant } from '../../lang/primitives/constant.ts'
import { reshape } from '../../lang/primitives/reindex.ts'
import { spread } from '../../lang/primitives/structuralZeros.ts'
import { boxAlong, slice } from '../../lang/primitives/window.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { isReal, sizeOf } from '../../lang/syntax/shape.ts'
import { exprLeaves, inOrderOf, refill, tangentOf, typeLeaves } from '../../lang/syntax/tree.ts'
import { wrongly } from './refuse.ts'

const joined = (xs: readonly Expr[]): Expr =>
  xs.length === 0
    ? constant([0], 0)
    : concat(0)(xs.map((x): Expr => flatten()(x)) as unknown as readonly [Expr, ...Expr[]])
/** The number of real numbers in a tree of types. */
export const countOf = (types: unknown): number => typeLeaves(tangentOf(types)).reduce((n, t) => n + sizeOf(t.shape), 0)
/** The real leaves of parameters as a vector. */
export const vectorOf = (params: unknown): Expr => joined(exprLeaves(params).filter((p) => isReal(p.type)))
/** Gradients, which have no leaf at integers, in the order of the parameters. */
export const gradientVector = (params: unknown, gradients: unknown): Expr =>
  joined(exprLeaves(inOrderOf(params, gradients)))
/** The parameters with the numbers of a vector at their real leaves. */
export const withVector = (params: unknown, x: Expr): unknown => {
  const leaves = exprLeaves(params)
  const marks = leaves.map((p) => isReal(p.type))
  let at = 0
  const parts = leaves
    .filter((_, i) => marks[i])
    .map((p) => {
      const width = sizeOf(shapeOf(p))
      at += width
      return reshape(shapeOf(p))(slice(boxAlong(shapeOf(x), 0, at - width, width))(x)) as Expr
    })
  const next = spread(marks, parts)
  return refill(
    params,
    leaves.map((p, i) => next[i] ?? p),
  )
}
/** The parameters, ill-typed with these diagnostics. */
export const spoilt = (params: unknown, wrong: Diagnostics): unknown =>
  refill(
    params,
    exprLeaves(params).map(() => wrongly(wrong)),
  )
