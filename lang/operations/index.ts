/** Derived operations: ordinary functions over primitives, whose derivatives are found. In reading order. */

export {
  elu,
  gelu,
  geluTanh,
  leakyRelu,
  logSigmoid,
  mish,
  relu,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
} from './activation.ts'
export { type Keep, keepAxes } from './along.ts'
export {
  flatten,
  flip,
  repeatInterleave,
  rot90,
  squeeze,
  stack,
  swapAxes,
  tile,
  unsqueeze,
  unstack,
} from './arranging.ts'
export { type AtOptions, at, type Indexed, type Indexing } from './at.ts'
export {
  type AttentionOptions,
  attention,
  type HeadParameters,
  type Heads,
  multiHeadAttention,
  type SharedOptions,
} from './attention.ts'
export { batchNorm, batchNormEval, batchNormFull, type Normalized, type Running } from './batchNorm.ts'
export type { Channels } from './channels.ts'
export { kthvalue, mode } from './chosen.ts'
export { type CrossEntropyOptions, crossEntropy, nllLoss, softCrossEntropy } from './classLoss.ts'
export { clipGradient, clipGradientNorm } from './clipGradient.ts'
export { type ColumnOptions, col2im, im2col } from './columns.ts'
export {
  clamp,
  exp2,
  ge,
  gt,
  hardtanh,
  log2,
  log10,
  type Pointwise,
  pow,
  reciprocal,
  relu6,
  safeSelect,
  square,
  where,
} from './comparison.ts'
export { conv, convTranspose } from './convolution.ts'
export { argwhere, bincount, type HistogramOptions, histogram, histogram2d, nonzero, unique } from './counting.ts'
export { cross } from './cross.ts'
export { type CtcOptions, ctcLoss } from './ctcLoss.ts'
export { diag, diagEmbed, diagonal, eye, toeplitz, trace, tril, triu, vander } from './diagonal.ts'
export { cumulativeTrapezoid, diff, type GradientOptions, gradient, type Spacing, trapezoid } from './differences.ts'
export {
  type HuberOptions,
  hingeLoss,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from './distanceLoss.ts'
export { einsum } from './einsum.ts'
export { type BagArguments, type BagOptions, embeddingBag } from './embeddingBag.ts'
export { affineGrid, type GridOptions, gridSample } from './gridSample.ts'
export { groupNorm, instanceNorm } from './groupNorm.ts'
export { kron } from './kron.ts'
export { layerNorm, rmsNorm } from './layerNorm.ts'
export { embedding, gatherAlong, indexAdd, indexSelect, oneHot, scatterAddAlong } from './lookup.ts'
export type { ElementwiseOptions, LossOptions } from './loss.ts'
export {
  maskedArgmax,
  maskedArgmin,
  maskedCumProd,
  maskedCumSum,
  maskedFill,
  maskedLogSoftmax,
  maskedLogsumexp,
  maskedMax,
  maskedMean,
  maskedMin,
  maskedProd,
  maskedScatter,
  maskedSoftmax,
  maskedStd,
  maskedSum,
  maskedVariance,
} from './masking.ts'
export { cast, castGradient, type Storage } from './mixedPrecision.ts'
export { multiDot } from './multiDot.ts'
export { type Norm, type Normalize, norm, normalize } from './norm.ts'
export { type Epsilon, standardize } from './normalization.ts'
export { type SortByOptions, type Sorted, sort, sortBy, topK } from './order.ts'
export { type PadOptions, padWith } from './padding.ts'
export {
  type AveragePoolOptions,
  adaptiveAvgPool,
  adaptiveMaxPool,
  avgPool,
  lpPool,
  maxPool,
  type PowerPoolOptions,
} from './pooling.ts'
export { adaptiveMaxPoolWithIndices, maxPoolWithIndices, maxUnpool, type Pooled } from './poolingPlaces.ts'
export { bceLoss, bceWithLogits, type KlDivergenceOptions, klDivergence } from './probabilityLoss.ts'
export { dot, linear, matmul, outer } from './product.ts'
export { median, nanmedian, nanquantile, type QuantileOptions, quantile } from './quantile.ts'
export {
  cosineEmbeddingLoss,
  type GaussianOptions,
  gaussianNllLoss,
  type HingeOptions,
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultiMarginOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  type PoissonOptions,
  poissonNllLoss,
  softMarginLoss,
  type TripletOptions,
  tripletMarginLoss,
} from './rankingLoss.ts'
export { reduceWindow } from './reduceWindow.ts'
export { type Bilinear, upsampleBilinear, upsampleNearest } from './resampling.ts'
export { type ResizeOptions, resize } from './resize.ts'
export { localResponseNorm, type ResponseOptions } from './responseNorm.ts'
export { cumMax, cumMin, logCumsumExp } from './running.ts'
export {
  diagonalScatter,
  indexCopy,
  indexFill,
  indexReduce,
  putAlongAxis,
  type ReduceOptions,
  scatterReduce,
  selectScatter,
  sliceScatter,
  takeAlongAxis,
} from './scattering.ts'
export { bucketize, digitize, type InterpOptions, interp, type SearchOptions, searchsorted } from './search.ts'
export { segmentMax, segmentMean, segmentMin, segmentProd, segmentSum } from './segments.ts'
export { channelShuffle, pixelShuffle, pixelUnshuffle } from './shuffling.ts'
export { convolve, correlate } from './signals.ts'
export { cdist, cosineSimilarity, type PairwiseOptions, pairwiseDistance, pdist } from './similarity.ts'
export { roll, sliceAlong, split, take } from './slicing.ts'
export { logSoftmax, logsumexp, softmax } from './softmax.ts'
export {
  type FourierOptions,
  fft,
  fft2,
  fftfreq,
  fftn,
  fftshift,
  type HalfOptions,
  ifft,
  ifft2,
  ifftn,
  ifftshift,
  irfft,
  rfft,
  rfftfreq,
} from './spectrum.ts'
export { corrcoef, cov, mean, type Spread, std, variance } from './statistics.ts'
export { inner, tensordot, vdot } from './tensordot.ts'
export {
  type LeafOf,
  type MapTree,
  treeLeaves,
  treeMap,
  treeMapWithPath,
  treeRavel,
  treeReduce,
  treeStack,
  treeStructure,
  treeUnflatten,
  treeUnravel,
  treeUnstack,
} from './trees.ts'
