/** What does not change in a loop is computed once, before it. */
import { parts } from '../../../../lang/primitives/scan.ts'
import { whileClosed, whileEntry } from '../../../../lang/primitives/while.ts'
import { type Closed, inline } from '../../../../lang/syntax/closed.ts'
import type { Dependence } from './body.ts'
import { branchesOfScan } from './branches.ts'
import { cut } from './cut.ts'
import { inputsOf, type LoopLaw, runScan, scanBody } from './law.ts'
import { isScan, scanOf } from './scanEquation.ts'
import { leaving, split } from './split.ts'

const inScan: LoopLaw['rewrite'] = ({ equation }) => {
  if (!isScan(equation)) return undefined
  const s = scanOf(equation)
  const b = scanBody(s)
  const out = s.attrs.length > 1 ? leaving(b) : []
  if (out.length === 0) return undefined
  const { carries, rows, constants } = inputsOf(s)
  const once = cut(s.body, constants, out)
  const body = cut(s.body, [...carries, ...rows, ...constants, ...out], s.body.outputs)
  return (args) => {
    const [c, x, k] = parts(args, carries.length, rows.length)
    return runScan(s, body, c, x, [...k, ...inline(once, k)])
  }
}

type WhileAttrs = {
  readonly test: Closed
  readonly body: Closed
  readonly carries: number
  readonly limit?: number
  readonly name?: string
}
const inWhile: LoopLaw['rewrite'] = ({ equation }) => {
  if (equation.op !== whileEntry.name) return undefined
  const { test, body, carries: n, limit, name } = equation.attrs as WhileAttrs
  const inputs = equation.args.map((_, k): Dependence => (k < n ? 'carried' : 'constant'))
  const [t, b] = [split(test, inputs), split(body, inputs)]
  if (t.out.length + b.out.length === 0) return undefined
  const limits = { ...(limit !== undefined && { limit }), ...(name !== undefined && { name }) }
  const loop = whileClosed(t.over([], b.types), b.over(t.types, []), limits)
  return (args) => {
    const [c, k] = parts(args, n)
    return loop(c, [...k, ...t.once(args), ...b.once(args)])
  }
}
/**
 * In a while loop too, which may take no step: then it was computed in vain, once. Every equation is total, so nothing
 * else is different; one that may not end stays where it is.
 */
export const constantsLeave: LoopLaw = {
  law: 'what does not change in a loop is computed before it',
  rewrite: (loop) => inScan(loop) ?? inWhile(loop) ?? branchesOfScan(loop),
}
