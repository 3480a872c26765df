/** Optimisers: pure functions from parameters, gradients and state to the next parameters and state. */
export { accumulate } from './accumulate.ts'
export { adamax, asgd, lion, nadam, radam, rprop } from './adaptive.ts'
export { averaged, lookahead, weightAverage } from './average.ts'
export { clipAdaptive, clipNorm, clipValue, globalNorm } from './clip.ts'
export {
  type ClipSettings,
  fromSettings,
  type OptimizerSettings,
  type ScheduleSettings,
  type SettingsError,
  showSettingsError,
} from './fromSettings.ts'
export { adafactor, lamb, lars, muon } from './layerwise.ts'
export { type Lbfgs, type LbfgsOptions, type LbfgsState, lbfgs } from './lbfgs.ts'
export {
  gaussNewton,
  type LeastSquares,
  levenbergMarquardt,
  type MarquardtOptions,
  type MarquardtState,
} from './leastSquares.ts'
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
export {
  cosine,
  cosineRestarts,
  exponential,
  joined,
  type OneCycleOptions,
  oneCycle,
  piecewise,
  polynomial,
  stepwise,
  warmUp,
} from './schedule.ts'
export { type Sophia, type SophiaOptions, type SophiaState, sophia } from './sophia.ts'
export { decayed, groups, isWeight, type Mask, where } from './where.ts'
