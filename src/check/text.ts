/** A report as text. */
import { print } from '../../lang/text/print.ts'
import type { Spent } from './budget.ts'
import type { Check, GradientReport, Kink, Slopes, Suspect, Worst } from './report.ts'

export const showNumber = (v: number): string =>
  v === 0 ? '0' : Math.abs(v) < 1e-3 || Math.abs(v) >= 1e6 ? v.toExponential(3) : String(Number(v.toPrecision(8)))
const rough = (v: number): string => (v === 0 ? '0' : v.toExponential(1))

export const showPlace = ({ leaf, index }: Worst): string =>
  index.length === 0 ? leaf : `${leaf}[${index.join(', ')}]`
/** Both values side by side, the error bar after the numeric one. */
const showWorst = (w: Worst): string =>
  `${showPlace(w)}: analytic ${showNumber(w.analytic)}, numeric ${showNumber(w.numeric)} +- ${rough(w.bar)}`

const checkLine = (c: Check): string =>
  `  ${c.passed ? 'ok   ' : 'WRONG'} ${c.name.padEnd(14)} error ${rough(c.error).padEnd(8)} ` +
  `seen to ${rough(c.resolution)}` +
  (c.passed ? '' : `\n        ${showWorst(c.worst)}`)
const exponent = (v: number): string => (v === Number.POSITIVE_INFINITY ? 'below rounding' : v.toFixed(2))
export const showSlopes = (s: Slopes): string =>
  `Taylor remainder: slope ${exponent(s.first)} (2 expected)` +
  (Number.isNaN(s.second) ? '' : `, with the second derivative ${exponent(s.second)} (3 expected)`)

export const showSuspect = (s: Suspect): readonly string[] => {
  const which = s.equations.length === 1 ? `equation ${s.equations[0]}` : `equations ${s.equations.join(', ')} together`
  return [
    `suspect: ${s.ops.join(', ')} (${which} fails by itself: ${s.check.name}, ${showWorst(s.check.worst)})`,
    ...(s.others.length > 0 ? [`  so do equations ${s.others.join(', ')}`] : []),
    ...(s.within ? [`  within its ${s.within.attribute}:`, ...showSuspect(s.within.suspect).map((l) => `  ${l}`)] : []),
  ]
}
/** What a check has cost: 4123 evaluations of at most 1000000, 1.2 s of at most 300 s. */
export const spentLine = ({ evaluations, evaluationLimit, seconds, secondLimit, exhausted }: Spent): string =>
  [
    `${evaluations} evaluations of at most ${evaluationLimit}`,
    ...(seconds === undefined ? [] : [`${seconds.toPrecision(2)} s`]),
  ].join(', ') +
  (secondLimit === undefined ? '' : ` of at most ${secondLimit} s`) +
  (exhausted ? ': the budget is spent' : '')
export const verdictLine = (r: GradientReport): string => {
  const counts = [
    `${r.samples} ${r.samples === 1 ? 'point' : 'points'}`,
    ...(r.kink ? ['the given point is at a kink'] : r.kinks > 0 ? [`${r.kinks} redrawn at kinks`] : []),
    ...(r.blanks > 0 ? [`${r.blanks} redrawn where not finite`] : []),
    ...(r.unclear > 0 ? [`${r.unclear} hidden by rounding`] : []),
    `seed ${r.seed}`,
    ...(r.spent.exhausted ? ['the budget is spent'] : []),
  ]
  return `gradients ${r.verdict} (${counts.join(', ')})`
}
/** At most so many coordinates are named. */
const named = 5
const list = (places: readonly string[]): string =>
  places.length <= named
    ? places.join(', ')
    : `${places.slice(0, named).join(', ')} and ${places.length - named} other coordinates`
/** What was found at a kink, and what was checked beside it. */
export const kinkLines = ({ across, along, checked }: Kink): readonly string[] => {
  const where = across.length > 0 ? list(across) : 'a direction of all inputs together'
  const beside: { readonly [C in Kink['checked']]: string } = {
    'both orders': `both orders were checked along ${list(along)} alone`,
    'first order': `the first order was checked along ${list(along)} alone; second derivatives were not`,
    crossed: `${list(along)} are smooth one by one but not together: only single coordinates were checked`,
    nothing: 'no coordinate that was tried is smooth: neither order could be checked along one',
  }
  return [`kink across ${where}: the one-sided derivatives differ, or the program jumps`, beside[checked]]
}
/** The report as text: verdict, checks, inputs, suspect; and the program, where the verdict is not correct. */
export const showReport = (r: GradientReport): string =>
  [
    verdictLine(r),
    ...r.checks.map(checkLine),
    ...r.coordinates.map(
      (c) =>
        `  ${c.passed ? 'ok   ' : 'WRONG'} ${c.leaf}: ${c.checked} of ${c.of} coordinates, worst ${showWorst(c.worst)}`,
    ),
    ...(r.kink ? kinkLines(r.kink).map((l) => `  ${l}`) : []),
    ...(r.slopes ? [`  ${showSlopes(r.slopes)}`] : []),
    `  ${spentLine(r.spent)}`,
    ...(r.suspect ? showSuspect(r.suspect).map((l) => `  ${l}`) : []),
    ...(r.verdict === 'correct' ? [] : ['', print(r.program)]),
  ].join('\n')
