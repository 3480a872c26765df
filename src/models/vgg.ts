/** Networks of small filters only. */
import { zip } from 'fp-ts/lib/ReadonlyArray.js'
import { relu } from '../../lang/operations/activation.ts'
import { flatten } from '../nn/arrange.ts'
import { conv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import type { Stage } from '../nn/joint.ts'
import { adaptiveAvgPool, maxPool } from '../nn/pooling.ts'
import { type Classifier, type ClassifierOptions, dropping, modelOf, sameGroups, times } from './model.ts'

export interface VggOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Channels of the five groups of convolutions; 64, 128, 256, 512, 512 by default. */
  readonly widths?: readonly number[]
  /** Width of the dense layers; 4096 by default. */
  readonly hidden?: number
  /** The dropout rate after each hidden dense layer; 0.5 by default. */
  readonly dropout?: number
}
/** `depths`: how many convolutions each group has; a maximum over pairs ends it. */
const vgg = <C extends number, K extends number>(
  name: string,
  depths: readonly number[],
  options: VggOptions,
): Classifier<C, K> => {
  const { channels = 3, classes = 1000, widths = [64, 128, 256, 512, 512], hidden = 4096, dropout = 0.5 } = options
  sameGroups(name, 'widths', widths, 'its groups', depths, vgg)
  const group = ([width, depth]: readonly [number, number], k: number): readonly Stage[] => {
    const from = widths[k - 1] ?? channels
    const filters = times(depth, (j) => [conv2d(j === 0 ? from : width, width, 3, { pad: 1 }), relu])
    return [...filters.flat(), maxPool(2)]
  }
  return modelOf(name, [
    ...zip(widths, depths).flatMap(group),
    adaptiveAvgPool(7),
    flatten(),
    ...[dense(49 * (widths.at(-1) ?? channels), hidden), relu, ...dropping(dropout)],
    ...[dense(hidden, hidden), relu, ...dropping(dropout)],
    dense(hidden, classes),
  ])
}
/**
 * VGG-11: eight convolutions of 3 x 3 in five groups, three dense layers.
 *
 * Shape:   [3, H, W] -> [1000], H and W from 32
 * Source:  Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition" (2014), A
 *
 * @example
 * parameterCount(vgg11()) // => 132863336
 */
export const vgg11 = <const C extends number = 3, const K extends number = 1000>(
  options: VggOptions<C, K> = {},
): Classifier<C, K> => vgg('vgg11', [1, 1, 2, 2, 2], options)
/**
 * VGG-16: thirteen convolutions of 3 x 3 in five groups, three dense layers.
 *
 * Shape:   [3, H, W] -> [1000], H and W from 32
 * Source:  Simonyan and Zisserman (2014), D
 *
 * @example
 * parameterCount(vgg16()) // => 138357544
 */
export const vgg16 = <const C extends number = 3, const K extends number = 1000>(
  options: VggOptions<C, K> = {},
): Classifier<C, K> => vgg('vgg16', [2, 2, 3, 3, 3], options)
