/** Networks of residual blocks. */
import { zip } from 'fp-ts/lib/ReadonlyArray.js'
import { relu } from '../../lang/operations/activation.ts'
import { dense } from '../nn/dense.ts'
import type { Stage } from '../nn/joint.ts'
import { globalAvgPool, maxPool } from '../nn/pooling.ts'
import { residual, sequential } from '../nn/sequential.ts'
import {
  type Checkpointed,
  type Classifier,
  type ClassifierOptions,
  checkpointed,
  convNorm,
  modelOf,
  oneOf,
  sameGroups,
  times,
} from './model.ts'

export interface ResNetOptions<C extends number = number, K extends number = number> extends ClassifierOptions<C, K> {
  /** Channels of the four groups; 64, 128, 256, 512 by default, four times as many where blocks have bottlenecks. */
  readonly widths?: readonly number[]
  /** How many blocks each group has; those of the name by default. */
  readonly depths?: readonly number[]
  /** Channels of the first convolution; 64 by default. */
  readonly stem?: number
  /** What a gradient computes again instead of keeping it; 'nothing' by default. */
  readonly checkpoint?: Exclude<Checkpointed, 'activations'>
  /** Whether images are small, of some 30 rows: the first filters are 3 x 3, and nothing is halved before the first group. */
  readonly small?: boolean
}
/** A block from `from` to `to` channels, and the activation after it. Its first convolution, or the one in the bottleneck, has the stride. */
type Block = (from: number, to: number, stride: number) => readonly [main: Stage, activation: Stage]
const around = (main: readonly Stage[], from: number, to: number, stride: number): ReturnType<Block> => {
  const inner = sequential(...main)
  const same = stride === 1 && from === to
  return [same ? residual(inner) : residual(inner, sequential(...convNorm(from, to, 1, { stride }))), relu]
}
const basic: Block = (from, to, stride) =>
  around([...convNorm(from, to, 3, { stride, pad: 1 }), relu, ...convNorm(to, to, 3, { pad: 1 })], from, to, stride)
const bottleneck: Block = (from, to, stride) => {
  const narrow = to / 4
  const main = [
    ...[...convNorm(from, narrow, 1), relu],
    ...[...convNorm(narrow, narrow, 3, { stride, pad: 1 }), relu],
    ...convNorm(narrow, to, 1),
  ]
  return around(main, from, to, stride)
}
const resNet = <C extends number, K extends number>(
  name: string,
  block: Block,
  {
    channels = 3,
    classes = 1000,
    widths = [],
    depths = [],
    stem = 64,
    small = false,
    checkpoint = 'nothing',
  }: ResNetOptions,
): Classifier<C, K> => {
  sameGroups(name, 'depths', depths, 'widths', widths, resNet)
  oneOf(name, 'checkpoint', ['nothing', 'blocks'], checkpoint, resNet)
  const group = ([width, depth]: readonly [number, number], k: number): readonly Stage[] =>
    times(depth, (j) => block(j === 0 ? (widths[k - 1] ?? stem) : width, width, j === 0 && k > 0 ? 2 : 1)).flatMap(
      ([main, activation]) => [checkpointed(checkpoint === 'blocks', main), activation],
    )
  const halving = [...convNorm(channels, stem, 7, { stride: 2, pad: 3 }), relu, maxPool(3, { stride: 2, pad: 1 })]
  return modelOf(name, [
    ...(small ? [...convNorm(channels, stem, 3, { pad: 1 }), relu] : halving),
    ...zip(widths, depths).flatMap(group),
    globalAvgPool,
    dense(widths.at(-1) ?? stem, classes),
  ])
}
/**
 * ResNet-18: eight blocks of two convolutions.
 *
 * Shape:   [3, H, W] -> [1000]
 * Source:  He, Zhang, Ren, Sun, "Deep residual learning for image recognition" (2015)
 *
 * @example
 * parameterCount(resNet18()) // => 11689512
 */
export const resNet18 = <const C extends number = 3, const K extends number = 1000>(
  options: ResNetOptions<C, K> = {},
): Classifier<C, K> => resNet('resNet18', basic, { widths: [64, 128, 256, 512], depths: [2, 2, 2, 2], ...options })
/**
 * ResNet-50: sixteen blocks with a bottleneck, which has the stride, as in torchvision.
 *
 * Shape:   [3, H, W] -> [1000]
 * Source:  He, Zhang, Ren, Sun (2015)
 *
 * @example
 * parameterCount(resNet50()) // => 25557032
 */
export const resNet50 = <const C extends number = 3, const K extends number = 1000>(
  options: ResNetOptions<C, K> = {},
): Classifier<C, K> =>
  resNet('resNet50', bottleneck, { widths: [256, 512, 1024, 2048], depths: [3, 4, 6, 3], ...options }) as Classifier<
    C,
    K
  >
