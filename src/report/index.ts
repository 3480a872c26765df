/** Reported runs, with Node: figures beside the ones expected, trainings that keep their files, and their pages. */
export { confusionTable } from './confusion.ts'
export { atLeast, atMost, close, type Finding, holds, lossFalls, same } from './finding.ts'
export { type LearnOptions, learn, type ShownClassifier } from './learn.ts'
export { progress } from './progress.ts'
export {
  compute,
  type DataName,
  type Picture,
  type Report,
  type RunOptions,
  type TextBackend,
  type TrainingListeners,
  withTextErrors,
} from './run.ts'
export { type Classified, type TrainingPage, trainingPage } from './training.ts'
