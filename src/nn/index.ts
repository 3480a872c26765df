/** Layers: pure values with typed shapes. */
export { avgPool, type ConvLayerOptions, conv1d, conv2d, globalAvgPool, maxPool } from './conv.ts'
export { type DenseOptions, dense, flatten, takes } from './dense.ts'
export { dropout } from './dropout.ts'
export { embedding } from './embedding.ts'
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
  zeros,
} from './initial.ts'
export { type Context, identity, type Layer, layer, type Mode, type Parts, type Start } from './layer.ts'
export { type Forward, forward, forwardOrThrow, parameterCount, predict, predictOrThrow, summary } from './network.ts'
export { type BatchNormOptions, batchNorm, layerNorm } from './normalization.ts'
export type { Out, Rule } from './rule.ts'
export { parallel, residual, type Stage, sequential } from './sequential.ts'
