/** Networks of inverted residual blocks: wide inside, with one filter for each channel, narrow between them. */
import { sigmoid, silu } from '../../lang/operations/activation.ts'
import { relu6 } from '../../lang/operations/comparison.ts'
import { unflatten } from '../nn/arrange.ts'
import { dense } from '../nn/dense.ts'
import type { Stage } from '../nn/joint.ts'
import { identity } from '../nn/layer.ts'
import { globalAvgPool } from '../nn/pooling.ts'
import { gated, residual, sequential } from '../nn/sequential.ts'
import { type Classifier, type ClassifierOptions, convNorm, dropping, modelOf, times } from './model.ts'

/** A group of equal blocks; the first one has the stride. */
export interface InvertedBlocks {
  /** How many times wider than its input a block is inside. */
  readonly expand: number
  readonly kernel: number
  readonly stride: number
  readonly to: number
  readonly times: number
}
export interface InvertedOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Channels of the first convolution; 32 by default. */
  readonly stem?: number
  /** The groups of blocks; those of the name by default. */
  readonly blocks?: readonly InvertedBlocks[]
  /** Channels before the mean; 1280 by default. */
  readonly head?: number
  /** The rate before the last layer; 0.2 by default. */
  readonly dropout?: number
}
const groupOf = (row: string): InvertedBlocks => {
  const [expand = 1, kernel = 3, stride = 1, to = 0, n = 1] = row.split(' ').map(Number)
  return { expand, kernel, stride, to, times: n }
}
/**
 * A factor for each channel, from the means of all channels.
 *
 * Shape:   [channels, H, W] -> the same
 * Source:  Hu, Shen, Sun, "Squeeze-and-excitation networks" (2017)
 */
const squeezeExcite = (channels: number, squeezed: number): Stage =>
  gated(
    identity,
    sequential(
      globalAvgPool,
      dense(channels, squeezed),
      silu,
      dense(squeezed, channels),
      sigmoid,
      unflatten([channels, 1, 1]),
    ),
  )
/** What differs between the two networks. */
interface Kind {
  readonly activation: Stage
  readonly excite: boolean
}
const block = (
  { activation, excite }: Kind,
  { expand, kernel }: InvertedBlocks,
  from: number,
  to: number,
  stride: number,
) => {
  const inside = from * expand
  const main = sequential(
    ...(expand === 1 ? [] : [...convNorm(from, inside, 1), activation]),
    ...[...convNorm(inside, inside, kernel, { stride, pad: (kernel - 1) / 2, groups: inside }), activation],
    ...(excite ? [squeezeExcite(inside, Math.max(1, Math.floor(from / 4)))] : []),
    ...convNorm(inside, to, 1),
  )
  return stride === 1 && from === to ? residual(main) : main
}
const inverted = <C extends number, K extends number>(
  name: string,
  kind: Kind,
  { channels = 3, classes = 1000, stem = 32, blocks = [], head = 1280, dropout = 0.2 }: InvertedOptions,
): Classifier<C, K> => {
  const group = (g: InvertedBlocks, k: number): readonly Stage[] =>
    times(g.times, (j) =>
      j === 0 ? block(kind, g, blocks[k - 1]?.to ?? stem, g.to, g.stride) : block(kind, g, g.to, g.to, 1),
    )
  return modelOf(name, [
    ...[...convNorm(channels, stem, 3, { stride: 2, pad: 1 }), kind.activation],
    ...blocks.flatMap(group),
    ...[...convNorm(blocks.at(-1)?.to ?? stem, head, 1), kind.activation],
    globalAvgPool,
    ...dropping(dropout),
    dense(head, classes),
  ])
}
export const mobileNetGroups: readonly InvertedBlocks[] = [
  '1 3 1 16 1',
  '6 3 2 24 2',
  '6 3 2 32 3',
  '6 3 2 64 4',
  '6 3 1 96 3',
  '6 3 2 160 3',
  '6 3 1 320 1',
].map(groupOf)
export const efficientNetGroups: readonly InvertedBlocks[] = [
  '1 3 1 16 1',
  '6 3 2 24 2',
  '6 5 2 40 2',
  '6 3 2 80 3',
  '6 5 1 112 3',
  '6 5 2 192 4',
  '6 3 1 320 1',
].map(groupOf)
/**
 * MobileNetV2, with relu cut at 6.
 *
 * Shape:   [3, H, W] -> [1000]
 * Source:  Sandler, Howard, Zhu, Zhmoginov, Chen, "MobileNetV2: inverted residuals and linear bottlenecks" (2018)
 *
 * @example
 * parameterCount(mobileNetV2()) // => 3504872
 */
export const mobileNetV2 = <const C extends number = 3, const K extends number = 1000>(
  options: InvertedOptions<C, K> = {},
): Classifier<C, K> =>
  inverted('mobileNetV2', { activation: relu6, excite: false }, { blocks: mobileNetGroups, ...options })
/**
 * EfficientNet-B0: blocks as in MobileNetV2, with silu, and with factors for their channels.
 *
 * Shape:   [3, H, W] -> [1000]
 * Source:  Tan and Le, "EfficientNet: rethinking model scaling for convolutional neural networks" (2019)
 *
 * @example
 * parameterCount(efficientNetB0()) // => 5288548
 */
export const efficientNetB0 = <const C extends number = 3, const K extends number = 1000>(
  options: InvertedOptions<C, K> = {},
): Classifier<C, K> =>
  inverted('efficientNetB0', { activation: silu, excite: true }, { blocks: efficientNetGroups, ...options })
