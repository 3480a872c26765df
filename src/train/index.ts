/** Training: steps as programs, and folds of them over data. */
export { type Descent, descentStep, descentStepOrThrow, startDescent } from './descent.ts'
export { type DataBatch, type Examples, shuffled } from './examples.ts'
export { type FitError, type FitOptions, type FitReport, type Fitted, fit } from './fit.ts'
export {
  type EpochReport,
  type FoldOptions,
  type Runner,
  type Running,
  type Stepping,
  type StepReport,
  showTrainError,
  type TrainError,
  type Trained,
  train,
} from './fold.ts'
export { accuracy, type Meter, measure, measurement, measurementOrThrow, meter } from './measure.ts'
export {
  type Loss,
  type Shapes,
  startTraining,
  type TrainData,
  type TrainState,
  trainStep,
  trainStepOrThrow,
} from './step.ts'
