/** Data, in reading order: datasets, batches, generated digits, readers of bytes. `adjoint/disk` reads files. */

export {
  type AffineMap,
  type AffineRange,
  type Augmentation,
  affine,
  augment,
  augmentAll,
  compose,
  cutout,
  flip,
  type Image,
  noise,
  resample,
  shift,
} from './augment.ts'
export { batches, runs } from './batches.ts'
export { type CsvOptions, type Numbers, readCsv, readCsvNumbers } from './csv.ts'
export { type Dataset, type Examples, holdOut, select, take } from './dataset.ts'
export { digits } from './digits.ts'
export { type DataError, showDataError } from './error.ts'
export { type Fold, folds } from './folds.ts'
export { type Idx, readIdx } from './idx.ts'
export { type Pen, paint } from './ink.ts'
export { type NamedBytes, readMnist } from './mnist.ts'
export { type Npy, readNpy } from './npy.ts'
export { circle, exclusiveOr, gaussians, type PlaneSet, spiral } from './planeSets.ts'
export { fashionMnist, fashionNames, mnist, type Published, type PublishedFile } from './published.ts'
export {
  readSafetensors,
  type Safetensors,
  type SkippedWeights,
  type Weights,
  type WeightType,
  writeSafetensors,
} from './safetensors.ts'
