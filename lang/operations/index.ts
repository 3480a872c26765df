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
export { flatten, flip, repeatInterleave, squeeze, stack, swapAxes, tile, unsqueeze, unstack } from './arranging.ts'
export { type AttentionOptions, attention, type HeadParameters, type Heads, multiHeadAttention } from './attention.ts'
export { batchNorm, batchNormEval, batchNormFull, type Normalized, type Running } from './batchNorm.ts'
export type { Channels } from './channels.ts'
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
export { diag, diagEmbed, diagonal, eye, toeplitz, trace, tril, triu, vander } from './diagonal.ts'
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
export { type Norm, type Normalize, norm, normalize } from './norm.ts'
export { type Epsilon, standardize } from './normalization.ts'
export { type Sorted, sort, topK } from './order.ts'
export { type PadOptions, padWith } from './padding.ts'
export { type AveragePoolOptions, adaptiveAvgPool, adaptiveMaxPool, avgPool, maxPool } from './pooling.ts'
export { bceLoss, bceWithLogits, type KlDivergenceOptions, klDivergence } from './probabilityLoss.ts'
export { cross, dot, kron, linear, matmul, multiDot, outer } from './product.ts'
export { type Bilinear, pixelShuffle, upsampleBilinear, upsampleNearest } from './resampling.ts'
export { roll, sliceAlong, split, take } from './slicing.ts'
export { logSoftmax, logsumexp, softmax } from './softmax.ts'
export { mean, type Spread, std, variance } from './statistics.ts'
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
