/** What a gradient check found, as data, and as text. */

/** The worst disagreement of one check. */
export interface Worst {
  /** Input or output leaf, and element within it. */
  readonly leaf: string
  readonly element: number
  readonly analytic: number
  readonly numeric: number
  /** How far the numeric value may itself be wrong. */
  readonly bar: number
}
export interface Check {
  readonly name: 'forward' | 'reverse' | 'second forward' | 'second reverse'
  readonly passed: boolean
  /** The largest |analytic - numeric| over its scale. */
  readonly error: number
  readonly worst: Worst
}
/** How the remainder of the Taylor expansion shrinks with the step: exponents of h. */
export interface Slopes {
  /** |f(x + hv) - f(x) - h f'(x) v| : 2, or more where the second derivative vanishes. */
  readonly first: number
  /** The same less h^2 / 2 v' f''(x) v : 3 or more. */
  readonly second: number
  /** (h, first remainder, second remainder), largest h first. */
  readonly remainders: readonly (readonly [h: number, first: number, second: number])[]
}
export interface GradientReport {
  readonly verdict: 'correct' | 'wrong' | 'non-smooth' | 'not finite'
  readonly seed: number
  readonly samples: number
  /** Points redrawn because one-sided differences disagree there. */
  readonly kinks: number
  readonly checks: readonly Check[]
  readonly slopes: Slopes | undefined
}

const significant = (v: number): string => (v === 0 ? '0' : Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5 ? v.toExponential(2) : v.toPrecision(5))
const line = (c: Check): string =>
  `  ${c.passed ? 'ok   ' : 'WRONG'} ${c.name.padEnd(15)} error ${significant(c.error)}` +
  (c.passed ? '' : `\n        at ${c.worst.leaf}[${c.worst.element}]: analytic ${significant(c.worst.analytic)}, numeric ${significant(c.worst.numeric)} +- ${significant(c.worst.bar)}`)

export const showReport = (r: GradientReport): string =>
  [
    `gradients ${r.verdict} (${r.samples} points, seed ${r.seed}${r.kinks > 0 ? `, ${r.kinks} redrawn at kinks` : ''})`,
    ...r.checks.map(line),
    ...(r.slopes ? [`  Taylor remainder: slope ${r.slopes.first.toFixed(2)} (2 expected), with the second derivative ${r.slopes.second.toFixed(2)} (3 expected)`] : []),
  ].join('\n')
