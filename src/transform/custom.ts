/** Functions with declared derivatives. Applying a rule checks that it is linear and that it has a transpose. */
import * as E from 'fp-ts/lib/Either.js'
import {
  type CustomJvp,
  type CustomVjp,
  customJvpWith,
  customVjpWith,
  type RuleCheck,
} from '../../lang/control/custom.ts'
import { notLinearIn } from '../../lang/primitives/custom.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { differentiation } from './vmap.ts'

const recursion = differentiation()
const linear =
  (op: string): RuleCheck =>
  (rule, from) => {
    const moved = rule.inputs.map((_, k) => k >= from)
    const inputs = notLinearIn(recursion.jvp(rule, moved).body, from, rule.inputs.length)
    const types = rule.inputs.map((i) => i.type)
    return inputs.length === 0 ? [] : [{ problem: { _tag: 'NotLinear', inputs }, op, types, site: callSite() }]
  }
const reversible: RuleCheck = (rule, from) => {
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
 * Errors:  NotLinear, where the rule is not linear in dx; UnboundInput; BodyMismatch
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
 * Errors:  NotLinear, where the rule is not linear in ct; NotReversible, where it has no transpose; UnboundInput
 */
export const customVjp: CustomVjp = customVjpWith((rule, from) => [
  ...linear('customVjp')(rule, from),
  ...reversible(rule, from),
])
