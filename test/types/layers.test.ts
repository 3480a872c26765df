/** Layers at compile time: what networks of every kind give, and the sentence at the first layer that does not fit. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from './compile.ts'

const root = join(import.meta.dirname, '../..')
const from = (path: string): string => JSON.stringify(join(root, path))
const head = `
import { relu } from ${from('lang/operations/activation.ts')}
import { real, type Type } from ${from('lang/syntax/shape.ts')}
import * as nn from ${from('src/nn/index.ts')}
import type * as T from ${from('lang/types/index.ts')}
const { sequential, takes } = nn
type Gives<L, S extends readonly number[]> = L extends { readonly out: infer O } ? T.Identical<O, Type<S, 'real'>> : never
export const used = [takes, relu]
export type Used = Gives<null, readonly []>
`
/** A network, the shape that it takes, and the shape that it gives. */
const right: readonly (readonly [string, string, string])[] = [
  ['nn.conv3d(3, 8, [1, 3, 3], { stride: 2 }), relu, nn.adaptiveAvgPool(2), nn.flatten()', '3, 9, 33, 33', '64'],
  [
    'nn.conv2d(8, 16, 3, { groups: 4, dilation: 2, pad: 2 }), nn.depthwiseConv2d(16, 5, { pad: 2 })',
    '8, 20, 30',
    '16, 20, 30',
  ],
  [
    'nn.convTranspose2d(8, 4, 4, { stride: 2, pad: 1 }), nn.groupNorm(2, 4), nn.instanceNorm(4)',
    '8, 14, 14',
    '4, 28, 28',
  ],
  ['nn.convTranspose1d(4, 2, 3, { stride: 3, outputPad: 1 }), nn.maxPool(2)', '4, 10', '2, 15'],
  ['nn.convTranspose3d(2, 1, 2, { stride: 2 })', '2, 3, 4, 5', '1, 6, 8, 10'],
  ['nn.dense(10, 48), nn.unflatten([3, 4, -1]), nn.adaptiveMaxPool([2, 1])', '10', '3, 2, 1'],
  ['nn.residual(sequential(nn.layerNorm([64]), nn.multiHeadAttention(64, 8))), nn.rmsNorm([64])', '17, 64', '17, 64'],
  ['nn.lstm(27, 64), nn.gru(64, 32), nn.rnn(32, 16), nn.last, nn.dense(16, 27)', '40, 27', '27'],
  [
    '[nn.conv2d(3, 8, 5, { pad: "same", stride: 2 }), relu], nn.maxPool(3, { pad: "same" }), nn.channelLayerNorm(8)',
    '3, 9, 12',
    '8, 2, 2',
  ],
  ['nn.classToken(16), nn.positions(10, 16), nn.layerScale(16), nn.stochasticDepth(0.1)', '9, 16', '10, 16'],
  ['nn.positions(10, 16, { shorter: true }), nn.sinusoidalPositions', '4, 16', '4, 16'],
  ['nn.skipConcat(0, nn.conv2d(3, 5, 3, { pad: 1 })), nn.skipConcat(-1, nn.identity)', '3, 7, 7', '8, 7, 14'],
  ['nn.gated(nn.dense(8, 4), nn.dense(8, 4)), nn.gated(nn.identity, nn.dense(4, 1))', '8', '4'],
  ['nn.residual(nn.windowAttention(8, 2, 3, { shift: 1 }))', '7, 9, 8', '7, 9, 8'],
  ['nn.multiHeadAttention(8, 2, { causal: true, rotary: true })', '5, 8', '5, 8'],
]
const mistakes: readonly (readonly [string, string])[] = [
  [
    'takes(real(1, 8, 8, 8)), nn.conv3d(1, 4, 3), nn.conv3d(5, 4, 3)',
    'a filter [4, 5, 3, 3, 3] does not fit [4, 6, 6, 6]: 5 channels are not 4',
  ],
  ['takes(real(6, 9, 9)), nn.conv2d(6, 4, 3, { groups: 4 })', '4 channels are not 6'],
  ['takes(real(6, 9, 9)), nn.depthwiseConv2d(8, 3)', '8 channels are not 6'],
  ['takes(real(8, 7, 7)), nn.convTranspose2d(4, 8, 3)', '4 channels are not 8'],
  ['nn.dense(10, 48), nn.unflatten([3, 5, 3])', 'cannot reshape [48] to [3, 5, 3]: 48 elements are not 45'],
  [
    'takes(real(4, 9, 9)), nn.adaptiveAvgPool(3), nn.flatten(), nn.dense(64, 2)',
    'dense(64, 2) takes [..., 64], not [36]',
  ],
  ['nn.conv2d(1, 4, 3), nn.groupNorm(2, 8)', 'groupNorm(8) takes [8, ...], not [4, ?, ?]'],
  ['nn.conv2d(1, 4, 3), nn.instanceNorm(3)', 'instanceNorm(3) takes [3, ...], not [4, ?, ?]'],
  ['nn.dense(3, 4), nn.layerNorm([5])', 'layerNorm over [5] does not fit [4]'],
  ['nn.dense(3, 4), nn.rmsNorm([2, 4])', 'rmsNorm over [2, 4] does not fit [4]'],
  ['takes(real(7, 6)), nn.multiHeadAttention(8, 2)', 'multiHeadAttention(8, 2) takes [..., L, 8], not [7, 6]'],
  ['takes(real(7, 6)), nn.multiHeadAttention(6, 4)', '4 heads do not divide a width of 6'],
  ['takes(real(9, 5)), nn.lstm(5, 8), nn.gru(7, 4)', 'gru(7, 4) takes [L, 7], not [9, 8]'],
  ['takes(real(5)), nn.rnn(5, 4)', 'rnn(5, 4) takes [L, 5], not [5]'],
  ['takes(real(9, 5)), nn.classToken(4)', 'classToken(4) takes [L, 4], not [9, 5]'],
  ['takes(real(9, 5)), nn.positions(8, 5)', 'positions over [8, 5] does not fit [9, 5]'],
  ['takes(real(9, 5)), nn.layerScale(4)', 'layerScale over [4] does not fit [9, 5]'],
  ['takes(real(3, 7, 7)), nn.channelLayerNorm(4)', 'channelLayerNorm(4) takes [4, ...], not [3, 7, 7]'],
  [
    'takes(real(3, 7, 7)), nn.skipConcat(0, nn.conv2d(3, 5, 3))',
    'cannot concat [5, 5, 5] with [3, 7, 7] along axis 0: 5 is not 7',
  ],
  ['takes(real(8)), nn.gated(nn.dense(8, 4), nn.dense(8, 3))', 'cannot broadcast [4] with [3]: 4 is not 3'],
  ['takes(real(7, 9, 8)), nn.windowAttention(6, 2, 3)', 'windowAttention takes [H, W, 6], not [7, 9, 8]'],
  ['takes(real(7, 9, 8)), nn.windowAttention(8, 3, 3)', '3 heads do not divide a width of 8'],
  ['[nn.dense(3, 4), relu], [nn.dense(5, 2)]', 'dense(5, 2) takes [..., 5], not [4]'],
]
const source = [
  head,
  ...right.map(
    ([layers, takes, gives], k) => `
const net${k} = nn.predictOrThrow(sequential(${layers}), real(${takes}))
true satisfies Gives<typeof net${k}, readonly [${gives}]>`,
  ),
].join('\n')

test('networks of every kind have their shapes', { timeout: 60_000 }, () => {
  expect(compile(source).errors.filter((e) => e.includes('generated.mts'))).toEqual([])
})
test('a mistake is one sentence, with the numbers that do not agree', { timeout: 60_000 }, () => {
  const wrong = [head, ...mistakes.map(([layers]) => `sequential(${layers})`)].join('\n')
  const first = head.split('\n').length
  const found = compile(wrong)
    .errors.filter((e) => e.includes('generated.mts'))
    .map((e) => [Number(/\((\d+),/.exec(e)?.[1]) - first, e] as const)
  expect(found.map(([line]) => line)).toEqual(mistakes.map((_, k) => k + 1))
  found.forEach(([, message], k) => {
    expect(message).toContain(mistakes[k]?.[1])
    expect(message).not.toMatch(/\bnever\b/)
  })
})

test('a layer of one’s own gives what its rule says', { timeout: 60_000 }, () => {
  const ownHead = `
import { sum } from ${from('lang/primitives/broadcast.ts')}
import { add, sin } from ${from('lang/primitives/elementwise.ts')}
import type { Expr } from ${from('lang/syntax/expr.ts')}
import { real, type Type } from ${from('lang/syntax/shape.ts')}
import { layer, type TypeRule } from ${from('src/nn/index.ts')}
import type { EachNumber, Same } from ${from('src/nn/rule.ts')}
type Three = Expr<readonly [3], 'real'>
interface Half extends TypeRule {
  readonly takes: Type<readonly [4], 'real'>
  readonly out: Type<readonly [2], 'real'>
}
export type Used = [Three, Half, Same, EachNumber]
export const used = [add, real, sum, sin, layer]
`
  const parts = (apply: string): string => `()({ name: 'own', apply: (_, state, __, ${apply}, state] })`
  const fine = [
    `layer<Same>${parts('a) => [a')}`,
    `layer<Same>${parts('a: Expr) => [sin(a)')}`,
    `layer<EachNumber>${parts('a: Three) => [sin(a)')}`,
    `layer<Half>${parts('a: Expr) => [a')}`,
    `layer<Half>${parts('a) => [a')}`,
    `layer<EachNumber>()({ name: 'own', params: real(3), apply: (p, state, _, a: Expr) => [add(a, p), state] })`,
  ]
  const wrong = [
    `layer<EachNumber>${parts('a: Three) => [sum()(a)')}`,
    `layer<Half>${parts("a: Expr<readonly [4], 'real'>) => [sin(a)")}`,
  ]
  const source = [ownHead, ...fine, ...wrong].join('\n')
  const lines = source.split('\n')
  const errors = compile(source).errors.filter((e) => e.includes('generated.mts'))
  expect(errors.map((e) => lines[Number(/\((\d+),/.exec(e)?.[1]) - 1])).toEqual(wrong)
})

const convolution = (from: number, to: number, kernel: number, more = ''): string =>
  `nn.conv2d(${from}, ${to}, ${kernel}, { bias: false${more} }), nn.batchNorm(${to})`
const bottleneck = (from: number, to: number, stride: number): string => {
  const narrow = to / 4
  const main = [
    ...[convolution(from, narrow, 1), 'relu'],
    ...[convolution(narrow, narrow, 3, `, pad: 1, stride: ${stride}`), 'relu'],
    convolution(narrow, to, 1),
  ]
  const around = from === to ? '' : `, sequential(${convolution(from, to, 1, `, stride: ${stride}`)})`
  return `[nn.residual(sequential(${main})${around}), relu]`
}
const groups = [3, 4, 6, 3].flatMap((depth, k) => {
  const width = 256 * 2 ** k
  const first = bottleneck(k === 0 ? 64 : width / 2, width, k === 0 ? 1 : 2)
  return [first, `nn.repeat(${depth - 1}, sequential(${bottleneck(width, width, 1)}))`]
})
const written = `
const stem = sequential(${convolution(3, 64, 7, ', stride: 2, pad: 3')}, relu, nn.maxPool(3, { stride: 2, pad: 1 }))
const resNet = nn.predictOrThrow(sequential(stem, ${groups}, nn.globalAvgPool, nn.dense(2048, 1000)), real(3, 224, 224))
true satisfies Gives<typeof resNet, readonly [1000]>
const block = sequential(
  nn.residual(sequential(nn.layerNorm([768]), nn.multiHeadAttention(768, 12, { causal: true }))),
  nn.residual(sequential(nn.layerNorm([768]), nn.dense(768, 3072), relu, nn.dense(3072, 768))),
)
const body = sequential(nn.positions(1024, 768, { shorter: true }), nn.repeat(12, block), nn.layerNorm([768]))
const gpt = nn.predictOrThrow(nn.tied(50257, 768, body), int(16))
true satisfies Gives<typeof gpt, readonly [16, 50257]>`
/** What they cost the compiler beyond the library's own declarations: some tenths of a second on a slow machine. */
const figure = 100_000
test('a ResNet-50 and a GPT-2, written out, are checked in less than a second', { timeout: 120_000 }, () => {
  const withInt = `${head}\nimport { int } from ${from('lang/syntax/shape.ts')}\nexport const whole = int\n`
  const { errors, instantiations } = compile(withInt + written)
  expect(errors.filter((e) => e.includes('generated.mts'))).toEqual([])
  expect(instantiations - compile(withInt).instantiations).toBeLessThan(1.5 * figure)
})
