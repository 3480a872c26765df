/** Data, in reading order: keys, datasets, batches, generated digits, MNIST from disk. */

export { type Batch, epoch } from './batches.ts'
export { type CsvOptions, type Numbers, readCsv, readCsvNumbers } from './csv.ts'
export { type Dataset, holdOut, select, take } from './dataset.ts'
export { digits } from './digits.ts'
export { type DataError, showDataError } from './error.ts'
export { type Fold, folds } from './folds.ts'
export { type Idx, readIdx } from './idx.ts'
export { child, type Key, key, normalQuantile, normals, permutation, split, uniforms } from './key.ts'
export { loadMnist, type Part } from './mnist.ts'
export { type Npy, readNpy } from './npy.ts'
export { circle, exclusiveOr, gaussians, type PlaneSet, spiral } from './planeSets.ts'
export { readSafetensors, type Safetensors, type Weights, type WeightType, writeSafetensors } from './safetensors.ts'
