export { type CheckOptions, checkGradients } from './checkGradients.ts'
export { type Check, type GradientReport, type Slopes, showReport, type Worst } from './report.ts'
