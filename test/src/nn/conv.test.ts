/** Convolutions, their transposes and pooling, against loops over indices and the law of adjoints. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { relu } from '../../../lang/operations/activation.ts'
import { real, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import {
  adaptiveAvgPool,
  adaptiveMaxPool,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  dense,
  depthwiseConv2d,
  flatten,
  type Layer,
  parameterCount,
  predictOrThrow,
  sequential,
  takes,
  unflatten,
} from '../../../src/nn/index.ts'
import { at } from '../../laws/category.ts'
import { closeAll, sameDot } from '../../laws/close.ts'
import { convolution, indices, plain, tabulate, type Windows, wave, waves } from './naive.ts'

type Shape = readonly number[]
const paramShapes = (l: Layer): readonly Shape[] =>
  Object.values(l.params as { readonly [name: string]: Type }).map((t) => t.shape as Shape)

describe('a convolution is the sum over its windows', () => {
  const table: readonly (readonly [string, Layer, Shape, Windows])[] = [
    ['1d', conv1d(2, 3, 4, { stride: 2, pad: 1 }), [2, 11], { stride: 2, pad: 1 }],
    ['1d, dilated, in groups', conv1d(4, 6, 3, { dilation: 2, groups: 2 }), [4, 9], { dilation: 2, groups: 2 }],
    [
      '2d, dilated, in groups',
      conv2d(4, 2, [3, 2], { dilation: 2, groups: 2, pad: 1 }),
      [4, 7, 6],
      { dilation: 2, groups: 2, pad: 1 },
    ],
    ['3d', conv3d(2, 3, [2, 3, 2], { stride: 2, pad: 1 }), [2, 5, 6, 4], { stride: 2, pad: 1 }],
    ['3d, dilated, in groups', conv3d(2, 4, 2, { dilation: 2, groups: 2 }), [2, 4, 5, 3], { dilation: 2, groups: 2 }],
    ['depthwise', depthwiseConv2d(3, 3, { pad: 1, stride: 2 }), [3, 6, 5], { groups: 3, pad: 1, stride: 2 }],
  ]
  test.each(table)('%s', (_, l, shape, windows) => {
    const [forW, forB] = paramShapes(l) as readonly [Shape, Shape]
    const [[w, ws], bs, [x, xs]] = [waves(forW, 1), wave(sizeOf(forB), 2), waves(shape)]
    expect(closeAll(at(l, [ws, bs], [xs], real(...shape)), [convolution(windows, x, w, bs)])).toBe(true)
  })
})

describe('a transposed convolution is the transpose of the convolution, as a linear map', () => {
  const bare = { bias: false } as const
  /** The convolution [C, ...] -> [O, ...], its transpose, and the image that fits both. */
  const table: readonly (readonly [string, Layer, Layer, Shape])[] = [
    ['1d', conv1d(2, 3, 4, bare), convTranspose1d(3, 2, 4, bare), [2, 9]],
    [
      '1d, stride, padding, dilation',
      conv1d(2, 3, 3, { ...bare, stride: 2, pad: 1, dilation: 2 }),
      convTranspose1d(3, 2, 3, { ...bare, stride: 2, pad: 1, dilation: 2, outputPad: 1 }),
      [2, 10],
    ],
    ['2d', conv2d(3, 2, [3, 2], bare), convTranspose2d(2, 3, [3, 2], bare), [3, 5, 6]],
    [
      '2d, stride, padding, groups',
      conv2d(4, 6, 3, { ...bare, stride: 2, pad: 1, groups: 2 }),
      convTranspose2d(6, 4, 3, { ...bare, stride: 2, pad: 1, groups: 2, outputPad: [0, 1] }),
      [4, 7, 8],
    ],
    ['3d', conv3d(2, 3, 2, { ...bare, stride: 2 }), convTranspose3d(3, 2, 2, { ...bare, stride: 2 }), [2, 4, 2, 6]],
  ]
  test.each(table)('<A x, y> = <x, A^T y>: %s', (_, forward, back, shape) => {
    const filter = paramShapes(forward)[0] as Shape
    expect(paramShapes(back)).toEqual([filter])
    const [w, x] = [wave(sizeOf(filter), 1), wave(sizeOf(shape), 2)]
    const there = predictOrThrow(forward as never, real(...shape) as never).out as Type
    const y = wave(sizeOf(there.shape as Shape), 3)
    const ax = at(forward, [w], [x], real(...shape))
    const aty = at(back, [w], [y], there)
    expect(aty[0]?.length).toBe(x.length)
    expect(sameDot(ax, [y], [x], aty)).toBe(true)
  })
  test('its bias is one number per channel', () => {
    const l = convTranspose2d(1, 2, 2)
    expect(parameterCount(l)).toBe(10)
    const found = at(l, [new Float64Array(8), Float64Array.of(5, 7)], [Float64Array.of(1)], real(1, 1, 1))
    expect(found).toEqual([Float64Array.of(5, 5, 5, 5, 7, 7, 7, 7)])
  })
})

describe('adaptive pooling: window i of n covers floor(i h / n) up to ceil((i + 1) h / n)', () => {
  const windowsOf = (h: number, n: number, i: number): readonly number[] => {
    const from = Math.floor((i * h) / n)
    return Array.from({ length: Math.ceil(((i + 1) * h) / n) - from }, (_, k) => from + k)
  }
  const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
  const max = (xs: readonly number[]): number => Math.max(...xs)
  const pools: readonly (readonly [string, Layer, Shape, Shape, (xs: readonly number[]) => number])[] = [
    ['mean, [2, 7, 5] to 3 x 2', adaptiveAvgPool([3, 2]), [2, 7, 5], [2, 3, 2], mean],
    ['mean, [2, 6, 6] to 3 x 3', adaptiveAvgPool(3), [2, 6, 6], [2, 3, 3], mean],
    ['mean, [1, 2] to 5', adaptiveAvgPool([5]), [1, 2], [1, 5], mean],
    ['maximum, [2, 7, 5] to 3 x 2', adaptiveMaxPool([3, 2]), [2, 7, 5], [2, 3, 2], max],
    ['maximum, [1, 2, 9] to 1 x 4', adaptiveMaxPool([1, 4]), [1, 2, 9], [1, 1, 4], max],
  ]
  test.each(pools)('%s', (_, l, shape, to, summarise) => {
    const [x, xs] = waves(shape)
    const expected = tabulate(to, (c, ...p) => {
      const axes = p.map((i, d) => windowsOf(shape[d + 1] as number, to[d + 1] as number, i))
      return summarise(
        indices(axes.map((a) => a.length)).map((k) => x.at(c, ...k.map((j, d) => axes[d]?.[j] as number))),
      )
    })
    expect(closeAll(at(l, [], [xs], real(...shape)), [expected])).toBe(true)
  })
})

describe('types', () => {
  test('sizes through an encoder and its decoder', () => {
    const encoder = sequential(
      takes(real(1, 28, 28)),
      conv2d(1, 8, 3, { stride: 2, pad: 1 }),
      relu,
      depthwiseConv2d(8, 3, { pad: 1 }),
    )
    const decoder = sequential(convTranspose2d(8, 1, 3, { stride: 2, pad: 1, outputPad: 1 }))
    const both = predictOrThrow(sequential(encoder, decoder), real(1, 28, 28))
    expectTypeOf(both.out).toEqualTypeOf<Type<readonly [1, 28, 28], 'real'>>()
    expect(both.out).toEqual(real(1, 28, 28))
    const video = predictOrThrow(
      sequential(conv3d(3, 4, [3, 5, 5]), adaptiveAvgPool(2), flatten(), dense(32, 2)),
      real(3, 8, 9, 9),
    )
    expectTypeOf(video.out).toEqualTypeOf<Type<readonly [2], 'real'>>()
    expect(video.out).toEqual(real(2))
    const grown = predictOrThrow(sequential(dense(5, 18), unflatten([2, 3, -1]), convTranspose2d(2, 1, 2)), real(5))
    expectTypeOf(grown.out).toEqualTypeOf<Type<readonly [1, 4, 4], 'real'>>()
    expect(grown.out).toEqual(real(1, 4, 4))
    expectTypeOf(depthwiseConv2d(8, [3, 1]).params.w).toEqualTypeOf<Type<readonly [8, 1, 3, 1], 'real'>>()
    expectTypeOf(convTranspose1d(6, 4, 5, { groups: 2 }).params.w).toEqualTypeOf<Type<readonly [6, 2, 5], 'real'>>()
  })
  test('a wrong layer is an error', () => {
    // @ts-expect-error cannot reshape [8] to [2, 5]: 8 elements are not 10
    sequential(dense(3, 8), unflatten([2, 5]))
    // @ts-expect-error 8 channels are not 4
    sequential(conv3d(1, 4, 3), conv3d(8, 2, 3))
    // @ts-expect-error a span of 5 is more than 4
    sequential(takes(real(1, 4, 4, 4)), conv3d(1, 2, 5))
    // @ts-expect-error 3 channels are not 8
    sequential(conv2d(1, 8, 3), convTranspose2d(3, 1, 3))
    // @ts-expect-error dense(32, 2) takes [..., 32], not [16]
    sequential(takes(real(4, 9, 9)), adaptiveMaxPool(2), flatten(), dense(32, 2))
    // @ts-expect-error a filter [6, 2, ?, ?] does not fit: 4 channels are not 5
    sequential(takes(real(5, 9, 9)), conv2d(5, 6, 3, { groups: 2 }))
    const untyped = predictOrThrow as (l: unknown, x: unknown) => unknown
    expect(() => untyped(conv2d(5, 6, 3, { groups: 2 }), real(5, 9, 9))).toThrow()
    expect(() => untyped(convTranspose2d(4, 3, 3, { groups: 2 }), real(4, 9, 9))).toThrow()
  })
})
test('plain arrays are 0 outside', () => expect(plain([2], [1, 2]).at(2)).toBe(0))
