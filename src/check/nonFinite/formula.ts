/** The formula of a value: the last few equations that lead to it, in the language's own text. */
import { type Closed, type Equation, inTypes, outTypes } from '../../../lang/syntax/closed.ts'
import { nth } from '../../../lang/syntax/list.ts'
import { print } from '../../../lang/text/print.ts'
import { subprogramOf } from '../suspect.ts'
import type { EquationOutput } from './cause.ts'

const depth = 3
/** Whether an equation fits on a line: no bodies of loops, no data. */
const isShort = (q: Equation): boolean => JSON.stringify(q.attrs).length < 80

/** Values from further back appear by name, or as v and their number. Undefined where the equation itself is long. */
export const formulaOf = (p: Closed, { equation, out }: EquationOutput): string | undefined => {
  const q = nth(p.equations, equation)
  if (!isShort(q)) return undefined
  const maker = new Map(p.equations.flatMap((r, k) => r.outs.map((_, i) => [r.first + i, k] as const)))
  const taken = new Set([equation])
  let front = [q]
  for (let d = 0; d <= depth; d++) {
    front = front.flatMap((r) =>
      r.args.flatMap((a) => {
        const k = maker.get(a)
        const before = k === undefined || taken.has(k) ? undefined : p.equations[k]
        if (k === undefined || before === undefined || !isShort(before)) return []
        // constants are printed where they are used, however far back
        if (d === depth && before.args.length > 0) return []
        taken.add(k)
        return [before]
      }),
    )
  }
  const { closed } = subprogramOf(
    p,
    [...taken].sort((a, b) => a - b).map((k) => nth(p.equations, k)),
  )
  const one = { ...closed, outputs: closed.outputs.slice(closed.outputs.length - q.outs.length + out).slice(0, 1) }
  const text = print({ in: inTypes(one), out: outTypes(one)[0], closed: one }, { style: 'formulas' })
  return text.slice(text.indexOf('] ->') + 4).trim()
}
