/** Weights by their published names: as many names as arrays, the published shapes, and files that are refused. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import type { Type } from '../../../lang/syntax/shape.ts'
import { typeLeaves } from '../../../lang/syntax/tree.ts'
import { readSafetensors, writeSafetensors } from '../../../src/data/index.ts'
import * as m from '../../../src/models/index.ts'
import type { Layer, Start } from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'

type Shapes = { readonly [name: string]: readonly number[] }
/** How many parameters and running statistics the publisher's file has, and the shapes of some, as that file has them. */
const published: readonly (readonly [string, Layer, m.WeightNames, number, number, Shapes])[] = [
  [
    'alexNet',
    m.alexNet(),
    m.alexNetNames,
    16,
    0,
    { 'features.10.weight': [256, 256, 3, 3], 'classifier.6.bias': [1000] },
  ],
  [
    'vgg11',
    m.vgg11(),
    m.vgg11Names,
    22,
    0,
    { 'features.18.weight': [512, 512, 3, 3], 'classifier.0.weight': [4096, 25088] },
  ],
  [
    'vgg16',
    m.vgg16(),
    m.vgg16Names,
    32,
    0,
    { 'features.28.weight': [512, 512, 3, 3], 'features.5.weight': [128, 64, 3, 3] },
  ],
  [
    ...(['resNet18', m.resNet18(), m.resNet18Names(), 62, 40] as const),
    {
      'conv1.weight': [64, 3, 7, 7],
      'layer4.0.downsample.0.weight': [512, 256, 1, 1],
      'layer2.1.bn2.running_var': [128],
    },
  ],
  [
    ...(['resNet50', m.resNet50(), m.resNet50Names(), 161, 106] as const),
    {
      'layer1.0.downsample.0.weight': [256, 64, 1, 1],
      'layer4.2.conv2.weight': [512, 512, 3, 3],
      'fc.weight': [1000, 2048],
    },
  ],
  [
    ...(['mobileNetV2', m.mobileNetV2(), m.mobileNetV2Names(), 158, 104] as const),
    {
      ...{ 'features.1.conv.1.weight': [16, 32, 1, 1], 'features.2.conv.1.0.weight': [96, 1, 3, 3] },
      ...{ 'features.18.0.weight': [1280, 320, 1, 1], 'features.17.conv.3.running_mean': [320] },
    },
  ],
  [
    ...(['efficientNetB0', m.efficientNetB0(), m.efficientNetB0Names(), 213, 98] as const),
    {
      ...{ 'features.1.0.block.1.fc1.weight': [8, 32, 1, 1], 'features.2.0.block.2.fc2.weight': [96, 4, 1, 1] },
      ...{ 'features.7.0.block.3.0.weight': [320, 1152, 1, 1], 'features.8.1.running_var': [1280] },
    },
  ],
  [
    ...(['convNeXtTiny', m.convNeXtTiny(), m.convNeXtTinyNames(), 182, 0] as const),
    {
      ...{ 'features.1.0.layer_scale': [96, 1, 1], 'features.2.1.weight': [192, 96, 2, 2] },
      ...{ 'features.7.2.block.5.weight': [768, 3072], 'classifier.2.weight': [1000, 768] },
    },
  ],
  [
    ...(['vitB16', m.vitB16(), m.vitB16Names(), 152, 0] as const),
    {
      ...{ class_token: [1, 1, 768], 'encoder.pos_embedding': [1, 197, 768] },
      'encoder.layers.encoder_layer_11.self_attention.in_proj_weight': [2304, 768],
    },
  ],
  [
    ...(['swinT', m.swinT(), m.swinTNames(), 173, 0] as const),
    {
      ...{ 'features.1.0.attn.relative_position_bias_table': [169, 3], 'features.2.reduction.weight': [192, 384] },
      ...{ 'features.7.1.mlp.3.weight': [768, 3072], 'head.weight': [1000, 768] },
    },
  ],
  [
    ...(['gpt2', m.gpt2(), m.gpt2Names(), 148, 0] as const),
    { 'wte.weight': [50257, 768], 'h.0.attn.c_attn.weight': [768, 2304], 'h.11.mlp.c_proj.weight': [3072, 768] },
  ],
]
const significant = (shape: readonly number[]): readonly number[] => shape.filter((n) => n !== 1)
test.each(published)('%s has the names of the publisher', (_, network, names, parameters, statistics, shapes) => {
  const all = [...names.params, ...names.state]
  const types: readonly Type[] = [...typeLeaves(network.params), ...typeLeaves(network.state)]
  expect([names.params.length, names.state.length]).toEqual([parameters, statistics])
  expect(types.length).toBe(all.length)
  expect(new Set(all.map((n) => n.name)).size).toBe(all.length)
  for (const [name, shape] of Object.entries(shapes)) {
    const k = all.findIndex((n) => n.name === name)
    const found = types[k]?.shape ?? []
    expect([name, significant(all[k]?.transposed ? [...found].reverse() : found)]).toEqual([name, significant(shape)])
  }
})

const tiny = { stem: 4, widths: [4, 8], depths: [1, 2], classes: 3 } as const
const residual = m.resNet18(tiny)
const text = m.gpt2({ symbols: 5, length: 4, width: 4, heads: 2, depth: 1 })
const saved = <P, S>(network: Layer<P, S>, names: m.WeightNames, start: Start<P, S>) => {
  const found = m.saveWeights(network, names)(start)
  if (E.isLeft(found)) throw new Error(m.showWeightsError(found.left))
  return found.right
}
describe('a file', () => {
  test.each([
    ['with running statistics', residual, m.resNet18Names(tiny)],
    ['with transposed matrices', text, m.gpt2Names({ depth: 1 })],
  ] as const)('%s is read as it was written', (_, network: Layer, names) => {
    const start = network.init(randomKey(3))
    const file = readSafetensors(writeSafetensors({ tensors: saved(network, names, start) }))
    if (E.isLeft(file)) throw new Error(file.left._tag)
    expect(m.loadWeights(network, names)(file.right.tensors)).toEqual(E.right(start))
  })
  test('of Hugging Face has the matrices of GPT-2 as [in, out]', () => {
    const start = text.init(randomKey(3))
    const tensors = saved(text, m.gpt2Names({ depth: 1 }), start)
    expect(tensors['h.0.mlp.c_fc.weight']?.shape).toEqual([4, 16])
    expect(tensors['wte.weight']?.shape).toEqual([5, 4])
  })
  const names = m.resNet18Names(tiny)
  const tensors = saved(residual, names, residual.init(randomKey(1)))
  const refusal = (found: E.Either<m.WeightsError, unknown>): string =>
    E.isLeft(found) ? m.showWeightsError(found.left) : 'it is read'
  test('without some arrays is refused, by their names', () => {
    const { 'fc.bias': _, 'layer1.0.bn1.running_var': __, ...rest } = tensors
    expect(refusal(m.loadWeights(residual, names)(rest))).toMatch(
      /^the file has no fc\.bias, layer1\.0\.bn1\.running_var\n {2}in .*\n {2}try /,
    )
  })
  test('of another shape is refused', () => {
    const other = { ...tensors, 'fc.weight': { type: 'f32', shape: [8, 3], data: new Float32Array(24) } as const }
    expect(refusal(m.loadWeights(residual, names)(other))).toMatch(/^fc\.weight has the shape \[8, 3\].*\[3, 8\]\n/)
  })
  test('is not read with the names of another network', () => {
    const deeper = m.resNet18({ ...tiny, depths: [1, 3] })
    expect(refusal(m.loadWeights(deeper, names)(tensors))).toMatch(/^26 names are given, and the network has 32 arrays/)
  })
  test('of torchvision, with counters of 64 bits, is read', () => {
    const sound = writeSafetensors({
      tensors: { ...tensors, counter: { type: 'f64', shape: [], data: Float64Array.of(7) } },
    })
    const read = readSafetensors(Buffer.from(Buffer.from(sound).toString('latin1').replace('"F64"', '"I64"'), 'latin1'))
    if (E.isLeft(read)) throw new Error(read.left._tag)
    expect(read.right.skipped).toEqual({ counter: { dtype: 'I64', shape: [] } })
    expect(E.isRight(m.loadWeights(residual, names)(read.right.tensors))).toBe(true)
  })
  test('is not made with the names of another network', () => {
    const deeper = m.resNet18({ ...tiny, depths: [1, 3] })
    const start = deeper.init(randomKey(1))
    expect(refusal(m.saveWeights(deeper, names)(start))).toMatch(/^26 names are given, and the network has 32 arrays/)
    const loop = m.gpt2({ symbols: 5, length: 4, width: 4, heads: 2, depth: 2, as: 'scan' })
    const stacked = m.saveWeights(loop, m.gpt2Names({ depth: 2 }))(loop.init(randomKey(1)))
    expect(refusal(stacked)).toMatch(/names are given, and the network has/)
  })
  test('is not made of data that are not those of the network', () => {
    const start = residual.init(randomKey(1))
    const wide = m.resNet18({ ...tiny, classes: 4 }).init(randomKey(1))
    expect(refusal(m.saveWeights(residual, names)(wide))).toMatch(
      /^fc\.weight has 32 numbers, and the network needs 24\n {2}in .*\n {2}try /,
    )
    const without = { ...start, params: (start.params as readonly unknown[]).slice(0, -1) }
    expect(refusal(m.saveWeights(residual, names)(without as never))).toMatch(/^fc\.weight has no numbers/)
  })
  test('has no names for the stacked parameters of a loop', () => {
    expect(() => m.gpt2Names({ as: 'scan' })).toThrow(/gpt2Names: as must be 'sequence'/)
    expect(() => m.vitB16Names({ as: 'scan' })).toThrow(/vitB16Names: as must be 'sequence'/)
  })
})
