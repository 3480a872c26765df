/** The result of a gradient check, as plain data; `text.ts` and `page.ts` show it. */
import type { Closed } from '../../lang/syntax/closed.ts'
import type { Program } from '../../lang/syntax/program.ts'
import type { Spent } from './budget.ts'

/** One derivative, computed in two ways. */
export interface Worst {
  /** The input, or for a forward check the output, and the element within it. */
  readonly leaf: string
  readonly index: readonly number[]
  readonly element: number
  readonly analytic: number
  readonly numeric: number
  /** The error bar of the numeric value. */
  readonly bar: number
  /** The widest step of the numeric value, relative to the input's scale; 0 where no step was taken. */
  readonly step: number
}
/** One input, checked coordinate by coordinate. The function is the output, or a random weighted sum of all outputs. */
export interface Coordinates {
  readonly leaf: string
  readonly checked: number
  readonly of: number
  readonly passed: boolean
  readonly worst: Worst
  /** The mode that gave the analytic value of `worst`. */
  readonly mode: 'forward' | 'reverse'
}
/** The comparisons of a gradient check; checkGradients.ts states each as an equation. */
export type CheckName =
  | 'forward'
  | 'reverse'
  | 'coordinates'
  | 'second forward'
  | 'second reverse'
  | 'exact'
  | 'second exact'
/** One comparison, over all points: the worst of them. */
export interface Check {
  readonly name: CheckName
  readonly passed: boolean
  /** The largest |analytic - numeric| over the size of the derivatives. */
  readonly error: number
  /** The largest error bar over the size of the derivatives: smaller errors cannot be seen. */
  readonly resolution: number
  readonly worst: Worst
}
/** How the remainder of the Taylor expansion shrinks with the step: exponents of h. */
export interface Slopes {
  /** |f(x + hv) - f(x) - h f'(x) v| : 2, more where the second derivative vanishes, infinite where f is linear. */
  readonly first: number
  /** The same less h^2 / 2 v' f''(x) v : 3 or more. */
  readonly second: number
  /** (h, first remainder, second remainder), largest h first. */
  readonly remainders: readonly (readonly [h: number, first: number, second: number])[]
  /** Remainders below this are rounding. */
  readonly floor: number
}
/** What surrounds a kink at the point that was given: there the one-sided derivatives differ, or the program jumps. */
export interface Kink {
  /** The coordinates that cross it, of those that were tried: 'x[0, 2]'. */
  readonly across: readonly string[]
  /** The coordinates that do not: the checks move these alone. */
  readonly along: readonly string[]
  /** What was checked along those together. 'crossed': they cross a kink together, so nothing was. */
  readonly checked: 'first order' | 'both orders' | 'nothing' | 'crossed'
}
/** The smallest part of the program that fails by itself. */
export interface Suspect {
  /** Numbers of equations of the program, in order. */
  readonly equations: readonly number[]
  /** Their primitives. */
  readonly ops: readonly string[]
  /** Where the body of an equation is at fault: which attribute, and the suspect within. */
  readonly within?: { readonly attribute: string; readonly suspect: Suspect }
  /** That part as a program of its own. */
  readonly part: Closed
  readonly check: Check
  /** Other equations that fail by themselves. */
  readonly others: readonly number[]
}
/** Of all points. 'non-smooth', 'unclear', 'not finite' and 'unfinished', where the budget was spent: no point decides. */
export type Verdict = 'correct' | 'wrong' | 'non-smooth' | 'unclear' | 'not finite' | 'unfinished'
/** The result of `checkGradients`, as plain data. */
export interface GradientReport {
  readonly verdict: Verdict
  readonly seed: number
  /** Points that were checked. */
  readonly samples: number
  /** Points drawn again because the program is not smooth there. */
  readonly kinks: number
  /** Where the given point is at a kink: what was found beside it. */
  readonly kink?: Kink
  /** Points drawn again because the program is not finite near them. */
  readonly blanks: number
  /** Points where rounding hides the derivative. */
  readonly unclear: number
  /** What the check has cost. */
  readonly spent: Spent
  readonly checks: readonly Check[]
  /** By input, in order. */
  readonly coordinates: readonly Coordinates[]
  /** The worst coordinate of the worst input. */
  readonly worst: Worst | undefined
  readonly slopes: Slopes | undefined
  readonly suspect: Suspect | undefined
  /** The point of the failure, one array per input: pass it as `at` to see the failure again. */
  readonly point: readonly { readonly name: string; readonly values: readonly number[] }[]
  readonly program: Program<unknown, unknown>
}
