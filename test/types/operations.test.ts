/** Shapes that flow through whole models at compile time, and where an error falls. Checked by tsc, not at run time. */

import { join } from 'node:path'
import { flow, pipe } from 'fp-ts/lib/function.js'
import { describe, expect, expectTypeOf, test } from 'vitest'
import {
  adaptiveAvgPool,
  at,
  attention,
  avgPool,
  batchNorm,
  batchNormFull,
  bceWithLogits,
  conv,
  convTranspose,
  cosineSimilarity,
  crossEntropy,
  diagEmbed,
  diagonal,
  dot,
  einsum,
  embedding,
  eye,
  flatten,
  gatherAlong,
  gelu,
  groupNorm,
  gt,
  huberLoss,
  indexSelect,
  keepAxes,
  layerNorm,
  linear,
  logSoftmax,
  logsumexp,
  lpPool,
  maskedMean,
  matmul,
  maxPool,
  maxPoolWithIndices,
  mean,
  mseLoss,
  multiHeadAttention,
  norm,
  oneHot,
  outer,
  padWith,
  pixelShuffle,
  pixelUnshuffle,
  pow,
  relu,
  repeatInterleave,
  resize,
  safeSelect,
  sliceAlong,
  smoothL1Loss,
  softCrossEntropy,
  softmax,
  sort,
  split,
  squeeze,
  stack,
  swapAxes,
  take,
  tile,
  topK,
  unsqueeze,
  upsampleNearest,
  variance,
} from '../../lang/operations/index.ts'
import { add, log } from '../../lang/primitives/elementwise.ts'
import { reduceMax } from '../../lang/primitives/reduction.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { input } from '../../lang/syntax/expr.ts'
import { programOrThrow } from '../../lang/syntax/program.ts'
import { bool, type DType, int, real, type Shape, type Type } from '../../lang/syntax/shape.ts'
import { compile } from './compile.ts'

const of = <const S extends Shape, D extends DType>(t: Type<S, D>): Expr<S, D> => input('x', t)
type Real<S extends Shape> = Expr<S, 'real'>
/** Runs nothing that would be ill-typed: these bodies are for the compiler. */
const compiled = (_: () => unknown): void => {}

describe('whole models', () => {
  test('a CNN from pixels to classes', () => {
    const net = programOrThrow(
      { x: real(1, 28, 28), k1: real(16, 1, 5, 5), k2: real(16, 16, 3, 3), w1: real(256, 400), w2: real(10, 256) },
      ({ x, k1, k2, w1, w2 }) => {
        const features = pipe(conv()(x, k1), relu, maxPool({ kernel: 2 }))
        expectTypeOf(features).toEqualTypeOf<Real<readonly [16, 12, 12]>>()
        const more = pipe(conv()(features, k2), relu, maxPool({ kernel: 2 }), flatten())
        expectTypeOf(more).toEqualTypeOf<Real<readonly [400]>>()
        const logits = linear(relu(linear(more, w1)), w2)
        expectTypeOf(logits).toEqualTypeOf<Real<readonly [10]>>()
        return logits
      },
    )
    expectTypeOf(net.out).toEqualTypeOf<Type<readonly [10], 'real'>>()
  })
  test('256 is not 257', () =>
    compiled(() => {
      const hidden = of(real(256))
      // @ts-expect-error cannot multiply [256] by [257, 10]: 256 is not 257
      matmul(hidden, of(real(257, 10)))
      // @ts-expect-error cannot multiply [256] by [257, 10]: 256 is not 257
      linear(hidden, of(real(10, 257)))
    }))
  test('a transformer block keeps its shape', () => {
    const p = { wQkv: of(real(192, 64)), bQkv: of(real(192)), wOut: of(real(64, 64)), bOut: of(real(64)) }
    const block = (x: Real<readonly [10, 64]>) => {
      const attended = add(x, multiHeadAttention({ heads: 4, causal: true })(x, p))
      return layerNorm()(add(attended, gelu(linear(attended, of(real(64, 64))))), of(real(64)), of(real(64)))
    }
    expectTypeOf(block).returns.toEqualTypeOf<Real<readonly [10, 64]>>()
    const heads = attention()(of(real(8, 10, 16)), of(real(8, 12, 16)), of(real(8, 12, 4)))
    expectTypeOf(heads).toEqualTypeOf<Real<readonly [8, 10, 4]>>()
  })
})

describe('products', () => {
  test('shapes', () => {
    expectTypeOf(matmul(of(real(2, 1, 3, 4)), of(real(5, 4, 6)))).toEqualTypeOf<Real<readonly [2, 5, 3, 6]>>()
    expectTypeOf(dot(of(real(3)), of(real(3)))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(outer(of(real(3)), of(real(4)))).toEqualTypeOf<Real<readonly [3, 4]>>()
    expectTypeOf(linear(of(real(7, 3)), of(real(5, 3)), of(real(5)))).toEqualTypeOf<Real<readonly [7, 5]>>()
    expectTypeOf(einsum('bij,bjk->bik')(of(real(2, 3, 4)), of(real(2, 4, 5)))).toEqualTypeOf<Real<readonly [2, 3, 5]>>()
    expectTypeOf(einsum('ii->')(of(real(3, 3)))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(einsum('i,ij,j->')(of(real(3)), of(real(3, 4)), of(real(4)))).toEqualTypeOf<Real<readonly []>>()
  })
  test('errors', () =>
    compiled(() => {
      // @ts-expect-error cannot multiply [2, 3] by [4, 5]: 3 is not 4
      matmul(of(real(2, 3)), of(real(4, 5)))
      // @ts-expect-error ij,jk->ik: j is 3 and 4
      einsum('ij,jk->ik')(of(real(2, 3)), of(real(4, 5)))
      // @ts-expect-error number of operands: 2 is not 1
      einsum('ij,jk->ik')(of(real(2, 3)))
      // @ts-expect-error an int is not a real
      matmul(of(int(2, 3)), of(real(3, 5)))
      // @ts-expect-error [4] is not [3]
      dot(of(real(3)), of(real(4)))
    }))
  test('what is not known is left to run time', () => {
    expectTypeOf(matmul(of(real(2, 3)) as Expr, of(real(3, 4))).type.shape).toBeAny()
    const unknown: Expr = of(real(3, 4))
    const y: Real<readonly [2, 4]> = matmul(of(real(2, 3)), unknown)
    expectTypeOf(y).toEqualTypeOf<Real<readonly [2, 4]>>()
  })
})

describe('images', () => {
  test('shapes', () => {
    const x = of(real(3, 32, 30))
    expectTypeOf(conv({ stride: 2, pad: 1 })(x, of(real(8, 3, 3, 3)))).toEqualTypeOf<Real<readonly [8, 16, 15]>>()
    expectTypeOf(conv({ groups: 3 })(x, of(real(6, 1, 3, 3)))).toEqualTypeOf<Real<readonly [6, 30, 28]>>()
    const batch = of(real(5, 3, 32, 30))
    expectTypeOf(conv({ pad: [1, [0, 2]] })(batch, of(real(8, 3, 3, 3)))).toEqualTypeOf<Real<readonly [5, 8, 32, 30]>>()
    expectTypeOf(convTranspose({ stride: 2 })(x, of(real(3, 8, 2, 2)))).toEqualTypeOf<Real<readonly [8, 64, 60]>>()
    expectTypeOf(maxPool({ kernel: 3, stride: 2, pad: 1 })(x)).toEqualTypeOf<Real<readonly [3, 16, 15]>>()
    expectTypeOf(avgPool({ kernel: [2, 2] })(batch)).toEqualTypeOf<Real<readonly [5, 3, 16, 15]>>()
    expectTypeOf(adaptiveAvgPool(1)(x)).toEqualTypeOf<Real<readonly [3, 1, 1]>>()
    expectTypeOf(adaptiveAvgPool([4, 5])(batch)).toEqualTypeOf<Real<readonly [5, 3, 4, 5]>>()
    expectTypeOf(upsampleNearest(2)(x)).toEqualTypeOf<Real<readonly [3, 64, 60]>>()
    expectTypeOf(upsampleNearest([2, 3])(batch)).toEqualTypeOf<Real<readonly [5, 3, 64, 90]>>()
    expectTypeOf(pixelShuffle(2)(of(real(12, 4, 5)))).toEqualTypeOf<Real<readonly [3, 8, 10]>>()
    expectTypeOf(pixelUnshuffle(2)(of(real(3, 4, 6)))).toEqualTypeOf<Real<readonly [12, 2, 3]>>()
    expectTypeOf(resize([7, 9])(batch)).toEqualTypeOf<Real<readonly [5, 3, 7, 9]>>()
    expectTypeOf(resize(7)(x)).toEqualTypeOf<Real<readonly [3, 7, 7]>>()
    expectTypeOf(maxPool({ kernel: 3, stride: 2, ceilMode: true })(x)).toEqualTypeOf<Real<readonly [3, 16, 15]>>()
    expectTypeOf(maxPool({ kernel: [2], stride: 3, pad: 1, ceilMode: true })(of(real(1, 7)))).toEqualTypeOf<
      Real<readonly [1, 3]>
    >()
    expectTypeOf(lpPool({ p: 2, kernel: 2 })(x)).toEqualTypeOf<Real<readonly [3, 16, 15]>>()
    expectTypeOf(maxPoolWithIndices({ kernel: 2 })(x).indices).toEqualTypeOf<Expr<readonly [3, 16, 15], 'int'>>()
    expectTypeOf(conv({ pad: 'valid' })(x, of(real(8, 3, 3, 3)))).toEqualTypeOf<Real<readonly [8, 30, 28]>>()
    expectTypeOf(conv({ batchGroups: 2 })(of(real(4, 3, 8)), of(real(6, 3, 3)))).toEqualTypeOf<
      Real<readonly [2, 6, 6]>
    >()
    expectTypeOf(attention({ grouped: true })(of(real(6, 3, 4)), of(real(2, 5, 4)), of(real(2, 5, 7)))).toEqualTypeOf<
      Real<readonly [6, 3, 7]>
    >()
    expectTypeOf(cosineSimilarity(0)(of(real(3, 4)), of(real(3, 4)))).toEqualTypeOf<Real<readonly [4]>>()
    expectTypeOf(at(of(int(2)))(of(real(3, 4))).set(0)).toEqualTypeOf<Real<readonly [3, 4]>>()
    expectTypeOf(maskedMean(0, { keep: true })(of(real(3, 4)), of(bool(4)))).toEqualTypeOf<Real<readonly [1, 4]>>()
  })
  test('errors', () =>
    compiled(() => {
      const x = of(real(3, 32, 32))
      // @ts-expect-error a filter [8, 4, 3, 3] does not fit [3, 32, 32]: 4 channels are not 3
      conv()(x, of(real(8, 4, 3, 3)))
      // @ts-expect-error a filter [8, 3, 3, 33] does not fit [3, 32, 32]: a span of 33 is more than 32
      conv()(x, of(real(8, 3, 3, 33)))
      // @ts-expect-error a window does not fit [3, 32, 32]: a span of 40 is more than 32
      maxPool({ kernel: 40 })(x)
    }))
})

describe('statistics and losses', () => {
  test('shapes', () => {
    const x = of(real(2, 3, 4))
    expectTypeOf(mean()(x)).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(mean([0])(x)).toEqualTypeOf<Real<readonly [3, 4]>>()
    expectTypeOf(mean(-1, { keep: true })(x)).toEqualTypeOf<Real<readonly [2, 3, 1]>>()
    expectTypeOf(variance([0, 1], { correction: 1 })(x)).toEqualTypeOf<Real<readonly [4]>>()
    expectTypeOf(norm(1, { p: 1, keep: true })(x)).toEqualTypeOf<Real<readonly [2, 1, 4]>>()
    expectTypeOf(keepAxes(reduceMax)(-1)(x)).toEqualTypeOf<Real<readonly [2, 3, 1]>>()
    expectTypeOf(safeSelect(log, 1, 0)(gt(x, 0), x)).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(pipe(x, softmax(-1), logsumexp(1))).toEqualTypeOf<Real<readonly [2, 4]>>()
    expectTypeOf(flow(logSoftmax(0), mean([1, 2]))(x)).toEqualTypeOf<Real<readonly [2]>>()
    expectTypeOf(mseLoss({ broadcast: true })(x, of(real(3, 1)))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(mseLoss({ reduction: 'none', broadcast: true })(x, of(real(3, 1)))).toEqualTypeOf<
      Real<readonly [2, 3, 4]>
    >()
    expectTypeOf(mseLoss({ reduction: 'none' })(x, of(real()))).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(mseLoss({ reduction: 'none' })(x, x)).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(batchNorm()(x, of(real(3)), of(real(3)))).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(batchNorm({ axis: -1 })(x, of(real(4)), of(real(4)))).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(huberLoss({ delta: 2, reduction: 'none' })(x, x)).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(huberLoss({ delta: 2 as number })(x, x)).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(crossEntropy({ ignoreIndex: -100 })(of(real(5, 10)), of(int(5)))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(crossEntropy()(of(real(5, 10)), of(int(5)), of(real(10)))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(crossEntropy()(of(real(5, 10)), of(int(5)))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(crossEntropy()(of(real(10)), of(int()))).toEqualTypeOf<Real<readonly []>>()
    expectTypeOf(crossEntropy({ reduction: 'none' })(of(real(5, 10, 2)), of(int(5, 2)))).toEqualTypeOf<
      Real<readonly [5, 2]>
    >()
  })
  test('errors', () =>
    compiled(() => {
      const x = of(real(2, 3, 4))
      // @ts-expect-error [2, 3, 4] has no axis 3
      mean(3)(x)
      // @ts-expect-error [2, 3, 4] has no axis -4
      softmax(-4)(x)
      // @ts-expect-error the prediction is [2, 3, 4], the target [4]
      mseLoss()(x, of(real(4)))
      // @ts-expect-error the prediction is [2, 3, 4], the target [2, 3, 1]
      bceWithLogits()(x, of(real(2, 3, 1)))
      // @ts-expect-error cannot broadcast [2, 3, 4] with [5]: 4 is not 5
      mseLoss({ broadcast: true })(x, of(real(5)))
      // @ts-expect-error [2] does not broadcast to [4]
      bceWithLogits()(of(real(4)), of(real(4)), of(real(2)))
      // @ts-expect-error a weight for each of 10 classes
      crossEntropy()(of(real(5, 10)), of(int(5)), of(real(1)))
      // @ts-expect-error one row of targets
      softCrossEntropy()(of(real(5, 10)), of(real(1, 10)))
      // @ts-expect-error 'abc' is no reduction
      mseLoss({ reduction: 'abc' })
      // @ts-expect-error delta must not be negative
      huberLoss({ delta: -1 })
      // @ts-expect-error beta must not be negative
      smoothL1Loss({ reduction: 'sum', beta: -0.5 })
      // @ts-expect-error labelSmoothing must not be negative
      crossEntropy({ labelSmoothing: -0.1 })
      // @ts-expect-error 'fro' is the p of a norm of matrices
      norm([0], { p: 'fro' })
      // @ts-expect-error the mean of integers
      mean()(of(int(3)))
      // @ts-expect-error one number for 3 channels
      batchNorm()(x, of(real(3)), of(real(1)))
      // @ts-expect-error the channels are on axis 0
      batchNorm({ axis: 0 })(x, of(real(3)), of(real(3)))
      // @ts-expect-error one variance for 3 channels
      batchNormFull()(x, of(real(3)), of(real(3)), of(real(3)), of(real(1)))
      // @ts-expect-error [3] is not the last axes of [2, 3, 4]
      layerNorm()(x, of(real(3)), of(real(3)))
      // @ts-expect-error beta has another shape than gamma
      layerNorm()(x, of(real(4)), of(real(1)))
      // @ts-expect-error -2 groups
      groupNorm(-2)
      // @ts-expect-error [6] is not [5]
      crossEntropy()(of(real(5, 10)), of(int(6)))
      // @ts-expect-error targets are ints
      crossEntropy()(of(real(5, 10)), of(real(5)))
      // @ts-expect-error cannot broadcast [2, 3, 4] with [5]: 4 is not 5
      gt(x, of(real(5)))
    }))
})

describe('arranging', () => {
  test('shapes', () => {
    const x = of(real(2, 3, 4))
    expectTypeOf(sliceAlong(1, 1)(x)).toEqualTypeOf<Real<readonly [2, 2, 4]>>()
    expectTypeOf(sliceAlong(-1, 0, -1, 2)(x)).toEqualTypeOf<Real<readonly [2, 3, 2]>>()
    expectTypeOf(sliceAlong(0, undefined, undefined, -1)(x)).toEqualTypeOf<Real<readonly [number, 3, 4]>>()
    expectTypeOf(take(1, 0)(x)).toEqualTypeOf<Real<readonly [2, 4]>>()
    expectTypeOf(stack(0)([x, x, x])).toEqualTypeOf<Real<readonly [3, 2, 3, 4]>>()
    expectTypeOf(split(2, [1, 3])(x)).toEqualTypeOf<readonly [Real<readonly [2, 3, 1]>, Real<readonly [2, 3, 3]>]>()
    expectTypeOf(pipe(x, unsqueeze(1), squeeze(1))).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
    expectTypeOf(swapAxes(0, -1)(x)).toEqualTypeOf<Real<readonly [4, 3, 2]>>()
    expectTypeOf(flatten(1)(x)).toEqualTypeOf<Real<readonly [2, 12]>>()
    expectTypeOf(tile([2, 1])(x)).toEqualTypeOf<Real<readonly [2, 6, 4]>>()
    expectTypeOf(repeatInterleave(3, 1)(x)).toEqualTypeOf<Real<readonly [2, 9, 4]>>()
    expectTypeOf(
      padWith([
        [0, 0],
        [1, 2],
        [-1, 0],
      ])(x),
    ).toEqualTypeOf<Real<readonly [2, 6, 3]>>()
    expectTypeOf(diagonal(of(real(5, 3, 3)))).toEqualTypeOf<Real<readonly [5, 3]>>()
    expectTypeOf(diagEmbed(of(real(5, 3)))).toEqualTypeOf<Real<readonly [5, 3, 3]>>()
    expectTypeOf(eye(4)).toEqualTypeOf<Real<readonly [4, 4]>>()
    expectTypeOf(oneHot(10)(of(int(5)))).toEqualTypeOf<Real<readonly [5, 10]>>()
    expectTypeOf(embedding(of(real(100, 8)), of(int(2, 5)))).toEqualTypeOf<Real<readonly [2, 5, 8]>>()
    expectTypeOf(gatherAlong(1)(x, of(int(2, 7, 4)))).toEqualTypeOf<Real<readonly [2, 7, 4]>>()
    expectTypeOf(indexSelect(1)(x, of(int(7)))).toEqualTypeOf<Real<readonly [2, 7, 4]>>()
    expectTypeOf(sort(1)(x).indices).toEqualTypeOf<Expr<readonly [2, 3, 4], 'int'>>()
    expectTypeOf(topK(-1, 2)(x).values).toEqualTypeOf<Real<readonly [2, 3, 2]>>()
    expectTypeOf(pow(x, 2)).toEqualTypeOf<Real<readonly [2, 3, 4]>>()
  })
  test('errors', () =>
    compiled(() => {
      const x = of(real(2, 3, 4))
      // @ts-expect-error axis 1 of [2, 3, 4] is 3, not 1
      squeeze(1)(x)
      // @ts-expect-error [2, 3, 4] has no axis 3
      take(3, 0)(x)
      // @ts-expect-error no axis 4 can be inserted into [2, 3, 4]
      unsqueeze(4)(x)
    }))
})

describe('what the compiler says', () => {
  test('names both numbers, at the argument that does not fit', { timeout: 20_000 }, () => {
    const root = join(import.meta.dirname, '../..')
    const { errors } = compile(`
      import { conv, linear, matmul } from ${JSON.stringify(join(root, 'lang/operations/index.ts'))}
      import type { Expr } from ${JSON.stringify(join(root, 'lang/syntax/expr.ts'))}
      declare const real: <const S extends readonly number[]>(...shape: S) => Expr<S, 'real'>
      matmul(real(256), real(257, 10))
      linear(real(256), real(10, 257))
      conv({ pad: 1 })(real(3, 32, 32), real(8, 4, 3, 3))
    `)
    const own = errors
      .map((line) => /generated\.mts(\(\d+,\d+\)): (.*)/.exec(line)?.slice(1) ?? [])
      .filter((e) => e.length > 0)
    expect(own.map(([place]) => place)).toEqual(['(5,25)', '(6,25)', '(7,41)'])
    expect(own[0]?.[1]).toContain('256 is not 257')
    expect(own[1]?.[1]).toContain('256 is not 257')
    expect(own[2]?.[1]).toContain('4 channels are not 3')
  })
})
