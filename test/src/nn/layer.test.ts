/** Layers: the laws of their category, their sizes, and what they compute. */
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { relu, sigmoid } from '../../../lang/operations/activation.ts'
import { sum } from '../../../lang/primitives/broadcast.ts'
import { mul, sin, tanh } from '../../../lang/primitives/elementwise.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { typeLeaves } from '../../../lang/syntax/tree.ts'
import {
  avgPool,
  conv1d,
  conv2d,
  dense,
  dropout,
  embedding,
  flatten,
  globalAvgPool,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  identity,
  type Layer,
  layerNorm,
  layersOf,
  lecunUniform,
  maxPool,
  normal,
  orthogonal,
  parameterCount,
  predictOrThrow,
  residual,
  rmsNorm,
  type Stage,
  sequential,
  summary,
  takes,
} from '../../../src/nn/index.ts'
import { stage } from '../../../src/nn/joint.ts'
import { randomKey } from '../../../src/random/key.ts'
import { gradOrThrow } from '../../../src/transform/grad.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import { type At, associativity, at, chain, closedOf, functor, identityLaw, product } from '../../laws/category.ts'
import { closeAll, same, type Values } from '../../laws/close.ts'

const flat = (tree: unknown): readonly Tensor[] =>
  ArrayBuffer.isView(tree)
    ? [Float64Array.from(tree as Float64Array)]
    : Object.values((tree ?? {}) as object).flatMap(flat)
// -- the category ----------------------------------------------------------------------------------------------------

/** Layers from three numbers to three, some with parameters. */
const stages: fc.Arbitrary<Stage> = fc.constantFrom<Stage[]>(
  dense(3, 3),
  dense(3, 3, { bias: false }),
  tanh,
  sin,
  identity,
  layerNorm([3]),
  rmsNorm([3]),
  sequential(dense(3, 2), sigmoid, dense(2, 3)),
  residual(sequential(dense(3, 3), tanh)),
)
const paramsOf = (l: Layer, seed: number): Values => flat(l.init(randomKey(seed)).params)
const point = fc
  .tuple(...[0, 1, 2].map(() => fc.double({ min: -2, max: 2, noNaN: true })))
  .map((x) => [Float64Array.from(x)])
const seeds = fc.nat(1000)
const few = { numRuns: 60 }

const parameters = (f: Stage, seed: number): At => ({ f, params: paramsOf(stage(f), seed) })

describe('sequential is the composition of a category', () => {
  test('identity', () =>
    fc.assert(
      fc.property(stages, seeds, point, (f, seed, x) => identityLaw(f, paramsOf(stage(f), seed), x)),
      few,
    ))
  test('associativity', () =>
    fc.assert(
      fc.property(stages, stages, stages, seeds, point, (f, g, h, seed, x) =>
        associativity(f, g, h, paramsOf(chain(f, g, h), seed), x),
      ),
      few,
    ))
  test('product', () =>
    fc.assert(
      fc.property(fc.tuple(stages, stages, stages, stages), seeds, point, point, (all, seed, x, y) => {
        const [f, g, h, k] = all.map((s, i) => parameters(s, seed + i)) as unknown as readonly [At, At, At, At]
        return product(f, g, h, k, x, y)
      }),
      few,
    ))
  test('the derivative is a functor', () =>
    fc.assert(
      fc.property(stages, stages, seeds, point, point, (f, g, seed, x, dx) =>
        functor(parameters(f, seed), parameters(g, seed + 1), x, dx),
      ),
      few,
    ))
})

// -- initialisation --------------------------------------------------------------------------------------------------

describe('initialisers', () => {
  const shape = [80, 60, 3]
  const [fanIn, fanOut] = [180, 240]
  const table: readonly (readonly [string, Initializer, number, number])[] = [
    ['glorotUniform', glorotUniform, 2 / (fanIn + fanOut), Math.sqrt(6 / (fanIn + fanOut))],
    ['glorotNormal', glorotNormal, 2 / (fanIn + fanOut), Number.POSITIVE_INFINITY],
    ['heUniform', heUniform, 2 / fanIn, Math.sqrt(6 / fanIn)],
    ['heNormal', heNormal, 2 / fanIn, Number.POSITIVE_INFINITY],
    ['lecunUniform', lecunUniform, 1 / (3 * fanIn), Math.sqrt(1 / fanIn)],
    ['normal', normal(0.5), 0.25, Number.POSITIVE_INFINITY],
  ]
  test.each(table)('%s: mean 0 and its variance, to five standard errors', (_, f, variance, bound) => {
    const w = f(randomKey(7), shape)
    const n = sizeOf(shape)
    const mean = w.reduce((a, b) => a + b, 0) / n
    const found = w.reduce((a, b) => a + b * b, 0) / n
    expect(w.length).toBe(n)
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / n))
    expect(Math.abs(found / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / n))
    expect(w.every((x) => Math.abs(x) <= bound)).toBe(true)
  })
  test.each([
    ['wide', [5, 4, 2], 1],
    ['high', [9, 2, 2], 1.5],
    ['square', [6, 6], 1],
    ['one', [1, 7], 2],
  ] as const)('orthogonal, %s: the shorter side is orthogonal, each vector of length gain', (_, shape, gain) => {
    const w = orthogonal(gain)(randomKey(3), shape)
    const [out, inner] = [shape[0], sizeOf(shape) / shape[0]]
    const at = (i: number, j: number): number => (out <= inner ? w[i * inner + j] : w[j * inner + i]) as number
    for (let i = 0; i < Math.min(out, inner); i++)
      for (let k = 0; k <= i; k++) {
        let dot = 0
        for (let j = 0; j < Math.max(out, inner); j++) dot += at(i, j) * at(k, j)
        expect(Math.abs(dot - (i === k ? gain * gain : 0))).toBeLessThan(1e-6)
      }
    expect(orthogonal(gain)(randomKey(4), shape)).not.toEqual(w)
  })
  test('a network is a pure function of its key, and its layers do not share numbers', () => {
    const net = sequential(dense(4, 4), dense(4, 4))
    const [a, b, c] = [net.init(randomKey(1)), net.init(randomKey(1)), net.init(randomKey(2))].map((s) =>
      flat(s.params),
    ) as [Values, Values, Values]
    expect(same(a, b)).toBe(true)
    expect(same(a, c)).toBe(false)
    expect(a[0]).not.toEqual(a[2])
    expect(typeLeaves(net.params).map((t) => sizeOf(t.shape))).toEqual(a.map((x) => x.length))
  })
})

// -- what layers are -------------------------------------------------------------------------------------------------

describe('sizes', () => {
  const shapes = (l: Layer): readonly (readonly number[])[] => typeLeaves(l.params).map((t) => t.shape)
  test('dense layers hold their weights as [out, in]', () => {
    expect(shapes(dense(3, 1))).toEqual([[1, 3], [1]])
    expect(shapes(sequential(dense(3, 9), relu, dense(9, 2), relu, dense(2, 2)))).toEqual([
      [9, 3],
      [9],
      [2, 9],
      [2],
      [2, 2],
      [2],
    ])
    expect(parameterCount(sequential(dense(3, 4), relu, dense(4, 4), relu, dense(4, 1)))).toBe(41)
  })
  test('LeNet-5 has 61,706 parameters', () => {
    const lenet = sequential(
      takes(real(1, 32, 32)),
      conv2d(1, 6, 5),
      tanh,
      avgPool(2),
      conv2d(6, 16, 5),
      tanh,
      avgPool(2),
      flatten(),
      dense(400, 120),
      tanh,
      dense(120, 84),
      tanh,
      dense(84, 10),
    )
    expect(parameterCount(lenet)).toBe(61706)
    expect(predictOrThrow(lenet, real(1, 32, 32)).out).toEqual(real(10))
    expectTypeOf(predictOrThrow(lenet, real(1, 32, 32)).out).toEqualTypeOf<Type<readonly [10], 'real'>>()
    expect(summary(lenet, real(1, 32, 32))).toMatchInlineSnapshot(`
      "layer                 output            parameters    flops
      takes                 real[1, 32, 32]            0        0
      takes                 real[1, 32, 32]            0        0
      conv2d(1, 6, 5 x 5)   real[6, 28, 28]          156  239,904
      tanh                  real[6, 28, 28]            0    4,704
      avgPool(2)            real[6, 14, 14]            0   10,584
      conv2d(6, 16, 5 x 5)  real[16, 10, 10]       2,416  481,600
      tanh                  real[16, 10, 10]           0    1,600
      avgPool(2)            real[16, 5, 5]             0    3,600
      flatten               real[400]                  0        0
      dense(400, 120)       real[120]             48,120   96,120
      tanh                  real[120]                  0      120
      dense(120, 84)        real[84]              10,164   20,244
      tanh                  real[84]                   0       84
      dense(84, 10)         real[10]                 850    1,690
      in all                                      61,706  860,250"
    `)
  })
  test('flops: two per product of a sum, one per addition of a bias', () => {
    const rows = layersOf(sequential(dense(3, 4), relu, dense(4, 2, { bias: false })), real(5, 3))
    expect(E.isRight(rows) && rows.right.map((r) => r.flops)).toEqual([5 * 4 * (2 * 3 + 1), 0, 5 * 2 * 2 * 4])
    expect(E.isLeft(layersOf(dense(3, 4), real(2)))).toBe(true)
    expect(() => summary(sequential(dense(3, 4), relu), real(2))).toThrow('axis in is 2')
  })
  test('the arithmetic of windows is checked through a whole network', () => {
    sequential(
      takes(real(1, 28, 28)),
      conv2d(1, 32, 5),
      relu,
      maxPool(3),
      conv2d(32, 64, 5),
      relu,
      maxPool(2),
      flatten(),
      dense(256, 10),
    )
    sequential(
      takes(real(1, 28, 28)),
      conv2d(1, 32, 5),
      relu,
      maxPool(3),
      conv2d(32, 64, 5),
      relu,
      maxPool(2),
      flatten(),
      // @ts-expect-error dense(255, 10) takes [..., 255], not [256]
      dense(255, 10),
    )
    // @ts-expect-error a filter [64, 31, 5, 5] does not fit [32, 8, 8]: 31 channels are not 32
    sequential(takes(real(1, 28, 28)), conv2d(1, 32, 5), relu, maxPool(3), conv2d(31, 64, 5))
    // @ts-expect-error a filter [64, 16, 3, 3] does not fit [32, ?, ?]: 16 channels are not 32
    sequential(conv2d(1, 32, 5), relu, conv2d(16, 64, 3))
    const net = sequential(
      takes(real(8, 9, 9)),
      conv2d(8, 4, [3, 1], { stride: 2, pad: 1, groups: 2, bias: false }),
      globalAvgPool,
    )
    expectTypeOf(net.params[1]).toEqualTypeOf<{ readonly w: Type<readonly [4, 4, 3, 1], 'real'> } & unknown>()
    expect(net.params[1]).toEqual({ w: real(4, 4, 3, 1) })
    expect(predictOrThrow(net, real(8, 9, 9)).out).toEqual(real(4))
    expect(predictOrThrow(conv1d(2, 3, 4), real(2, 10)).out).toEqual(real(3, 7))
  })
  test('an embedding maps each integer to a row', () => {
    const e = embedding(4, 2)
    const p = predictOrThrow(sequential(e, dense(2, 1)), int(3))
    expectTypeOf(p.out).toEqualTypeOf<Type<readonly [3, 1], 'real'>>()
    expect(
      evaluate(predictOrThrow(e, int(3)).closed, [
        Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7),
        Float64Array.of(2, 0, 2),
      ])[0],
    ).toEqual(Float64Array.of(4, 5, 0, 1, 4, 5))
    // @ts-expect-error an embedding takes integers
    sequential(dense(2, 2), e)
  })
})

describe('what layers compute', () => {
  test('dense: W x + b, on a vector and on rows', () => {
    const w = [Float64Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(10, 20)]
    expect(at(dense(3, 2), w, [Float64Array.of(1, 0, -1)])).toEqual([Float64Array.of(8, 18)])
    expect(at(dense(3, 2), w, [Float64Array.of(1, 0, -1, 0, 1, 0)], real(2, 3))).toEqual([
      Float64Array.of(8, 18, 12, 25),
    ])
    expect(at(dense(3, 2, { bias: false }), w.slice(0, 1), [Float64Array.of(1, 0, -1)])).toEqual([
      Float64Array.of(-2, -2),
    ])
  })
  test('a batch of a one-example network is vmap of it', () => {
    const net = sequential(dense(3, 2), tanh)
    const over = { params: false, state: false, x: true } as const
    const many = vmap(4, { over })(predictOrThrow(net, real(3)))
    const params = paramsOf(net, 5)
    const xs = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i))
    const apart = [0, 1, 2, 3].flatMap((i) => [...(at(net, params, [xs.subarray(3 * i, 3 * i + 3)])[0] as Tensor)])
    expect(evaluate(many.closed, [...params, xs])[0]).toEqual(Float64Array.from(apart))
  })
  test('dropout: the identity in eval; in train zeros at its rate, the same mean, a function of its key', () => {
    const drop = dropout(0.25)
    const ones = new Float64Array(4000).fill(1)
    const run = (mode: 'train' | 'eval', words: readonly number[]): Tensor =>
      evaluate(closedOf(drop, real(4000), mode), [Float64Array.from(words), ones])[0] as Tensor
    expect(run('eval', [1, 2, 3])).toEqual(ones)
    const [a, b] = [run('train', [1, 2, 3]), run('train', [1, 2, 4])]
    expect(run('train', [1, 2, 3])).toEqual(a)
    expect(b).not.toEqual(a)
    expect(a.every((x) => x === 0 || Math.abs(x - 4 / 3) < 1e-12)).toBe(true)
    expect(Math.abs(a.filter((x) => x === 0).length - 1000)).toBeLessThan(140)
    // all dropped: zeros, and a gradient of zeros
    const all = programOrThrow({ x: real(3), k: int(3) }, ({ x, k }) =>
      sum()(dropout(1).apply(null, null, { mode: 'train', key: k }, x)[0]),
    )
    const input = [Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 3)]
    expect(evaluate(all.closed, input)).toEqual([Float64Array.of(0)])
    expect(evaluate(gradOrThrow(all).closed, input)).toEqual([new Float64Array(3)])
    expectTypeOf(sequential(dense(2, 2), drop).keys).toEqualTypeOf<readonly [null, Type<readonly [3], 'int'>]>()
  })
  test('layerNorm: mean 0 and variance 1 of every row', () => {
    const [y] = at(
      layerNorm([3]),
      [Float64Array.of(1, 1, 1), Float64Array.of(0, 0, 0)],
      [Float64Array.of(1, 2, 6)],
    ) as [Tensor]
    const s = Math.sqrt(14 / 3 + 1e-5)
    expect(closeAll([y], [Float64Array.of(-2 / s, -1 / s, 3 / s)])).toBe(true)
  })
  test('a function without a name is a layer too', () => {
    expect(stage((x) => mul(x, 2)).name).toBe('a function')
    expect(sequential(tanh, relu).name).toBe('sequential(tanh, relu)')
  })
})
