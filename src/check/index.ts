/** Checks of programs: derivatives, transformations, custom rules, linearity. */
export { type CheckOptions, checkGradients, type Ranges } from './checkGradients.ts'
export type { Interval } from './domain.ts'
export { gradientPage, reportToJSON } from './page.ts'
export type { Check, CheckName, Coordinates, GradientReport, Slopes, Suspect, Verdict, Worst } from './report.ts'
export { showReport } from './text.ts'
