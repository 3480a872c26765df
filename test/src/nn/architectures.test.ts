/** Published architectures built from the layers have torchvision's numbers of parameters, and the right shapes. */
import { expect, test } from 'vitest'
import { relu } from '../../../lang/operations/activation.ts'
import { real, type Type } from '../../../lang/syntax/shape.ts'
import {
  adaptiveAvgPool,
  batchNorm,
  conv2d,
  dense,
  dropout,
  flatten,
  globalAvgPool,
  identity,
  type Layer,
  maxPool,
  parameterCount,
  predictOrThrow,
  residual,
  type Stage,
  sequential,
} from '../../../src/nn/index.ts'

/** Layers whose types are known at run time only: architectures are loops over tables. */
const chain = sequential as unknown as (...stages: readonly Stage[]) => Layer
const around = residual as unknown as (main: Stage, shortcut: Stage) => Layer

const alexNet = chain(
  ...[conv2d(3, 64, 11, { stride: 4, pad: 2 }), relu, maxPool(3, { stride: 2 })],
  ...[conv2d(64, 192, 5, { pad: 2 }), relu, maxPool(3, { stride: 2 })],
  ...[
    conv2d(192, 384, 3, { pad: 1 }),
    relu,
    conv2d(384, 256, 3, { pad: 1 }),
    relu,
    conv2d(256, 256, 3, { pad: 1 }),
    relu,
  ],
  ...[maxPool(3, { stride: 2 }), adaptiveAvgPool(6), flatten(), dropout(0.5), dense(9216, 4096), relu],
  ...[dropout(0.5), dense(4096, 4096), relu, dense(4096, 1000)],
)

/** Runs of 3 x 3 convolutions, and a pooling after each run. */
const vgg16 = (() => {
  const widths = [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
  ]
  let from = 3
  const stages = widths.flatMap((run) => [
    ...run.flatMap((to) => {
      const stage = [conv2d(from, to, 3, { pad: 1 }), relu]
      from = to
      return stage
    }),
    maxPool(2),
  ])
  const head = [dense(25088, 4096), relu, dropout(0.5), dense(4096, 4096), relu, dropout(0.5), dense(4096, 1000)]
  return chain(...stages, adaptiveAvgPool(7), flatten(), ...head)
})()

const normed = (from: number, to: number, kernel: number, stride = 1): readonly Stage[] => [
  conv2d(from, to, kernel, { stride, pad: (kernel - 1) / 2, bias: false }),
  batchNorm(to),
]
type Block = (from: number, width: number, stride: number) => { readonly main: Layer; readonly to: number }
/** Two convolutions of 3 x 3 */
const basic: Block = (from, width, stride) => ({
  main: chain(...normed(from, width, 3, stride), relu, ...normed(width, width, 3)),
  to: width,
})
/** 1 x 1 down, 3 x 3, 1 x 1 up to four times the width */
const bottleneck: Block = (from, width, stride) => ({
  main: chain(
    ...normed(from, width, 1),
    relu,
    ...normed(width, width, 3, stride),
    relu,
    ...normed(width, 4 * width, 1),
  ),
  to: 4 * width,
})
const resNet = (block: Block, depths: readonly number[]): Layer => {
  let from = 64
  const stages = depths.flatMap((depth, level) =>
    Array.from({ length: depth }, (_, k) => {
      const stride = level > 0 && k === 0 ? 2 : 1
      const { main, to } = block(from, 64 * 2 ** level, stride)
      const shortcut = from === to && stride === 1 ? identity : chain(...normed(from, to, 1, stride))
      from = to
      return chain(around(main, shortcut), relu)
    }),
  )
  const stem = [...normed(3, 64, 7, 2), relu, maxPool(3, { stride: 2, pad: 1 })]
  return chain(...stem, ...stages, globalAvgPool, dense(from, 1000))
}

/** torchvision 0.14: the counts of its documentation. */
const table: readonly (readonly [string, Layer, number])[] = [
  ['AlexNet', alexNet, 61_100_840],
  ['VGG16', vgg16, 138_357_544],
  ['ResNet-18', resNet(basic, [2, 2, 2, 2]), 11_689_512],
  ['ResNet-50', resNet(bottleneck, [3, 4, 6, 3]), 25_557_032],
]
test.each(table)('%s', (_, l, parameters) => {
  expect(parameterCount(l)).toBe(parameters)
  const { out } = (predictOrThrow as unknown as (l: Layer, x: Type) => { readonly out: Type })(l, real(3, 224, 224))
  expect(out).toEqual(real(1000))
})
