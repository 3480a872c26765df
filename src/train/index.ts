/** Training: steps as programs, and folds of them over data. */

// the types of descents name these: declaration files of users need them under this entry
export type { NumericArray } from '../../lang/syntax/tree.ts'
export {
  afterReport,
  type Callback,
  type CallbackState,
  type EarlyStopping,
  earlyStopping,
  type FitReport,
  folding,
  replay,
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
export { type Descent, descentStep, descentStepOrThrow, type ScalarType, startDescent } from './descent.ts'
export {
  type Augment,
  augmentPictures,
  type DataBatch,
  shuffled,
  type WrongExamples,
} from './examples.ts'
export { fit, fitOrThrow } from './fit.ts'
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
  accuracyOf,
  argmaxRows,
  type Confusion,
  confusion,
  f1,
  iou,
  type Mistake,
  overClasses,
  precision,
  probabilities,
  recall,
  topK,
  worstMistakes,
} from './metrics.ts'
export {
  type CheckpointOptions,
  type FitError,
  type FitOptions,
  type Fitted,
  type Plan,
  type Reached,
  type RecordOptions,
  showFitError,
} from './options.ts'
export { decodeParams, encodeParams, type Params, type ParamTypes } from './params.ts'
export { type PredictAllError, predictAll } from './predictAll.ts'
export { parseRecord, type RecordLine, type Settings, showRecord } from './record.ts'
export {
  type ScaledDescent,
  type ScaleOptions,
  scaledDescentStep,
  scaledDescentStepOrThrow,
  startScaledDescent,
} from './scaled.ts'
export { type Served, type ServeError, type ServeOptions, serve } from './serve.ts'
export {
  type ExampleShapes,
  type Loss,
  lossProgram,
  lossProgramOrThrow,
  startTraining,
  type TrainData,
  type TrainState,
  trainStep,
  trainStepOrThrow,
} from './step.ts'
export { type Log, readCheckpoint, type Store, type StoreFailure, writeCheckpoint } from './store.ts'
