/**
 * The names of values in an explanation: the printed name, with a dot for its tangent, with a bar for its cotangent.
 */

import type { Expr } from '../../lang/syntax/expr.ts'
import { formula, latexFormula, latexName } from '../../lang/text/index.ts'
import type { Formula } from './words.ts'

export const named = (name: string): Formula => ({ text: name, latex: latexName(name) })
export const dot = (x: Formula): Formula => ({ text: `${x.text}_dot`, latex: `\\dot{${x.latex}}` })
export const bar = (x: Formula): Formula => ({ text: `${x.text}_bar`, latex: `\\bar{${x.latex}}` })
/** One of several shares of a cotangent. */
export const share = (x: Formula, k: number): Formula => ({
  text: `${bar(x).text}.${k}`,
  latex: `${bar(x).latex}_{(${k})}`,
})
export const partial = (y: Formula, x: Formula): Formula => ({
  text: `d${y.text}/d${x.text}`,
  latex: `\\frac{\\partial ${y.latex}}{\\partial ${x.latex}}`,
})
/** A linear map applied to a direction. */
export const mapped = (y: Formula, x: Formula, v: Formula): Formula => ({
  text: `d${y.text}/d${x.text}[${v.text}]`,
  latex: `\\frac{\\partial ${y.latex}}{\\partial ${x.latex}}\\left[${v.latex}\\right]`,
})
export const transposed = (y: Formula, x: Formula, v: Formula): Formula => ({
  text: `(d${y.text}/d${x.text})^T[${v.text}]`,
  latex: `\\left(\\frac{\\partial ${y.latex}}{\\partial ${x.latex}}\\right)^{T}\\left[${v.latex}\\right]`,
})
export const tuple = (xs: readonly Formula[]): Formula =>
  xs.length === 1
    ? (xs[0] as Formula)
    : {
        text: `[${xs.map((x) => x.text).join(', ')}]`,
        latex: `\\left(${xs.map((x) => x.latex).join(', ')}\\right)`,
      }

export type Names = (e: Expr) => Formula | undefined
/** An expression written out over the values that have names. */
export const written = (e: Expr, names: Names): Formula => ({
  text: formula(e, (x) => names(x)?.text),
  latex: latexFormula(e, (x) => names(x)?.latex),
})
/** An expression by its name, if it has one. */
export const called = (e: Expr, names: Names): Formula => names(e) ?? written(e, names)
