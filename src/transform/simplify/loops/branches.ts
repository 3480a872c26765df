/** What the branches of a choice within a loop compute from constants is computed before the loop. */
import { condClosed, condEntry } from '../../../../lang/primitives/cond.ts'
import { parts } from '../../../../lang/primitives/scan.ts'
import { at, type Closed, closeOver, type Equation, inline, numbered } from '../../../../lang/syntax/closed.ts'
import { type Expr, node } from '../../../../lang/syntax/expr.ts'
import { nth } from '../../../../lang/syntax/list.ts'
import type { Body } from './body.ts'
import { cut } from './cut.ts'
import { inputsOf, type LoopLaw, runScan, scanBody } from './law.ts'
import { isScan, scanOf } from './scanEquation.ts'
import { split } from './split.ts'

/** A choice in a scan whose branches compute something from constants. */
interface Choice {
  readonly equation: Equation
  readonly yes: ReturnType<typeof split>
  readonly no: ReturnType<typeof split>
}
const choiceIn = (b: Body): Choice | undefined => {
  for (const equation of b.program.equations) {
    if (equation.op !== condEntry.name || b.kinds[equation.first] === 'constant') continue
    const { yes, no } = equation.attrs as { readonly yes: Closed; readonly no: Closed }
    const kinds = at(b.kinds, equation.args.slice(1))
    const choice = { equation, yes: split(yes, kinds), no: split(no, kinds) }
    if (choice.yes.out.length + choice.no.out.length > 0) return choice
  }
  return undefined
}
/** A branch that is never taken is computed in vain, once. */
export const branchesOfScan: LoopLaw['rewrite'] = ({ equation }) => {
  if (!isScan(equation)) return undefined
  const s = scanOf(equation)
  const b = scanBody(s)
  const choice = s.attrs.length > 1 ? choiceIn(b) : undefined
  if (choice === undefined) return undefined
  const { yes, no } = choice
  const { carries, rows, constants } = inputsOf(s)
  const operands = choice.equation.args.slice(1)
  const fixed = [...new Set(operands.filter((v) => b.kinds[v] === 'constant' || b.kinds[v] === 'free'))]
  const stored = [...yes.types, ...no.types]
  const body = closeOver([...s.body.inputs, ...numbered(stored, 'k')], (xs) => {
    const v = xs.slice(0, s.body.inputs.length)
    const branches = (args: readonly Expr[]): readonly Expr[] =>
      condClosed(
        nth(args, 0),
        yes.over([], no.types),
        no.over(yes.types, []),
      )(...args.slice(1), ...xs.slice(-stored.length))
    for (const q of s.body.equations) {
      const args = at(v, q.args)
      v.push(...(q === choice.equation ? branches(args) : node(q.op, q.attrs, args, q.outs)))
    }
    return at(v, s.body.outputs)
  })
  return (args) => {
    const [c, x, k] = parts(args, carries.length, rows.length)
    const known = inline(cut(s.body, constants, fixed), k)
    // the branches read no operand that changes
    const given = operands.map((v) => known[fixed.indexOf(v)] as Expr)
    return runScan(s, body, c, x, [...k, ...yes.once(given), ...no.once(given)])
  }
}
