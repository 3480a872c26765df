/** Published networks: their sizes are the published ones, and they take what they say. */
import { describe, expect, test } from 'vitest'
import type { Expr } from '../../../lang/syntax/expr.ts'
import {
  apply,
  cost,
  crossEntropy,
  evaluate,
  gradOrThrow,
  int,
  type Program,
  programOrThrow,
  real,
  sum,
  type TypeTree,
} from '../../../src/index.ts'
import * as models from '../../../src/models/index.ts'
import { type Layer, parameterCount, predictOrThrow, summary } from '../../../src/nn/index.ts'
import { sgd } from '../../../src/optim/index.ts'
import { trainStepOrThrow } from '../../../src/train/index.ts'

/** torchvision's documentation, the papers, Hugging Face's gpt2; the last two counted by hand. */
const published: readonly (readonly [name: string, network: Layer, parameters: number])[] = [
  ['LeNet-5', models.leNet5(), 61_706],
  ['AlexNet', models.alexNet(), 61_100_840],
  ['VGG-11', models.vgg11(), 132_863_336],
  ['VGG-16', models.vgg16(), 138_357_544],
  ['ResNet-18', models.resNet18(), 11_689_512],
  ['ResNet-50', models.resNet50(), 25_557_032],
  ['MobileNetV2', models.mobileNetV2(), 3_504_872],
  ['EfficientNet-B0', models.efficientNetB0(), 5_288_548],
  ['ConvNeXt-Tiny', models.convNeXtTiny(), 28_589_128],
  ['ViT-B/16', models.vitB16(), 86_567_656],
  ['Swin-T', models.swinT(), 28_288_354],
  ['GPT-2 small', models.gpt2(), 124_439_808],
  ['U-Net', models.uNet(), 31_031_810],
  ['an LSTM', models.lstmClassifier(), 4 * 256 * (128 + 256 + 2) + 256 * 10 + 10],
  ['1000 residual layers', models.residualMlp(), 1000 * (64 * 64 + 64) + 650],
]
test.each(published)('%s has as many parameters as published', (_, network, parameters) => {
  expect(parameterCount(network)).toBe(parameters)
})

/** Inputs that are as small as the networks allow: parameters do not depend on them. */
const inputs: { readonly [name: string]: TypeTree } = {
  ...{ 'LeNet-5': real(1, 28, 28), 'ViT-B/16': real(3, 224, 224), 'GPT-2 small': int(4), 'U-Net': real(3, 16, 16) },
  ...{ 'an LSTM': real(3, 128), '1000 residual layers': real(64), AlexNet: real(3, 63, 63) },
}
test.each(published.filter(([name]) => name !== '1000 residual layers'))(
  'the summary of %s adds up to its parameters',
  (name, network, parameters) => {
    const last = summary(network, inputs[name] ?? real(3, 32, 32))
      .split('\n')
      .at(-1)
    expect(last).toMatch(new RegExp(`^in all +${parameters.toLocaleString('en-US')} `))
  },
)

const narrow = { widths: [8, 8, 8, 8], depths: [1, 1, 1, 1], classes: 5 } as const
const blocks = [
  { expand: 1, kernel: 3, stride: 1, to: 4, times: 1 },
  { expand: 2, kernel: 5, stride: 2, to: 4, times: 2 },
]
/** Each network, narrowed where it can be. */
const narrowed: readonly (readonly [name: string, network: Layer, takes: TypeTree, gives: TypeTree])[] = [
  ['leNet5', models.leNet5({ classes: 3 }), real(1, 28, 28), real(3)],
  ['alexNet', models.alexNet({ widths: [2, 2, 2, 2, 2], hidden: 4, classes: 5 }), real(3, 63, 63), real(5)],
  ['vgg11', models.vgg11({ widths: [2, 2, 2, 2, 2], hidden: 4, classes: 5 }), real(3, 32, 32), real(5)],
  ['vgg16', models.vgg16({ widths: [2, 2, 2, 2, 2], hidden: 4, classes: 5 }), real(3, 32, 32), real(5)],
  ['resNet18', models.resNet18({ ...narrow, stem: 4 }), real(3, 32, 32), real(5)],
  ['resNet50', models.resNet50({ ...narrow, stem: 4 }), real(3, 32, 32), real(5)],
  ['mobileNetV2', models.mobileNetV2({ blocks, stem: 4, head: 6, classes: 5 }), real(3, 16, 16), real(5)],
  ['efficientNetB0', models.efficientNetB0({ blocks, stem: 4, head: 6, classes: 5 }), real(3, 16, 16), real(5)],
  ['convNeXtTiny', models.convNeXtTiny({ ...narrow, widths: [4, 4, 4, 4] }), real(3, 32, 32), real(5)],
  ['uNet', models.uNet({ base: 2, depth: 2, classes: 3 }), real(3, 8, 8), real(3, 8, 8)],
  ['vitB16', models.vitB16({ size: 8, patch: 4, width: 6, heads: 2, depth: 2, classes: 5 }), real(3, 8, 8), real(5)],
  [
    'swinT',
    models.swinT({ patch: 2, width: 4, depths: [2, 1], heads: [2, 2], window: 3, classes: 5 }),
    real(3, 9, 8),
    real(5),
  ],
  ['gpt2', models.gpt2({ symbols: 11, length: 9, width: 6, heads: 2, depth: 2 }), int(7), real(7, 11)],
  ['lstmClassifier', models.lstmClassifier({ from: 3, hidden: 4, classes: 2 }), real(6, 3), real(2)],
  ['residualMlp', models.residualMlp({ width: 4, depth: 5, classes: 2 }), real(4), real(2)],
]
describe('a narrowed copy', () => {
  test.each(narrowed)('of %s gives what it says', (_, network, takes, gives) => {
    expect(predictOrThrow(network, takes).out).toEqual(gives)
  })
})

describe('an option that does not fit is refused, by its name', () => {
  const five = [8, 8, 8, 8, 8]
  test.each([
    ['resNet18: depths must have 5 numbers, as many as widths, not 4', () => models.resNet18({ widths: five })],
    ['resNet50: depths must have 4 numbers, as many as widths, not 5', () => models.resNet50({ depths: five })],
    ['vgg11: widths must have 5 numbers', () => models.vgg11({ widths: [8, 8] })],
    ['vgg16: widths must have 5 numbers', () => models.vgg16({ widths: [...five, 8] })],
    ['convNeXtTiny: depths must have 4 numbers', () => models.convNeXtTiny({ depths: [1, 1] })],
    ['swinT: heads must have 2 numbers, as many as depths', () => models.swinT({ depths: [2, 2] })],
    ["gpt2: as must be 'sequence' or 'scan'", () => models.gpt2({ as: 'loop' as never })],
    ["vitB16: as must be 'sequence' or 'scan'", () => models.vitB16({ as: 'loop' as never })],
    ["gpt2: checkpoint must be 'nothing' or", () => models.gpt2({ checkpoint: 'block' as never })],
    ["vitB16: checkpoint must be 'nothing' or", () => models.vitB16({ checkpoint: 'block' as never })],
    ["resNet18: checkpoint must be 'nothing' or", () => models.resNet18({ checkpoint: 'activations' as never })],
    ['vitB16: size must be a multiple of patch', () => models.vitB16({ size: 100 })],
    ['vitB16: size must be a multiple of patch', () => models.vitB16({ size: -32 })],
    ['vitB16: size must be a multiple of patch', () => models.vitB16({ patch: 0 })],
  ] as const)('%s', (said, make) => {
    expect(make).toThrow(said)
  })
})

test('the relu6 of MobileNetV2 has derivative 0 at 6, as in PyTorch', () => {
  const network = models.mobileNetV2({ blocks: [], stem: 1, head: 1, classes: 1, channels: 1 })
  const answer = predictOrThrow(network as Layer, real(1, 2, 2)) as Program<unknown, unknown>
  const output = apply(answer as never) as unknown as (v: unknown) => Expr
  const total = programOrThrow(answer.in as never, (v) => sum()(output(v)))
  const slopes = gradOrThrow(total as never, { wrt: { params: true } } as never) as Program<unknown, unknown>
  // the last normalisation gives 6 for any input: its weight is 0, its bias 6
  const biases = (bias: number) => {
    const params = [Array(9).fill(1), [1], [0], [1], [0], [bias], [1], [0]]
    const statistics = [[0], [1], [0], [1]]
    return evaluate(
      slopes.closed,
      [...params, ...statistics, [1, 1, 1, 1]].map((a) => Float64Array.from(a)),
    )[5]
  }
  expect([5, 6, 7].map((bias) => biases(bias)?.[0])).toEqual([1, 0, 0])
})

/** The most bytes alive at once in a step of training. */
const peak = (network: Layer, x: TypeTree, y: TypeTree, batch: number): number =>
  cost(trainStepOrThrow(network as never, crossEntropy() as never, sgd({ rate: 0.1 }), { x, y, batch } as never)).peak

describe('what is computed again is not kept', () => {
  const gpt2 = (checkpoint: models.Checkpointed): number =>
    peak(
      models.gpt2({ symbols: 11, length: 32, width: 16, heads: 2, depth: 4, checkpoint }),
      ...([int(32), int(32), 1] as const),
    )
  test('in a transformer, activations or blocks', () => {
    expect(gpt2('activations')).toBeLessThan(0.95 * gpt2('nothing'))
    expect(gpt2('blocks')).toBeLessThan(0.7 * gpt2('activations'))
  })
  test('in a residual network, blocks', () => {
    const sizes = { ...narrow, depths: [3, 3, 3, 3], stem: 4 } as const
    const [kept, again] = (['nothing', 'blocks'] as const).map((checkpoint) =>
      peak(models.resNet50({ ...sizes, checkpoint }), real(3, 32, 32), int(), 8),
    )
    expect(again).toBeLessThan(0.7 * (kept ?? 0))
  })
  test('its parameters are the same', () => {
    expect(models.resNet18({ checkpoint: 'blocks' }).params).toEqual(models.resNet18().params)
    expect(models.vitB16({ checkpoint: 'blocks' }).params).toEqual(models.vitB16({ checkpoint: 'nothing' }).params)
  })
})
