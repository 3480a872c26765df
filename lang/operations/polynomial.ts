/** Polynomials and their quotients, by Horner's rule. */
import { constant } from '../primitives/constant.ts'
import { add, div, mul } from '../primitives/elementwise.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'

/** c0 + x (c1 + x (...)). */
export const polynomial = (c: readonly number[], x: Expr): Expr =>
  c.slice(0, -1).reduceRight<Expr>((p, k) => add(mul(p, x), k), constant(shapeOf(x), nth(c, c.length - 1)))
export const ratio = (top: readonly number[], bottom: readonly number[], x: Expr): Expr =>
  div(polynomial(top, x), polynomial(bottom, x))
