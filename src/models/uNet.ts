/** A network that gives a class for every pixel of an image. */
import { relu } from '../../lang/operations/activation.ts'
import { concat } from '../../lang/primitives/concat.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { combine } from '../nn/combine.ts'
import { conv2d, convTranspose2d } from '../nn/conv.ts'
import type { Layer } from '../nn/layer.ts'
import { maxPool } from '../nn/pooling.ts'
import { sequential } from '../nn/sequential.ts'
import { type ClassifierOptions, type ImageOf, type Model, modelOf } from './model.ts'

export interface UNetOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Channels at full size, doubled at each level below; 64 by default. */
  readonly base?: number
  /** How many times the image is halved; 4 by default. */
  readonly depth?: number
}
const double = (from: number, to: number): Layer =>
  sequential(conv2d(from, to, 3, { pad: 1 }), relu, conv2d(to, to, 3, { pad: 1 }), relu)
/** One level: what is seen at this size, beside what is seen at half of it. */
const level = (from: number, to: number, depth: number): Layer =>
  depth === 0
    ? double(from, to)
    : combine()(
        `level(${from}, ${to})`,
        {
          down: double(from, to),
          inner: sequential(maxPool(2), level(to, 2 * to, depth - 1)),
          up: convTranspose2d(2 * to, to, 2, { stride: 2 }),
          join: double(2 * to, to),
        },
        (f, a) => {
          const seen = f.down(a)
          return f.join(concat(0)([seen, f.up(f.inner(seen))] as readonly [Expr, Expr]) as Expr)
        },
      )
/** An image of logits, one channel for each class. */
type Pixels<K extends number> = Type<readonly [K, number, number], 'real'>
/**
 * U-Net with padded convolutions: halved `depth` times and doubled again, with a path across at each size.
 *
 * Shape:   [3, H, W] -> [classes, H, W], H and W multiples of 2^depth; 2 classes by default
 * Source:  Ronneberger, Fischer, Brox, "U-Net: convolutional networks for biomedical image segmentation" (2015)
 *
 * @example
 * parameterCount(uNet()) // => 31031810
 */
export const uNet = <const C extends number = 3, const K extends number = 2>(
  options: UNetOptions<C, K> = {},
): Model<ImageOf<C>, Pixels<K>> => {
  const { channels = 3, classes = 2, base = 64, depth = 4 }: UNetOptions = options
  return modelOf('uNet', [level(channels, base, depth), conv2d(base, classes, 1)])
}
