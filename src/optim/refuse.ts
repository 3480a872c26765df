/**
 * Settings out of their range. An optimiser, a schedule or a wrapper is built all the same, since building never fails;
 * the program of its step is then ill-typed, and reports every wrong setting at the line that gave it.
 */
import { unless } from '../../lang/operations/derived.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import { type Expr, poison } from '../../lang/syntax/expr.ts'
import { callSite } from '../../lang/syntax/site.ts'
import type { Optimizer, Rate, Schedule } from './optimizer.ts'

/** Which numbers a setting may be. */
export interface Range {
  readonly says: string
  readonly has: (x: number) => boolean
}
const finite = (x: number): boolean => x < Number.POSITIVE_INFINITY
export const notNegative: Range = { says: 'a finite number, at least 0', has: (x) => x >= 0 && finite(x) }
export const positive: Range = { says: 'a finite number above 0', has: (x) => x > 0 && finite(x) }
export const limit: Range = { says: 'a number, at least 0', has: (x) => x >= 0 }
/** Of a running mean: the share of its last value that is kept. */
export const memory: Range = { says: 'a number from 0 to below 1', has: (x) => x >= 0 && x < 1 }
export const share: Range = { says: 'a number from 0 to 1', has: (x) => x >= 0 && x <= 1 }
/** Between the ends. */
export const inside: Range = { says: 'a number between 0 and 1', has: (x) => x > 0 && x < 1 }
export const whole: Range = { says: 'an integer, at least 0', has: (x) => Number.isInteger(x) && x >= 0 }
export const count: Range = { says: 'an integer, at least 1', has: (x) => Number.isInteger(x) && x >= 1 }

/** A setting by its name; absent ones have their default. */
type Setting = readonly [name: string, value: unknown, range: Range]
/** Whether a value, which JavaScript may give any type, is in the range. */
export const isIn = (range: Range, value: unknown): boolean => typeof value === 'number' && range.has(value)
/** A diagnostic of every setting that is out of its range. */
export const outOfRange = (op: string, settings: readonly Setting[]): Diagnostics =>
  settings.flatMap(([name, value, range]) => {
    const given = Array.isArray(value) ? `[${value.join(', ')}]` : String(value)
    const problem = unless(value === undefined || isIn(range, value), name, `is ${given}; expected ${range.says}`)
    return problem === undefined ? [] : [{ problem, op, types: [], site: callSite() }]
  })
/** The setting of a learning rate, which must be there; a schedule checks its own numbers. */
export const rateSetting = (rate: Rate | undefined): Setting => [
  'rate',
  typeof rate === 'function' ? undefined : (rate ?? 'absent'),
  notNegative,
]

/** An ill-typed expression with these diagnostics. */
export const wrongly = (diagnostics: Diagnostics): Expr => poison([], diagnostics)
/** The schedule, or one whose rates report the diagnostics. */
export const scheduleUnless = (diagnostics: Diagnostics, schedule: Schedule): Schedule => {
  if (diagnostics.length === 0) return schedule
  const wrong = wrongly(diagnostics)
  return () => wrong
}
/** The optimiser, or one whose steps report the diagnostics. */
export const optimizerUnless = <O extends Optimizer<never>>(diagnostics: Diagnostics, o: O): O => {
  if (diagnostics.length === 0) return o
  const wrong = wrongly(diagnostics)
  return { ...o, rate: () => wrong, step: (tensors) => tensors.map(({ slots }) => [wrong, slots]) }
}
