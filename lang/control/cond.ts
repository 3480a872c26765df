/** A choice between functions on trees. */

import { condClosed } from '../primitives/cond.ts'
import { filled } from '../primitives/constant.ts'
import { lt } from '../primitives/elementwise.ts'
import type { Problem } from '../syntax/error.ts'
import { type Expr, isExpr } from '../syntax/expr.ts'
import { nth } from '../syntax/list.ts'
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

type Switch = <A = AnyTree, B = AnyTree>(
  index: Expr<readonly [], 'int'>,
  branches: readonly [(x: A) => B & FitsResult<B>, ...((x: A) => OrNumber<NoInfer<B>>)[]],
) => (...x: BodyArguments<A>) => Lifted<B>
type Branch = (x: unknown) => unknown
/** The branches from..to - 1, halved by one comparison after another. */
const chosen = (index: Expr, branches: readonly Branch[], from: number, to: number): Branch => {
  if (to - from === 1) return nth(branches, from)
  const middle = Math.ceil((from + to) / 2)
  return (x) =>
    (cond as (p: Expr, f: Branch, g: Branch) => Branch)(
      lt(index, middle),
      chosen(index, branches, from, middle),
      chosen(index, branches, middle, to),
    )(x)
}
/**
 * branches[index](x), for an index that the program computes; one outside means the nearest branch. Only the branch taken
 * runs; under a vmap over the index all run, and their results are selected.
 *
 * Shape:   the branches give trees of one form, leaf by leaf of one type
 * Law:     switchCase(i, [f, g])(x) = cond(lt(i, 1), f, g)(x)
 * Cost:    log2 of the number of branches comparisons
 * Errors:  as cond; Malformed where there are no branches
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const f = programOrThrow([int(), real()], ([i, x]) =>
 *   switchCase(i, [(v: Real) => neg(v), (v: Real) => mul(v, v), (v: Real) => v])(x))
 * evaluate(f.closed, [Float64Array.of(1), Float64Array.of(3)]) // => [[9]]
 */
export const switchCase: Switch = operation(
  'switchCase(index!, branches)(x?)',
  typed((index: unknown, branches: readonly Branch[]) => (x: unknown): unknown => {
    const args = operands(x, 'switchCase')
    const i = isObject(index) && isExpr(index) ? index : stray([], index, 'the index', 'switchCase')
    const problem: Problem | undefined =
      branches.length === 0
        ? { _tag: 'Malformed', what: 'there are no branches' }
        : i.type.dtype === 'int'
          ? undefined
          : { _tag: 'ElementType', expected: ['int'], found: [i.type.dtype] }
    if (problem !== undefined) return refused('switchCase', filled('real', [], 0), problem, [i, ...args])
    return chosen(i, branches, 0, branches.length)(x)
  }),
)
