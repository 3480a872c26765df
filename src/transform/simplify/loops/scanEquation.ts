/** A scan among the equations of a program, with its arguments by kind. */
import { parts, type Scan, scanEntry } from '../../../../lang/primitives/scan.ts'
import type { Closed, Equation } from '../../../../lang/syntax/closed.ts'

export interface ScanEquation {
  readonly equation: Equation
  readonly attrs: Scan
  readonly body: Closed
  readonly carries: readonly number[]
  readonly rows: readonly number[]
  readonly constants: readonly number[]
}
export const isScan = (q: Equation): boolean => q.op === scanEntry.name
export const scanOf = (equation: Equation): ScanEquation => {
  const attrs = equation.attrs as Scan
  const [carries = [], rows = [], constants = []] = parts(equation.args, attrs.carries, attrs.rows)
  return { equation, attrs, body: attrs.body, carries, rows, constants }
}
