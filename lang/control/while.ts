/**
 * Loops whose length depends on what they compute. whileLoop runs as long as it must and differentiates forward only;
 * boundedWhile takes a limit and differentiates in both modes.
 */

import { whileClosed } from '../primitives/while.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { bodyOf, operands, outcome, refused, sameForm } from './body.ts'
import { cond } from './cond.ts'
import { scan } from './scan.ts'
import type { AnyTree } from './types.ts'

type Test<C> = (carry: C) => Expr<readonly [], 'bool'>

/**
 * body(... body(init)) for as long as test holds of it.
 *
 * Law:     whileLoop(t, f)(c) = t(c) ? whileLoop(t, f)(f(c)) : c
 * Errors:  BodyMismatch; NotReversible in reverse mode, which needs boundedWhile
 */
export const whileLoop: <C = AnyTree>(test: Test<C>, body: (carry: C) => NoInfer<C>) => <I extends C>(init: I) => I = ((
  test: (carry: unknown) => unknown,
  body: (carry: unknown) => unknown,
) =>
  (init: unknown): unknown => {
    const args = operands(init)
    const holds = bodyOf(test, { carry: init })
    const step = bodyOf(body, { carry: init })
    if (!sameForm(init, step.tree)) {
      const found = { expected: args.map((e) => e.type), found: step.outs.map((e) => e.type) }
      return refused(
        'while',
        init,
        { _tag: 'BodyMismatch', what: 'the body changes the form of the carry', ...found },
        args,
      )
    }
    return outcome(step.tree, args, [holds, step], ({ bodies: [t, b], captured }) =>
      whileClosed(t as Closed, b as Closed)(args, captured),
    )
  }) as never

/**
 * whileLoop with a limit on the number of steps: a scan of `limit` conds, which reverse mode runs back.
 *
 * Law:     boundedWhile(n, t, f)(c) = whileLoop(t, f)(c), where that takes at most n steps
 */
export const boundedWhile: <C = AnyTree>(
  limit: number,
  test: Test<C>,
  body: (carry: C) => NoInfer<C>,
) => <I extends C>(init: I) => I = ((limit: number, test: Test<AnyTree>, body: (carry: AnyTree) => AnyTree) =>
  (init: unknown): unknown => {
    const step = (carry: AnyTree): readonly [AnyTree, null] => [
      cond(test(carry), body, (same: AnyTree) => same)(carry),
      null,
    ]
    return scan(step, { length: limit })(init, null)[0]
  }) as never
