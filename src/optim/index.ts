/** Optimisers: pure values, from parameters, gradients and state to the next. */
export { clipNorm, clipValue, globalNorm } from './clip.ts'
export {
  type ClipSettings,
  fromSettings,
  type OptimizerSettings,
  type ScheduleSettings,
  type SettingsError,
  showSettingsError,
} from './fromSettings.ts'
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
