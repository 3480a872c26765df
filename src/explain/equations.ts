/** The equations of a program as lines of mathematics, under the names that printing gives its values. */
import { type Closed, open } from '../../lang/syntax/closed.ts'
import { type Expr, input } from '../../lang/syntax/expr.ts'
import { latexNumber, valueNames } from '../../lang/text/index.ts'
import { named, tuple, written } from './symbols.ts'
import type { Formula, Line } from './words.ts'

/** The names of a program's values: printed ones, numbers for constants. */
export const namesOf = (p: Closed): readonly Formula[] => {
  const names = valueNames(p).map((n) => (n === undefined ? undefined : named(n)))
  for (const q of p.equations)
    if (names[q.first] === undefined && typeof q.attrs.value === 'number')
      names[q.first] = { text: String(q.attrs.value), latex: latexNumber(q.attrs.value) }
  return names.map((n) => n ?? { text: '_', latex: '\\_' })
}
/** The equations of a program under those names; undefined for a constant, which is written where it is used. */
export const equationsOf = (p: Closed, names: readonly Formula[]): readonly (Line | undefined)[] => {
  const values = open(
    p,
    p.inputs.map(({ name, type }) => input(name, type)),
  )
  const numbers = new Map(values.map((e, k) => [e, k]))
  const known = valueNames(p)
  return p.equations.map((q) => {
    if (known[q.first] === undefined) return undefined
    const first = values[q.first] as Expr
    const whole = first.node._tag === 'Item' ? first.node.of : first
    const right = written(whole, (e) => {
      const k = numbers.get(e)
      return k === undefined || k === q.first ? undefined : names[k]
    })
    return { left: tuple(q.outs.map((_, k) => names[q.first + k] as Formula)), right }
  })
}
