/**
 * Loops whose number of steps depends on what they compute. whileLoop has no limit and differentiates in forward mode
 * only; boundedWhile takes a limit and differentiates in both modes.
 */

import { whileClosed } from '../primitives/while.ts'
import { type Expr, poison } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { typed } from '../syntax/typed.ts'
import type { FitsSize } from '../types/index.ts'
import { bodyOf, isEmpty, nothing, operands, outcome, refused, sameForm } from './body.ts'
import { cond } from './cond.ts'
import { scanTrees } from './scan.ts'
import type { AnyTree, FitsResult, OrNumber } from './types.ts'

type Test<C> = (carry: C) => Expr<readonly [], 'bool'>
export interface WhileOptions {
  /** How many steps it may take. Where the test still holds after so many, the run fails. Default: no limit. */
  readonly limit?: number
  /** What the error calls the loop. Default: 'whileLoop'. */
  readonly name?: string
}
type WhileLoop = <C = AnyTree, B extends OrNumber<NoInfer<C>> = OrNumber<C>>(
  test: Test<C>,
  body: (carry: C) => B & FitsResult<B>,
  options?: WhileOptions,
) => <I extends C>(init: I) => I
type BoundedWhile = <const N extends number, C = AnyTree, B extends OrNumber<NoInfer<C>> = OrNumber<C>>(
  limit: N & FitsSize<N>,
  test: Test<C>,
  body: (carry: C) => B & FitsResult<B>,
) => <I extends C>(init: I) => I

/** A refusal by the primitive, which has a shorter name, under the name that the user called. */
const underItsName = (outs: readonly Expr[]): readonly Expr[] => {
  const [ill] = outs.flatMap(({ node }) => (node._tag === 'Poison' ? [node] : []))
  if (ill === undefined) return outs
  const spoilt = poison(
    ill.args,
    ill.diagnostics.map((d) => ({ ...d, op: 'whileLoop' })),
  )
  return outs.map(() => spoilt)
}
/**
 * Applies body to the carry as long as test holds for it.
 *
 * Shape:   the carry keeps its form and its types
 * Law:     whileLoop(t, f)(c) = t(c) ? whileLoop(t, f)(f(c)) : c
 * Errors:  BodyMismatch; NotReversible in reverse mode, which needs boundedWhile; LoopLimit when a back end runs it
 *          for more than `limit` steps
 *
 * @example
 * type Real = Expr<readonly [], 'real'>
 * const f = programOrThrow({ x: real() }, ({ x }) => whileLoop((c: Real) => lt(c, 100), (c: Real) => mul(c, 2))(x))
 * evaluate(f.closed, [Float64Array.of(3)])[0]?.[0] // => 192
 */
export const whileLoop: WhileLoop = operation(
  'whileLoop(test*, body*, options?{limit name})(init)',
  typed(
    (test: (carry: unknown) => unknown, body: (carry: unknown) => unknown, { limit, name }: WhileOptions = {}) =>
      (init: unknown): unknown => {
        const args = operands(init, 'whileLoop')
        const holds = bodyOf('whileLoop', test, { carry: init })
        const step = bodyOf('whileLoop', body, { carry: init }, init)
        if (isEmpty(step)) return refused('whileLoop', step.tree, nothing, args)
        if (!sameForm(init, step.tree)) {
          const found = { expected: args.map((e) => e.type), found: step.outs.map((e) => e.type) }
          const what = 'the body changes the form of the carry'
          return refused('whileLoop', init, { _tag: 'BodyMismatch', what, ...found }, args)
        }
        const options = { ...(limit !== undefined && { limit }), ...(name !== undefined && { name }) }
        return outcome(step.tree, args, [holds, step], ({ bodies: [t, b], captured }) =>
          underItsName(whileClosed(t, b, options)(args, captured)),
        )
      },
  ),
)

/**
 * whileLoop with a limit on the number of steps: a scan of `limit` conds, so that both modes differentiate it. Where
 * the test still holds after `limit` steps, the loop ends nevertheless.
 *
 * Law:     boundedWhile(n, t, f)(c) = whileLoop(t, f)(c) where that takes at most n steps
 * Errors:  BodyMismatch; those inside test and body
 */
export const boundedWhile: BoundedWhile = operation(
  'boundedWhile(limit, test*, body*)(init)',
  typed((limit: number, test: Test<AnyTree>, body: (carry: AnyTree) => AnyTree) => (init: unknown): unknown => {
    const step = (carry: AnyTree): readonly [AnyTree, null] => [
      cond(test(carry), body, (same: AnyTree) => same)(carry),
      null,
    ]
    return scanTrees(step, { length: limit }, { op: 'boundedWhile', steps: 'limit' })(init, null)[0]
  }),
)
