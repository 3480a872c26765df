/** A choice between two functions on trees. */

import { condClosed } from '../primitives/cond.ts'
import { type Expr, isExpr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { stray } from '../syntax/program.ts'
import { isObject } from '../syntax/tree.ts'
import { typed } from '../syntax/typed.ts'
import { branchesOf, isEmpty, nothing, operands, outcome, pathsOf, refused, sameForm } from './body.ts'
import type { AnyTree, BodyArguments, FitsResult, Lifted, OrNumber } from './types.ts'

type Cond = <A = AnyTree, B = AnyTree>(
  p: Expr<readonly [], 'bool'>,
  f: (x: A) => B & FitsResult<B>,
  g: (x: A) => OrNumber<NoInfer<B>>,
) => (...x: BodyArguments<A>) => Lifted<B>
/**
 * f(x) where p holds, else g(x). Only the branch taken runs; under a vmap over p both run and their results are
 * selected.
 *
 * Shape:   f and g give trees of one form, leaf by leaf of one type
 * Law:     cond(p, f, g)(x) = p ? f(x) : g(x)
 * Errors:  BodyMismatch where the branches differ in form; NotAnExpression where p is a boolean of JavaScript; those
 *          inside a branch
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const f = programOrThrow({ x: real() }, ({ x }) => cond(lt(x, 0), (v: Real) => neg(v), (v: Real) => sqrt(v))(x))
 * evaluate(f.closed, [Float64Array.of(9)])[0]?.[0] // => 3
 */
export const cond: Cond = operation(
  'cond(condition!, yes*, no*)(x?)',
  typed((condition: unknown, f: (x: unknown) => unknown, g: (x: unknown) => unknown) => (x: unknown): unknown => {
    const args = operands(x, 'cond')
    const p = isObject(condition) && isExpr(condition) ? condition : stray([], condition, 'the condition', 'cond')
    const [yes, no] = branchesOf('cond', f, g, x)
    if (isEmpty(yes)) return refused('cond', yes.tree, nothing, [p, ...args])
    if (!sameForm(yes.tree, no.tree)) {
      const found = {
        expected: yes.outs.map((e) => e.type),
        found: no.outs.map((e) => e.type),
        names: { expected: pathsOf(yes.tree), found: pathsOf(no.tree) },
      }
      return refused('cond', yes.tree, { _tag: 'BodyMismatch', what: 'the branches give different forms', ...found }, [
        p,
        ...args,
      ])
    }
    return outcome(yes.tree, [p, ...args], [yes, no], ({ bodies: [a, b], captured }) =>
      condClosed(p, a, b)(...args, ...captured),
    )
  }),
)
