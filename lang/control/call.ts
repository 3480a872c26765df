/** Functions on trees kept as one step of a program: to be shared, or to be run again instead of remembered. */

import { callClosed, checkpointClosed } from '../primitives/call.ts'
import type { Closed } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { typed } from '../syntax/typed.ts'
import { bodyOf, isEmpty, nothing, operands, outcome, refused } from './body.ts'
import type { AnyTree, BodyArguments, FitsResult, Lifted } from './types.ts'

type Whole = <A = AnyTree, B = AnyTree>(f: (x: A) => B & FitsResult<B>) => (...x: BodyArguments<A>) => Lifted<B>
type Run = (body: Closed) => (...args: readonly Expr[]) => readonly Expr[]
const whole = (op: string, run: Run): Whole =>
  operation(
    `${op}(body*)(x?)`,
    typed((f: (x: unknown) => unknown) => (x: unknown): unknown => {
      const args = operands(x, op)
      const body = bodyOf(op, f, { x })
      if (isEmpty(body)) return refused(op, body.tree, nothing, args)
      return outcome(body.tree, args, [body], ({ bodies: [closed], captured }) => run(closed)(...args, ...captured))
    }),
  )

/**
 * f as one step of the program: it is printed, compiled and cached as one body.
 *
 * Law:     call(f)(x) = f(x)
 * Errors:  Malformed where f returns nothing; those inside f
 *
 * @example
 * const twice = call((x: Expr<readonly [], 'real'>) => add(x, x))
 * print(programOrThrow(real(), (x) => twice(twice(x)))).match(/call/g)?.length // => 2
 */
export const call: Whole = whole('call', callClosed)
/**
 * f as one step whose inner values reverse mode computes again instead of keeping them: less memory, more arithmetic.
 *
 * Law:     checkpoint(f)(x) = f(x)
 * Errors:  Malformed where f returns nothing; those inside f
 *
 * @example
 * const layer = checkpoint((x: Expr<readonly [4], 'real'>) => tanh(mul(2, x)))
 * const slope = gradOrThrow(programOrThrow(real(4), (x) => sum()(layer(layer(x)))))
 * evaluate(slope.closed, [Float64Array.of(0, 0, 0, 0)])[0]?.[0] // => 4
 */
export const checkpoint: Whole = whole('checkpoint', checkpointClosed)
