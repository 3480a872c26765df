/** A convolutional network with the blocks of transformers. */
import { zip } from 'fp-ts/lib/ReadonlyArray.js'
import { gelu } from '../../lang/operations/activation.ts'
import { permute } from '../../lang/primitives/reindex.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { combine } from '../nn/combine.ts'
import { conv2d, depthwiseConv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import type { Stage } from '../nn/joint.ts'
import type { Layer } from '../nn/layer.ts'
import { channelLayerNorm, layerNorm } from '../nn/normalization.ts'
import { globalAvgPool } from '../nn/pooling.ts'
import { residual, sequential } from '../nn/sequential.ts'
import { layerScale } from '../nn/token.ts'
import { type Classifier, type ClassifierOptions, modelOf, sameGroups, times } from './model.ts'

export interface ConvNeXtOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Channels of the four groups; 96, 192, 384, 768 by default. */
  readonly widths?: readonly number[]
  /** How many blocks each group has; 3, 3, 9, 3 by default. */
  readonly depths?: readonly number[]
}
const eps = 1e-6
const norm = (channels: number): Layer => layerNorm([channels], { eps })
/** A layer on [H, W, C], as one on [C, H, W]. */
const channelsLast = (inner: Layer): Layer =>
  combine()(
    `channelsLast(${inner.name})`,
    { inner },
    (f, a) => permute<readonly number[]>([2, 0, 1])(f.inner(permute<readonly number[]>([1, 2, 0])(a) as Expr)) as Expr,
  )
const block = (width: number): Layer => {
  const each = [norm(width), dense(width, 4 * width), gelu, dense(4 * width, width), layerScale(width)]
  return residual(sequential(depthwiseConv2d(width, 7, { pad: 3 }), channelsLast(sequential(...each))))
}
/**
 * ConvNeXt-Tiny.
 *
 * Shape:   [3, H, W] -> [1000], H and W multiples of 32
 * Source:  Liu, Mao, Wu, Feichtenhofer, Darrell, Xie, "A ConvNet for the 2020s" (2022)
 *
 * @example
 * parameterCount(convNeXtTiny()) // => 28589128
 */
export const convNeXtTiny = <const C extends number = 3, const K extends number = 1000>(
  options: ConvNeXtOptions<C, K> = {},
): Classifier<C, K> => {
  const given: ConvNeXtOptions = options
  const { channels = 3, classes = 1000, widths = [96, 192, 384, 768], depths = [3, 3, 9, 3] } = given
  sameGroups('convNeXtTiny', 'depths', depths, 'widths', widths, convNeXtTiny)
  const [first = channels] = widths
  const last = widths.at(-1) ?? channels
  const group = ([width, depth]: readonly [number, number], k: number): readonly Stage[] => {
    const before = widths[k - 1]
    const halved =
      before === undefined ? [] : [channelLayerNorm(before, { eps }), conv2d(before, width, 2, { stride: 2 })]
    return [...halved, ...times(depth, () => block(width))]
  }
  return modelOf('convNeXtTiny', [
    ...[conv2d(channels, first, 4, { stride: 4 }), channelLayerNorm(first, { eps })],
    ...zip(widths, depths).flatMap(group),
    ...[globalAvgPool, norm(last), dense(last, classes)],
  ])
}
