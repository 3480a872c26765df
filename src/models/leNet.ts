/** A small convolutional network for digits. */
import { relu } from '../../lang/operations/activation.ts'
import { flatten } from '../nn/arrange.ts'
import { conv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import { avgPool } from '../nn/pooling.ts'
import { type Classifier, type ClassifierOptions, modelOf } from './model.ts'

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
  options: ClassifierOptions<C, K> = {},
): Classifier<C, K> => {
  const { channels = 1, classes = 10 }: ClassifierOptions = options
  return modelOf('leNet5', [
    conv2d(channels, 6, 5, { pad: 2 }),
    relu,
    avgPool(2),
    conv2d(6, 16, 5),
    relu,
    avgPool(2),
    flatten(),
    dense(400, 120),
    relu,
    dense(120, 84),
    relu,
    dense(84, classes),
  ])
}
