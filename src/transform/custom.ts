/**
 * Functions with declared derivatives. Applying a rule checks that it is linear, that it uses the tangents or cotangents,
 * and that it has a transpose.
 */
import * as E from 'fp-ts/lib/Either.js'
import {
  type AppliedRule,
  type CustomJvp,
  type CustomVjp,
  customJvpWith,
  customVjpWith,
  type RuleCheck,
} from '../../lang/control/custom.ts'
import { isMoved } from '../../lang/kernel/degree.ts'
import { completing, notLinear, outputDegrees } from '../../lang/linear.ts'
import { notLinearIn } from '../../lang/primitives/custom.ts'
import type { Problem } from '../../lang/syntax/error.ts'
import { nth } from '../../lang/syntax/list.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { differentiation } from './vmap.ts'

const recursion = differentiation()
/** What is wrong with the values of a rule, or with the derivative that transformations take of it. */
const problemOf = ({ body, rule, from, given }: AppliedRule): Problem | undefined => {
  const moved = rule.inputs.map((_, k) => k >= from)
  const inputs = rule.inputs.slice(from).map((i) => i.name)
  const fault = notLinear(rule, moved, completing(body))
  if (fault !== undefined) return { _tag: 'NotLinear', ...fault }
  const uses = outputDegrees(rule, moved).map(isMoved)
  if (inputs.length > 0 && given.includes(true) && !uses.includes(true)) return { _tag: 'UnusedTangent', inputs }
  const { body: derivative, active } = recursion.jvp(rule, moved)
  const point = notLinearIn(derivative, from, rule.inputs.length)
  if (point.length > 0) return { _tag: 'NotLinear', inputs: point }
  // an operation such as stopGradient passes the values on, and not their derivative
  return uses.every((u, i) => !u || nth(active, i)) ? undefined : { _tag: 'UnusedTangent', inputs }
}
const linear =
  (op: string): RuleCheck =>
  (applied) => {
    const problem = problemOf(applied)
    const types = applied.rule.inputs.map((i) => i.type)
    return problem === undefined ? [] : [{ problem, op, types, site: callSite() }]
  }
const reversible: RuleCheck = ({ rule, from }) => {
  const back = recursion.vjp(
    rule,
    rule.inputs.map((_, k) => k >= from),
    rule.outputs.map(() => true),
  )
  return E.isLeft(back) ? back.left : []
}

/**
 * f with a declared forward derivative, whose transpose is the reverse one.
 *
 * Shape:   f: x -> y, rule: (x, dx, y) -> dy, trees; null in dy is a zero, dx is null at integers
 * Law:     jvp(customJvp(f, rule))(x, dx) = (f(x), rule(x, dx, f(x)))
 * Errors:  NotLinear, where the rule is not linear in dx; UnusedTangent, where it does not use dx; BodyMismatch. A rule
 *          that is not linear on purpose says { linear: false }: then reverse mode is refused (OneWay).
 *
 * @example
 * customJvp((x: Expr<readonly [3], 'real'>) => log1p(exp(x)), (x, dx) => mul(dx, logistic(x)))
 */
export const customJvp: CustomJvp = customJvpWith(linear('customJvp'))

/**
 * f with a declared reverse derivative, whose transpose is the forward one.
 *
 * Shape:   f: x -> y, rule: (x, ct, y) -> cotangent of x
 * Law:     vjp(customVjp(f, rule))(x, ct) = (f(x), rule(x, ct, f(x)))
 * Errors:  NotLinear, where the rule is not linear in ct; UnusedTangent, where it does not use ct; NotReversible, where
 *          it has no transpose; BodyMismatch. A rule that is not linear on purpose says { linear: false }: then forward
 *          mode is refused (OneWay).
 *
 * @example
 * const clipped = customVjp((x: Expr<readonly [3], 'real'>) => x, (_, ct) => clamp(-1, 1)(ct), { linear: false })
 */
export const customVjp: CustomVjp = customVjpWith((applied) => {
  const wrong = linear('customVjp')(applied)
  return wrong.length > 0 ? wrong : reversible(applied)
})
