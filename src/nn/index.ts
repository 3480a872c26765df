/** Layers: pure values with typed shapes. */
export { flatten, last, takes, unflatten } from './arrange.ts'
export { type AttentionLayerOptions, crossAttention, multiHeadAttention } from './attention.ts'
export { type BatchNormOptions, batchNorm } from './batchNorm.ts'
export { checkpoint } from './checkpoint.ts'
export { combine } from './combine.ts'
export {
  type ConvLayerOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  depthwiseConv2d,
  type TransposedConvLayerOptions,
} from './conv.ts'
export type * from './declarations.ts'
export { type DenseOptions, dense } from './dense.ts'
export { dropout, stochasticDepth } from './dropout.ts'
export { embedding, tied } from './embedding.ts'
export {
  filledWith,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  lecunUniform,
  normal,
  ones,
  orthogonal,
  zeros,
} from './initial.ts'
export type { Stage } from './joint.ts'
export { type Context, identity, type Layer, layer, type Mode, type Parts, type Start } from './layer.ts'
export { type Forward, forward, forwardOrThrow, parameterCount, predict, predictOrThrow } from './network.ts'
export { channelLayerNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from './normalization.ts'
export { adaptiveAvgPool, adaptiveMaxPool, avgPool, globalAvgPool, maxPool } from './pooling.ts'
export { type PositionOptions, positions, sinusoidalPositions } from './position.ts'
export { gru, lstm, type RecurrentOptions, rnn } from './recurrent.ts'
export { type RepeatOptions, repeat } from './repeat.ts'
export type { Out, TypeRule } from './rule.ts'
export { gated, parallel, residual, sequential, skipConcat } from './sequential.ts'
export { noMemory, type Stepwise, stepwise } from './stepwise.ts'
export { layersOf, type SummaryRow, summary } from './summary.ts'
export { classToken, layerScale } from './token.ts'
export { type WindowAttentionOptions, windowAttention } from './windowAttention.ts'
