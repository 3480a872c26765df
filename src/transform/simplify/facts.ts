/** Laws of single operations, quantified over the algebraic facts of the dictionary. */

import { constantEntry, filled } from '../../../lang/primitives/constant.ts'
import type { Entry } from '../../../lang/primitives/entry.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { type Expr, shapeOf } from '../../../lang/syntax/expr.ts'
import { about, applied, call, type Rule } from './rule.ts'

/** The number that an expression is everywhere, if it is a constant. */
export const constantOf = (e: Expr): number | undefined => applied(constantEntry, e)?.attrs.value
const isNumber = (e: Expr, v: number): boolean => Object.is(constantOf(e), v)
const arity = (e: Entry): number => e.examples[0]?.args.length ?? 0
const dtypeOf = (e: Entry) => e.examples[0]?.args[0]?.dtype ?? 'real'
const from = (which: (e: Entry) => boolean, rule: (e: Entry) => Rule): readonly Rule[] =>
  entries.filter(which).map(rule)
/** Facts about f(x) or f(x, y) are stated of operations without attributes. */
const plain = (e: Entry): boolean => Object.keys(e.examples[0]?.attrs ?? {}).length === 0
const unary = (e: Entry): boolean => plain(e) && arity(e) === 1,
  binary = (e: Entry): boolean => plain(e) && arity(e) === 2

export const facts: readonly Rule[] = [
  ...from(
    (f) => f.algebra.involution === true && unary(f),
    (f) =>
      about(
        `${f.name}(${f.name}(x)) = x`,
        f,
        (x) => call(f, call(f, x)),
        (_, [x]) => x && applied(f, x)?.args[0],
      ),
  ),
  ...from(
    (f) => f.algebra.idempotent === true && unary(f),
    (f) =>
      about(
        `${f.name}(${f.name}(x)) = ${f.name}(x)`,
        f,
        (x) => call(f, call(f, x)),
        (_, [x]) => (x && applied(f, x) ? x : undefined),
      ),
  ),
  ...from(
    (f) => f.algebra.idempotent === true && binary(f),
    (f) =>
      about(
        `${f.name}(x, x) = x`,
        f,
        (x) => call(f, x, x),
        (_, [x, y]) => (x === y ? x : undefined),
      ),
  ),
  ...from(
    (f) => f.algebra.identity?.right !== undefined && binary(f),
    (f) => {
      const one = f.algebra.identity?.right as number
      return about(
        `${f.name}(x, ${Object.is(one, -0) ? '-0' : one}) = x`,
        f,
        (x) => call(f, x, filled(dtypeOf(f), shapeOf(x), one)),
        (_, [x, c]) => (c && isNumber(c, one) ? x : undefined),
      )
    },
  ),
  // constants to the right, so that the laws above need one form only
  ...from(
    (f) => f.algebra.commutative === true && binary(f),
    (f) =>
      about(
        `${f.name}(c, x) = ${f.name}(x, c)`,
        f,
        (x) => call(f, filled(dtypeOf(f), shapeOf(x), 1), x),
        (_, [c, x]) =>
          c && x && constantOf(c) !== undefined && constantOf(x) === undefined ? call(f, x, c) : undefined,
      ),
  ),
]
