/** A small convolutional network for digits. */
import { relu } from '../../lang/operations/activation.ts'
import { flatten } from '../nn/arrange.ts'
import { conv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import { avgPool } from '../nn/pooling.ts'
import { type Classifier, type ClassifierOptions, modelOf } from './model.ts'

export interface LeNetOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Rows and columns of an image, a multiple of 4; 28 by default. */
  readonly size?: number
  /** Channels of the two convolutions; 6 and 16 by default. */
  readonly widths?: readonly [number, number]
  /** Widths of the two hidden dense layers; 120 and 84 by default. */
  readonly hidden?: readonly [number, number]
}
/**
 * LeNet-5, with relu and means: two convolutions with pooling, three dense layers.
 *
 * Shape:   [1, 28, 28] -> [10]
 * Source:  LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998)
 *
 * @example
 * parameterCount(leNet5()) // => 61706
 */
export const leNet5 = <const C extends number = 1, const K extends number = 10>(
  options: LeNetOptions<C, K> = {},
): Classifier<C, K> => {
  const given: LeNetOptions = options
  const { channels = 1, classes = 10, size = 28, widths = [6, 16], hidden = [120, 84] } = given
  const [[a, b], [c, d]] = [widths, hidden]
  // halved, less the border that a filter of 5 cannot reach, halved again
  const side = Math.floor((Math.floor(size / 2) - 4) / 2)
  return modelOf('leNet5', [
    ...[conv2d(channels, a, 5, { pad: 2 }), relu, avgPool(2)],
    ...[conv2d(a, b, 5), relu, avgPool(2)],
    flatten(),
    ...[dense(b * side * side, c), relu],
    ...[dense(c, d), relu],
    dense(d, classes),
  ])
}
