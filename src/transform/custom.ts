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
import { inTypes, outTypes } from '../../lang/syntax/closed.ts'
import type { Problem } from '../../lang/syntax/error.ts'
import { nth } from '../../lang/syntax/list.ts'
import { isReal, type Type } from '../../lang/syntax/shape.ts'
import { callSite } from '../../lang/syntax/site.ts'
import { differentiation } from './vmap.ts'

const recursion = differentiation()
type Mode = 'jvp' | 'vjp'
/** The numbers of the real types. */
const realsAmong = (types: readonly Type[]): readonly number[] => types.flatMap((t, k) => (isReal(t) ? [k] : []))
/**
 * The parts of a rule: what comes in, tangents or cotangents, and what it gives. For each: its name, and whether the
 * function itself depends on its leaf, by the function's own derivative.
 */
const partsOf = (mode: Mode, { body, rule, from }: AppliedRule) => {
  const comesIn = rule.inputs.slice(from)
  const sources = realsAmong(inTypes(body)).slice(0, mode === 'jvp' ? comesIn.length : rule.outputs.length)
  const targets = realsAmong(outTypes(body))
  const moving = (inputs: readonly number[]): readonly boolean[] =>
    recursion.jvp(
      body,
      body.inputs.map((_, k) => inputs.includes(k)),
    ).active
  const ofSource = (k: number): boolean => moving([nth(sources, k)]).includes(true)
  const ofTarget = (k: number): boolean => nth(moving(sources), nth(targets, k))
  const nameOfSource = (k: number): string => nth(body.inputs, nth(sources, k)).name
  const nameOfTarget = (k: number): string => (targets.length === 1 ? 'the output' : `output ${nth(targets, k)}`)
  return mode === 'jvp'
    ? { comesIn, matters: ofSource, carries: ofTarget, nameOf: nameOfTarget }
    : { comesIn, matters: ofTarget, carries: ofSource, nameOf: nameOfSource }
}
/**
 * Where a rule drops a dependence: it does not use a tangent or a cotangent of a leaf that counts, or gives a plain 0 for
 * one. null says that the derivative is 0 on purpose, and so does a leaf to which f applies stopGradient.
 */
const dropped = (mode: Mode, applied: AppliedRule, uses: readonly boolean[]): Problem | undefined => {
  const { rule, from, given } = applied
  const { comesIn, matters, carries, nameOf } = partsOf(mode, applied)
  const only = (k: number): readonly boolean[] => rule.inputs.map((_, i) => i === from + k)
  const isUsed = (k: number): boolean => outputDegrees(rule, only(k)).some(isMoved)
  const unused = comesIn.flatMap(({ name }, k) => (comesIn.length > 1 && !isUsed(k) && matters(k) ? [name] : []))
  if (unused.length > 0) return { _tag: 'UnusedTangent', inputs: unused }
  const zero = given.flatMap((isGiven, k) => (isGiven && !uses[k] && carries(k) ? [nameOf(k)] : []))
  return zero.length > 0 ? { _tag: 'ZeroDerivative', of: zero } : undefined
}
/** What is wrong with the values of a rule, or with the derivative that transformations take of it. */
const problemOf = (mode: Mode, applied: AppliedRule): Problem | undefined => {
  const { body, rule, from, given } = applied
  const moved = rule.inputs.map((_, k) => k >= from)
  const inputs = rule.inputs.slice(from).map((i) => i.name)
  const fault = notLinear(rule, moved, completing(body))
  if (fault !== undefined) return { _tag: 'NotLinear', ...fault }
  const uses = outputDegrees(rule, moved).map(isMoved)
  if (inputs.length > 0 && given.includes(true) && !uses.includes(true)) return { _tag: 'UnusedTangent', inputs }
  const lost = given.includes(true) ? dropped(mode, applied, uses) : undefined
  if (lost !== undefined) return lost
  const { body: derivative, active } = recursion.jvp(rule, moved)
  const point = notLinearIn(derivative, from, rule.inputs.length)
  if (point.length > 0) return { _tag: 'NotLinear', inputs: point }
  // an operation such as stopGradient passes the values on, and not their derivative
  return uses.every((u, i) => !u || nth(active, i)) ? undefined : { _tag: 'UnusedTangent', inputs }
}
const linear =
  (op: string, mode: Mode): RuleCheck =>
  (applied) => {
    const problem = problemOf(mode, applied)
    return problem === undefined ? [] : [{ problem, op, types: inTypes(applied.rule), site: callSite() }]
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
 * Errors:  NotLinear, where the rule is not linear in dx; UnusedTangent, where it does not use a part of dx on which f
 *          depends; ZeroDerivative, where it gives 0 instead of null for an output that depends on x; BodyMismatch. A rule
 *          that is not linear on purpose says { linear: false }: then reverse mode is refused (OneWay).
 *
 * @example
 * customJvp((x: Expr<readonly [3], 'real'>) => log1p(exp(x)), (x, dx) => mul(dx, logistic(x)))
 */
export const customJvp: CustomJvp = customJvpWith(linear('customJvp', 'jvp'))

/**
 * f with a declared reverse derivative, whose transpose is the forward one.
 *
 * Shape:   f: x -> y, rule: (x, ct, y) -> cotangent of x
 * Law:     vjp(customVjp(f, rule))(x, ct) = (f(x), rule(x, ct, f(x)))
 * Errors:  NotLinear, where the rule is not linear in ct; UnusedTangent, where it does not use a part of ct whose output
 *          depends on x; ZeroDerivative, where it gives 0 instead of null for an input on which f depends; NotReversible,
 *          where it has no transpose; BodyMismatch. A rule that is not linear on purpose says { linear: false }: then
 *          forward mode is refused (OneWay).
 *
 * @example
 * const clipped = customVjp((x: Expr<readonly [3], 'real'>) => x, (_, ct) => clamp(-1, 1)(ct), { linear: false })
 */
export const customVjp: CustomVjp = customVjpWith((applied) => {
  const wrong = linear('customVjp', 'vjp')(applied)
  return wrong.length > 0 ? wrong : reversible(applied)
})
