/** Training: steps as programs, and folds of them over data. */

export {
  type Callback,
  type EarlyStopping,
  earlyStopping,
  type FitReport,
  folding,
  hear,
  replay,
  type Told,
  together,
} from './callback.ts'
export {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type Identity,
  type Kept,
  type Position,
} from './checkpoint.ts'
export { type CheckpointError, showCheckpointError } from './checkpointError.ts'
export { type Descent, descentStep, descentStepOrThrow, startDescent } from './descent.ts'
export {
  type Augment,
  augmentPictures,
  type DataBatch,
  type Examples,
  examplesOf,
  shuffled,
  type WrongExamples,
} from './examples.ts'
export { fit } from './fit.ts'
export {
  type EpochReport,
  type FoldOptions,
  type NotFinite,
  type Runner,
  type StepReport,
  showTrainError,
  type TrainError,
  type Trained,
  train,
} from './fold.ts'
export { accuracy, type Meter, measure, measurement, measurementOrThrow, meter } from './measure.ts'
export {
  type Confusion,
  confusion,
  f1,
  iou,
  largest,
  type Mistake,
  overClasses,
  precision,
  probabilities,
  recall,
  share,
  topK,
  worstMistakes,
} from './metrics.ts'
export type { CheckpointOptions, FitError, FitOptions, Fitted, Plan, Reached, RecordOptions } from './options.ts'
export { type AnswersError, answers } from './predictAll.ts'
export { parseRecord, type RecordLine, type Settings, showRecord } from './record.ts'
export {
  type Loss,
  type Shapes,
  startTraining,
  type TrainData,
  type TrainState,
  trainStep,
  trainStepOrThrow,
} from './step.ts'
export { type Log, readCheckpoint, type Store, type StoreFailure, writeCheckpoint } from './store.ts'
