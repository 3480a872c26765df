/** Optimisers: pure functions from parameters, gradients and state to the next parameters and state. */
export { accumulate } from './accumulate.ts'
export { averaged } from './average.ts'
export { clipNorm, clipValue, globalNorm } from './clip.ts'
export {
  type ClipSettings,
  fromSettings,
  type OptimizerSettings,
  type ScheduleSettings,
  type SettingsError,
  showSettingsError,
} from './fromSettings.ts'
export { type LineSearch, type LineSearchOptions, lineSearch, type SearchState } from './lineSearch.ts'
export {
  type Optimizer,
  type OptimizerState,
  type Rate,
  type Schedule,
  startState,
  stateTypes,
  update,
} from './optimizer.ts'
export { adadelta, adagrad, adam, adamW, rmsProp, sgd } from './rules.ts'
export { cosine, exponential, stepwise, warmUp } from './schedule.ts'
export { isWeight, type Mask, where } from './where.ts'
