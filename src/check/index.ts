export { type CheckOptions, checkGradients } from './checkGradients.ts'
export { type Check, type GradientReport, showReport, type Slopes, type Worst } from './report.ts'
