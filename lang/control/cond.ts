/** A choice between two functions on trees. */

import { condClosed } from '../primitives/cond.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { bodyOf, operands, outcome, refused, sameForm } from './body.ts'
import type { AnyTree } from './types.ts'

/**
 * f(x) where p holds, else g(x); only the one taken runs. Under vmap over p both run and their results are selected.
 *
 * Law:     cond(p, f, g)(x) = p ? f(x) : g(x)
 * Errors:  BodyMismatch, and whatever is wrong in a branch
 */
export const cond: <A = AnyTree, B = AnyTree>(
  p: Expr<readonly [], 'bool'>,
  f: (x: A) => B,
  g: (x: A) => NoInfer<B>,
) => (x: A) => B = ((p: Expr, f: (x: unknown) => unknown, g: (x: unknown) => unknown) =>
  (x: unknown): unknown => {
    const args = operands(x)
    const yes = bodyOf(f, { x })
    const no = bodyOf(g, { x })
    if (!sameForm(yes.tree, no.tree)) {
      const found = { expected: yes.outs.map((e) => e.type), found: no.outs.map((e) => e.type) }
      return refused('cond', yes.tree, { _tag: 'BodyMismatch', what: 'the branches give different forms', ...found }, [
        p,
        ...args,
      ])
    }
    return outcome(yes.tree, [p, ...args], [yes, no], ({ bodies: [a, b], captured }) =>
      condClosed(p, a as Closed, b as Closed)(...args, ...captured),
    )
  }) as never
