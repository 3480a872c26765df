/** The first deep network that won ImageNet: five convolutions and three dense layers. */
import { relu } from '../../lang/operations/activation.ts'
import { flatten } from '../nn/arrange.ts'
import { conv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import { adaptiveAvgPool, maxPool } from '../nn/pooling.ts'
import { type Classifier, type ClassifierOptions, dropping, modelOf } from './model.ts'

export interface AlexNetOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Channels of the five convolutions; 64, 192, 384, 256, 256 by default. */
  readonly widths?: readonly [number, number, number, number, number]
  /** Width of the dense layers; 4096 by default. */
  readonly hidden?: number
  /** The dropout rate before each hidden dense layer; 0.5 by default. */
  readonly dropout?: number
}
/**
 * AlexNet in the form of one column, as torchvision has it.
 *
 * Shape:   [3, H, W] -> [1000], H and W from 63
 * Source:  Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014)
 *
 * @example
 * parameterCount(alexNet()) // => 61100840
 */
export const alexNet = <const C extends number = 3, const K extends number = 1000>(
  options: AlexNetOptions<C, K> = {},
): Classifier<C, K> => {
  const given: AlexNetOptions = options
  const { channels = 3, classes = 1000, widths = [64, 192, 384, 256, 256], hidden = 4096, dropout = 0.5 } = given
  const [a, b, c, d, e] = widths
  const pool = maxPool(3, { stride: 2 })
  return modelOf('alexNet', [
    ...[conv2d(channels, a, 11, { stride: 4, pad: 2 }), relu, pool],
    ...[conv2d(a, b, 5, { pad: 2 }), relu, pool],
    ...[conv2d(b, c, 3, { pad: 1 }), relu],
    ...[conv2d(c, d, 3, { pad: 1 }), relu],
    ...[conv2d(d, e, 3, { pad: 1 }), relu, pool],
    adaptiveAvgPool(6),
    flatten(),
    ...[...dropping(dropout), dense(36 * e, hidden), relu],
    ...[...dropping(dropout), dense(hidden, hidden), relu],
    dense(hidden, classes),
  ])
}
