/** Networks of attention: images as patches, texts as tokens. */
import { gelu, geluTanh } from '../../lang/operations/activation.ts'
import type { Pointwise } from '../../lang/operations/comparison.ts'
import { take } from '../../lang/operations/slicing.ts'
import { permute, reshape } from '../../lang/primitives/reindex.ts'
import { type Expr, shapeOf } from '../../lang/syntax/expr.ts'
import { isSize, type Type } from '../../lang/syntax/shape.ts'
import { typed } from '../../lang/syntax/typed.ts'
import { multiHeadAttention } from '../nn/attention.ts'
import { conv2d } from '../nn/conv.ts'
import { dense } from '../nn/dense.ts'
import { tied } from '../nn/embedding.ts'
import type { Stage } from '../nn/joint.ts'
import { layerNorm } from '../nn/normalization.ts'
import { positions } from '../nn/position.ts'
import { type RepeatOptions, repeat } from '../nn/repeat.ts'
import { residual, sequential } from '../nn/sequential.ts'
import { classToken } from '../nn/token.ts'
import {
  type Checkpointed,
  type Classifier,
  type ClassifierOptions,
  checkpointed,
  type Model,
  modelOf,
  oneOf,
  refuseOption,
  times,
} from './model.ts'

interface BlockOptions {
  readonly width: number
  readonly heads: number
  readonly eps: number
  readonly causal: boolean
  readonly activation: Pointwise
  readonly checkpoint: Checkpointed
}
/** Attention, then a dense network for every token. Each normalises its input, and is added to it. */
const block = ({ width, heads, eps, causal, activation, checkpoint }: BlockOptions): readonly Stage[] => {
  const mlp: readonly Stage[] = [
    layerNorm([width], { eps }),
    dense(width, 4 * width),
    checkpointed(checkpoint === 'activations', activation as Stage),
    dense(4 * width, width),
  ]
  const attention = residual(sequential(layerNorm([width], { eps }), multiHeadAttention(width, heads, { causal })))
  return [attention, residual(sequential(...mlp))].map((half) => checkpointed(checkpoint === 'blocks', half))
}

export interface VitOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Rows and columns of an image; 224 by default. */
  readonly size?: number
  /** Rows and columns of a patch; 16 by default. */
  readonly patch?: number
  /** Numbers for each token; 768 by default. */
  readonly width?: number
  /** Heads of attention; 12 by default. */
  readonly heads?: number
  /** Number of blocks; 12 by default. */
  readonly depth?: number
  /** What a gradient computes again instead of keeping it; 'activations' by default. */
  readonly checkpoint?: Checkpointed
  /** Whether the blocks are written out, or are one loop over stacked parameters, which compiles faster: see `repeat`. */
  readonly as?: RepeatOptions['as']
}
/** Throws InvalidAttribute for another word than those of the types. */
const soundWords = (
  op: string,
  { as = 'sequence', checkpoint = 'activations' }: VitOptions | Gpt2Options,
  from: unknown,
) => {
  oneOf(op, 'as', ['sequence', 'scan'], as, from)
  oneOf(op, 'checkpoint', ['nothing', 'activations', 'blocks'], checkpoint, from)
}
/** The blocks, written out or as one loop. */
const blocks = (depth: number, one: readonly Stage[], as: RepeatOptions['as']): readonly Stage[] =>
  as === 'scan' ? [repeat(depth, sequential(...one), { as })] : times(depth, () => one).flat()
/** [D, H, W] -> [H W, D] */
const tokens = (a: Expr): Expr => {
  const [width = 0, ...pixels] = shapeOf(a)
  const n = pixels.reduce((x, y) => x * y, 1)
  return permute<readonly number[]>([1, 0])(reshape<readonly number[]>([width, n])(a)) as Expr
}
/**
 * ViT-B/16: an image as patches, a token for the class before them.
 *
 * Shape:   [3, size, size] -> [1000]
 * Errors:  thrown: InvalidAttribute for a size that is no multiple of patch
 * Source:  Dosovitskiy et al., "An image is worth 16x16 words" (2020)
 *
 * @example
 * parameterCount(vitB16()) // => 86567656
 */
export const vitB16 = <const C extends number = 3, const K extends number = 1000>(
  options: VitOptions<C, K> = {},
): Classifier<C, K> => {
  const given: VitOptions = options
  const {
    channels = 3,
    classes = 1000,
    size = 224,
    patch = 16,
    width = 768,
    heads = 12,
    depth = 12,
    checkpoint = 'activations',
    as,
  } = given
  soundWords('vitB16', given, vitB16)
  const whole = isSize(size / patch) && size > 0
  if (!whole) refuseOption('vitB16', 'size', `must be a multiple of patch, which is ${patch}, not ${size}`, vitB16)
  const eps = 1e-6
  const one = block({ width, heads, eps, causal: false, activation: gelu, checkpoint })
  return modelOf('vitB16', [
    conv2d(channels, width, patch, { stride: patch }),
    tokens as Stage,
    classToken(width),
    positions(1 + (size / patch) ** 2, width),
    ...blocks(depth, one, as),
    layerNorm([width], { eps }),
    take(0, 0) as Stage,
    dense(width, classes),
  ])
}

export interface Gpt2Options<V extends number = number> {
  /** Number of symbols; 50257 by default. */
  readonly symbols?: V
  /** The longest sequence; 1024 by default. */
  readonly length?: number
  /** Numbers for each token; 768 by default. */
  readonly width?: number
  /** Heads of attention; 12 by default. */
  readonly heads?: number
  /** Number of blocks; 12 by default. */
  readonly depth?: number
  /** What a gradient computes again instead of keeping it; 'activations' by default. */
  readonly checkpoint?: Checkpointed
  /** Whether the blocks are written out, or are one loop over stacked parameters, which compiles faster: see `repeat`. */
  readonly as?: RepeatOptions['as']
}
type Text = Type<readonly [number], 'int'>
type NextLogits<V extends number> = Type<readonly [number, V], 'real'>
/**
 * GPT-2 small: for each token, logits of the token that follows it. The table of the symbols is also the last layer.
 *
 * Shape:   int [L] -> [L, symbols], L up to `length`
 * Errors:  RankMismatch for one symbol that is no sequence; AxisSizes for more symbols than `length`
 * Source:  Radford et al., "Language models are unsupervised multitask learners" (2019)
 *
 * @example
 * parameterCount(gpt2()) // => 124439808
 */
export const gpt2 = <const V extends number = 50257>(options: Gpt2Options<V> = {}): Model<Text, NextLogits<V>> => {
  const { symbols = 50257, length = 1024, width = 768, heads = 12, depth = 12, as }: Gpt2Options = options
  const { checkpoint = 'activations' } = options
  soundWords('gpt2', options, gpt2)
  const one = block({ width, heads, eps: 1e-5, causal: true, activation: geluTanh, checkpoint })
  const body = [positions(length, width, { shorter: true }), ...blocks(depth, one, as), layerNorm([width])]
  return typed<Model<Text, NextLogits<V>>>({ ...tied(symbols, width, body), name: 'gpt2' })
}
