/** Laws of single operations, one for each algebraic fact that an entry of the dictionary states. */

import { filled } from '../../../lang/primitives/constant.ts'
import type { Entry } from '../../../lang/primitives/entry.ts'
import { entries } from '../../../lang/primitives/index.ts'
import { shapeOf } from '../../../lang/syntax/expr.ts'
import { noAttrs } from '../../../lang/syntax/plain.ts'
import { constant, constantOf, isExpr, law, of, type Pattern, type Rule, x } from './rule.ts'

const c = constant()
const arity = (f: Entry): number => f.examples[0]?.args.length ?? 0
const dtypeOf = (f: Entry) => f.examples[0]?.args[0]?.dtype ?? 'real'
/** Facts about f(x) or f(x, y) are stated of operations without attributes. */
const isPlain = (f: Entry): boolean => Object.keys(f.examples[0]?.attrs ?? {}).length === 0
/** The laws of the operations with this many arguments for which `fact` holds. */
const from = (args: number, fact: (f: Entry) => boolean, rule: (f: Entry) => Rule): readonly Rule[] =>
  entries.filter((f) => isPlain(f) && arity(f) === args && fact(f)).map(rule)
const call = (f: Entry, ...args: readonly Pattern[]) => of(f, noAttrs, ...args)
const shown = (v: number): string => (Object.is(v, -0) ? '-0' : String(v))

export const facts: readonly Rule[] = [
  ...from(
    1,
    (f) => f.algebra.involution === true,
    (f) => law(`${f.name}(${f.name}(x)) = x`, call(f, call(f, x)), x),
  ),
  ...from(
    1,
    (f) => f.algebra.idempotent === true,
    (f) => law(`${f.name}(${f.name}(x)) = ${f.name}(x)`, call(f, call(f, x)), call(f, x)),
  ),
  ...from(
    2,
    (f) => f.algebra.idempotent === true,
    (f) => law(`${f.name}(x, x) = x`, call(f, x, x), x),
  ),
  ...from(
    2,
    (f) => f.algebra.identity?.right !== undefined,
    (f) => {
      const value = f.algebra.identity?.right as number
      const one = constant(value)
      return law(`${f.name}(x, ${shown(value)}) = x`, call(f, x, one), x, {
        sample: [isExpr(one, (a) => filled(dtypeOf(f), shapeOf(a), value))],
      })
    },
  ),
  // constants move to the right, so that the laws above need one form only
  ...from(
    2,
    (f) => f.algebra.commutative === true,
    (f) =>
      law(`${f.name}(c, x) = ${f.name}(x, c)`, call(f, c, x), call(f, x, c), {
        where: (m) => constantOf(m(x)) === undefined,
        sample: [isExpr(c, (a) => filled(dtypeOf(f), shapeOf(a), 1))],
      }),
  ),
]
