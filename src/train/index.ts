/** Training: steps as programs, and folds of them over data. */
export { type BatchTypes, type Examples, shuffled } from './examples.ts'
export { type FitError, type FitOptions, type FitReport, type Fitted, fit } from './fit.ts'
export {
  type EpochReport,
  type FoldOptions,
  type Runner,
  type Running,
  type StepReport,
  showTrainError,
  type TrainError,
  type Trained,
  train,
} from './fold.ts'
export { accuracy, measure, measurement, measurementOrThrow } from './measure.ts'
export {
  type Descent,
  descentStep,
  descentStepOrThrow,
  type Loss,
  type Shapes,
  startDescent,
  startTraining,
  type TrainData,
  type TrainState,
  trainStep,
  trainStepOrThrow,
} from './step.ts'
