/** Checks of programs: derivatives, transformations, custom rules, linearity. */
export { checkAccuracy } from './accuracy/checkAccuracy.ts'
export type { AccuracyOptions } from './accuracy/options.ts'
export { accuracyPage, accuracyToJSON } from './accuracy/page.ts'
export type { AccuracyReport, AccuracyRow, BitLoss, BitLossCause, Compared, WorstNumber } from './accuracy/report.ts'
export { showAccuracy } from './accuracy/text.ts'
export type { Budget, CheckProgress, Spent } from './budget.ts'
export { type CheckOptions, checkGradients, type Ranges } from './checkGradients.ts'
export { type CustomRuleReport, checkCustomRule } from './customRule.ts'
export type { Interval } from './domain.ts'
export { type Equivalence, type EquivalenceOptions, equivalence, showEquivalence } from './equivalence.ts'
export { isLinear, type Linearity, type LinearityOptions, linearity } from './linearity.ts'
export type { Culprit } from './nonFinite/culprit.ts'
export { type Compiler, traceNonFiniteOn } from './nonFinite/onBackend.ts'
export { showNonFinite } from './nonFinite/show.ts'
export { type FloatPrecision, type NonFinite, traceNonFinite } from './nonFinite/trace.ts'
export { gradientPage, reportToJSON } from './page.ts'
export type { Check, CheckName, Coordinates, GradientReport, Kink, Slopes, Suspect, Verdict, Worst } from './report.ts'
export { showReport } from './text.ts'
export {
  type AnyBackend,
  checkTransformations,
  showTransformations,
  type TransformationCheck,
  type TransformationOptions,
} from './transformations.ts'
