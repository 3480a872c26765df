/** Networks for measurements: an LSTM, and a very deep residual network. */
import { relu } from '../../lang/operations/activation.ts'
import type { Type } from '../../lang/syntax/shape.ts'
import { last } from '../nn/arrange.ts'
import { dense } from '../nn/dense.ts'
import { lstm } from '../nn/recurrent.ts'
import { repeat } from '../nn/repeat.ts'
import { residual, sequential } from '../nn/sequential.ts'
import { type Logits, type Model, modelOf } from './model.ts'

export interface LstmClassifierOptions<I extends number = number, K extends number = number> {
  /** Numbers in a row; 128 by default. */
  readonly from?: I
  /** Numbers in the memory; 256 by default. */
  readonly hidden?: number
  /** Number of classes; 10 by default. */
  readonly classes?: K
}
/**
 * An LSTM that tells the class of a sequence from its last memory.
 *
 * Shape:   [L, 128] -> [10]
 *
 * @example
 * parameterCount(lstmClassifier()) // => 397834
 */
export const lstmClassifier = <const I extends number = 128, const K extends number = 10>(
  options: LstmClassifierOptions<I, K> = {},
): Model<Type<readonly [number, I], 'real'>, Logits<K>> => {
  const { from = 128, hidden = 256, classes = 10 }: LstmClassifierOptions = options
  return modelOf('lstmClassifier', [lstm(from, hidden), last, dense(hidden, classes)])
}
export interface ResidualMlpOptions<W extends number = number, K extends number = number> {
  /** Numbers between the layers; 64 by default. */
  readonly width?: W
  /** Number of residual layers; 1000 by default. */
  readonly depth?: number
  /** Number of classes; 10 by default. */
  readonly classes?: K
}
/**
 * A thousand residual dense layers, and one dense layer.
 *
 * Shape:   [64] -> [10]
 *
 * @example
 * parameterCount(residualMlp()) // => 4160650
 */
export const residualMlp = <const W extends number = 64, const K extends number = 10>(
  options: ResidualMlpOptions<W, K> = {},
): Model<Logits<W>, Logits<K>> => {
  const { width = 64, depth = 1000, classes = 10 }: ResidualMlpOptions = options
  const block = residual(sequential(dense(width, width), relu))
  return modelOf('residualMlp', [repeat(depth, block), dense(width, classes)])
}
