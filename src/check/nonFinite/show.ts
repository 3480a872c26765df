/** A NonFinite as text: which value is not finite, and the equation or input that caused it. */
import { showType } from '../../../lang/syntax/shape.ts'
import { spentLine } from '../text.ts'
import type { Culprit } from './culprit.ts'
import type { NonFinite } from './trace.ts'

const show = (x: number): string => String(Number(x.toPrecision(5)))
const showElement = (element: readonly number[]): string => (element.length === 0 ? '' : ` at [${element.join(', ')}]`)
const showCulprit = (c: Culprit): readonly string[] => [
  `${c.op}(${c.args.map((a) => showType(a.type)).join(', ')}), equation ${c.equation}${c.within
    .map((w) => ` of the body of ${w}`)
    .reverse()
    .join('')}`,
  `${showType(c.result)}${showElement(c.element)} is ${c.value}, computed from ${
    c.args.length === 0
      ? 'no argument'
      : c.args.map((a) => (a.here === undefined ? `${show(a.low)} .. ${show(a.high)}` : show(a.here))).join(' and ')
  }`,
]
/** Lines of text: the equation, its value and the values of its arguments, and the user's formula if it is known. */
export const showNonFinite = (n: NonFinite): string => {
  switch (n._tag) {
    case 'FromInput':
      return `  from the input ${n.name}${showElement(n.element)}, which is ${n.value}`
    case 'BudgetSpent':
      return `  from an equation that was not found: ${spentLine(n.spent)}`
    case 'FromEquation': {
      const [equation, values] = showCulprit(n.nan ?? n.origin)
      const [source, sourceValues] = showCulprit(n.origin)
      return [
        `  from ${equation}${n.precision === 'single' ? '   (in float32)' : ''}`,
        `       ${values}`,
        ...(n.nan === undefined ? [] : [`       its infinity comes from ${source}`, `       ${sourceValues}`]),
        ...(n.origin.formula === undefined ? [] : [`       as ${n.origin.formula.replaceAll('\n', '\n          ')}`]),
      ].join('\n')
    }
  }
}
