/** A transformer of windows, whose image is halved between groups of blocks. */
import { zip } from 'fp-ts/lib/ReadonlyArray.js'
import { gelu } from '../../lang/operations/activation.ts'
import { mean } from '../../lang/operations/statistics.ts'
import { concat } from '../../lang/primitives/concat.ts'
import { permute } from '../../lang/primitives/reindex.ts'
import { pad, slice } from '../../lang/primitives/window.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { conv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import { stochasticDepth } from '../nn/dropout.ts'
import type { Stage } from '../nn/joint.ts'
import { layerNorm } from '../nn/normalization.ts'
import { residual, sequential } from '../nn/sequential.ts'
import { windowAttention } from '../nn/windowAttention.ts'
import { type Classifier, type ClassifierOptions, modelOf, sameGroups, times } from './model.ts'

export interface SwinOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Rows and columns of a patch; 4 by default. */
  readonly patch?: number
  /** Numbers for each token of the first group, doubled from group to group; 96 by default. */
  readonly width?: number
  /** How many blocks each group has; 2, 2, 6, 2 by default. */
  readonly depths?: readonly number[]
  /** Heads of attention in each group; 3, 6, 12, 24 by default. */
  readonly heads?: readonly number[]
  /** Rows and columns of a window; 7 by default. */
  readonly window?: number
  /** The rate at which the last block is left out in training, and less before it; 0 by default, 0.2 in the paper. */
  readonly stochasticDepth?: number
}
/** [H, W, D] -> [H / 2, W / 2, 4 D]: the four pixels of a square side by side, those of a column first. */
const merged = (a: Expr): Expr => {
  const [h = 0, w = 0, d = 0] = shapeOf(a)
  const even: readonly number[] = [h + (h % 2), w + (w % 2), d]
  const whole = pad({ start: [0, 0, 0], shape: even, stride: [1, 1, 1] })(a)
  const corner = (row: number, column: number): Expr =>
    slice({ start: [row, column, 0], shape: [even[0] ?? 0, even[1] ?? 0, 2 * d].map((n) => n / 2), stride: [2, 2, 1] })(
      whole,
    )
  return concat(-1)([corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)] as readonly Expr[])
}
/** [D, H, W] -> [H, W, D] */
const channelsLast = (a: Expr): Expr => permute<readonly number[]>([1, 2, 0])(a) as Expr
/** [H, W, D] -> [D] */
const meanPixel = (a: Expr): Expr => mean([0, 1])(a)

/**
 * Swin-T: attention within windows of 7 x 7 tokens. Every second block shifts the windows by half of their size.
 *
 * Shape:   [3, H, W] -> [1000]
 * Source:  Liu et al., "Swin transformer: hierarchical vision transformer using shifted windows" (2021), as torchvision
 *
 * @example
 * parameterCount(swinT()) // => 28288354
 */
export const swinT = <const C extends number = 3, const K extends number = 1000>(
  options: SwinOptions<C, K> = {},
): Classifier<C, K> => {
  const given: SwinOptions = options
  const { channels = 3, classes = 1000, patch = 4, width = 96, window = 7, stochasticDepth: rate = 0 } = given
  const { depths = [2, 2, 6, 2], heads = [3, 6, 12, 24] } = given
  sameGroups('swinT', 'heads', heads, 'depths', depths, swinT)
  const last = Math.max(1, depths.reduce((n, k) => n + k, 0) - 1)
  const dropped = (main: readonly Stage[], at: number): Stage =>
    residual(sequential(...main, ...(rate === 0 ? [] : [stochasticDepth((rate * at) / last)])))
  const block = (d: number, h: number, shift: number, at: number): readonly Stage[] => [
    dropped([layerNorm([d]), windowAttention(d, h, window, { shift })], at),
    dropped([layerNorm([d]), dense(d, 4 * d), gelu, dense(4 * d, d)], at),
  ]
  const group = ([depth, h]: readonly [number, number], k: number): readonly Stage[] => {
    const [d, before] = [width * 2 ** k, depths.slice(0, k).reduce((n, m) => n + m, 0)]
    const halve = k === 0 ? [] : [merged as Stage, layerNorm([2 * d]), dense(2 * d, d, { bias: false })]
    const shift = Math.floor(window / 2)
    return [...halve, ...times(depth, (j) => block(d, h, j % 2 === 0 ? 0 : shift, before + j)).flat()]
  }
  const d = width * 2 ** (depths.length - 1)
  return modelOf('swinT', [
    ...[conv2d(channels, width, patch, { stride: patch }), channelsLast as Stage, layerNorm([width])],
    ...zip(depths, heads).flatMap(group),
    ...[layerNorm([d]), meanPixel as Stage, dense(d, classes)],
  ])
}
