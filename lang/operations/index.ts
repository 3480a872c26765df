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
export { flatten, flip, repeatInterleave, rot90, squeeze, stack, swapAxes, tile, unsqueeze } from './arranging.ts'
export { type AttentionOptions, attention, type HeadParameters, type Heads, multiHeadAttention } from './attention.ts'
export { batchNorm, batchNormEval, batchNormFull, type Normalized, type Running } from './batchNorm.ts'
export type { Channels } from './channels.ts'
export { kthvalue, mode } from './chosen.ts'
export { type CrossEntropyOptions, crossEntropy, nllLoss, softCrossEntropy } from './classLoss.ts'
export { clipGradient, clipGradientNorm } from './clipGradient.ts'
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
export { diagEmbed, diagonal, eye, tril, triu } from './diagonal.ts'
export {
  cumulativeTrapezoid,
  diff,
  type GradientOptions,
  gradient,
  type Spacing,
  trapezoid,
} from './differences.ts'
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
export { groupNorm, instanceNorm } from './groupNorm.ts'
export { layerNorm, rmsNorm } from './layerNorm.ts'
export { embedding, gatherAlong, indexAdd, indexSelect, oneHot, scatterAddAlong } from './lookup.ts'
export type { ElementwiseOptions, LossOptions } from './loss.ts'
export { type Norm, norm } from './norm.ts'
export { type Epsilon, normalize } from './normalization.ts'
export { type SortByOptions, type Sorted, sort, sortBy, topK } from './order.ts'
export { type PadOptions, padWith } from './padding.ts'
export { type AveragePoolOptions, adaptiveAvgPool, adaptiveMaxPool, avgPool, maxPool } from './pooling.ts'
export { bceLoss, bceWithLogits, type KlDivergenceOptions, klDivergence } from './probabilityLoss.ts'
export { dot, inner, linear, matmul, outer, tensordot, vdot } from './product.ts'
export { median, nanmedian, nanquantile, type QuantileOptions, quantile } from './quantile.ts'
export { type Bilinear, pixelShuffle, upsampleBilinear, upsampleNearest } from './resampling.ts'
export { cumMax, cumMin, logCumsumExp } from './running.ts'
export { bucketize, digitize, type InterpOptions, interp, type SearchOptions, searchsorted } from './search.ts'
export { segmentMax, segmentMean, segmentMin, segmentProd, segmentSum } from './segments.ts'
export { convolve, correlate } from './signals.ts'
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
