/** Functions on trees kept as one step of a program: to be shared, or to be run again instead of remembered. */

import { callClosed, checkpointClosed } from '../primitives/call.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { bodyOf, operands, outcome } from './body.ts'
import type { AnyTree } from './types.ts'

type Whole = <A = AnyTree, B = AnyTree>(f: (x: A) => B) => (x: A) => B
type Run = (body: Closed) => (...args: readonly Expr[]) => readonly Expr[]
const whole = (run: Run): Whole =>
  ((f: (x: unknown) => unknown) =>
    (x: unknown): unknown => {
      const args = operands(x)
      const body = bodyOf(f, { x })
      return outcome(body.tree, args, [body], ({ bodies: [closed], captured }) =>
        run(closed as Closed)(...args, ...captured),
      )
    }) as never

/** f as one step, printed and compiled apart. Law: call(f)(x) = f(x) */
export const call: Whole = whole(callClosed)
/** f, whose inner values reverse mode computes again instead of keeping them. Law: checkpoint(f)(x) = f(x) */
export const checkpoint: Whole = whole(checkpointClosed)
