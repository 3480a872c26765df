/**
 * The custom rules of a program. Each must be linear in its tangents or cotangents; whether it gives the derivative of
 * its function is reported too, for a rule may declare another derivative on purpose.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Closed, type Equation, isClosed } from '../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import { eitherOfProgram } from '../../lang/syntax/ofProgram.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { type CheckOptions, checkGradients } from './checkGradients.ts'
import { isLinear } from './linearity.ts'
import type { GradientReport } from './report.ts'
import { programOf, subprogramOf } from './suspect.ts'

/** The report on one custom rule. */
export interface CustomRuleReport {
  /** The index of the equation, and its primitive. */
  readonly equation: number
  readonly op: string
  /** The rule is linear in its tangents or cotangents. */
  readonly linear: boolean
  /** The rule gives the derivative of its function. */
  readonly correct: boolean
  readonly gradients: GradientReport
}
type RuleOptions = Omit<CheckOptions<readonly unknown[]>, 'at'>
type Reports = E.Either<Diagnostics, readonly CustomRuleReport[]>
interface Ruled {
  readonly equation: number
  readonly q: Equation
  readonly rule: Closed
}
/** Operations that carry a program and a rule for it. */
const ruled = (p: Closed): readonly Ruled[] =>
  p.equations.flatMap((q, equation) => {
    const { body, rule } = q.attrs
    return isClosed(body) && isClosed(rule) ? [{ equation, q, rule }] : []
  })

/**
 * One report for each custom rule of a program.
 *
 * Errors:  Malformed, when the program has no custom rule; those of checkGradients
 */
export const checkCustomRule = eitherOfProgram(
  'checkCustomRule(f: program, options?)',
  <In, Out>(program: Program<In, Out>, options: RuleOptions = {}): Reports => reported(program.closed, options),
)
const reported = (p: Closed, options: RuleOptions): Reports => {
  const found = ruled(p)
  if (found.length === 0)
    return E.left([
      {
        problem: { _tag: 'Malformed', what: 'the program has no custom rule' },
        op: 'checkCustomRule',
        types: [],
        site: 'unknown',
      },
    ])
  const reports: CustomRuleReport[] = []
  for (const { equation, q, rule } of found) {
    const point = q.args.length + q.outs.length
    const made = pipe(
      checkGradients(programOf(subprogramOf(p, [q]).closed), { suspect: false, ...options }),
      E.map(
        (gradients): CustomRuleReport => ({
          equation,
          op: q.op,
          linear: isLinear(programOf(rule), { inputs: rule.inputs.slice(point).map((i) => i.name) }),
          correct: gradients.verdict === 'correct',
          gradients,
        }),
      ),
    )
    if (E.isLeft(made)) return made
    reports.push(made.right)
  }
  return E.right(reports)
}
