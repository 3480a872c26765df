/** Layers that combine others, and what they equal. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lang/evaluate.ts'
import { leavesWithPath } from '../../../lang/syntax/tree.ts'
import { conv, crossEntropy, int, maxPool, programOrThrow, real, relu, sigmoid } from '../../../src/index.ts'
import * as nn from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'

const numbers = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => Math.sin(7 * i + 1))
const arrays = (tree: unknown): readonly Float64Array[] =>
  leavesWithPath(tree, ArrayBuffer.isView).map(([, a]) => Float64Array.from(a as Float32Array))
/** The output of a layer at numbers of these sizes, in mode eval, with its first parameters. */
const output = (
  l: nn.Layer,
  shape: readonly number[],
  x = numbers(shape.reduce((a, b) => a * b, 1)),
): readonly number[] => {
  const { params, state } = l.init(randomKey(5))
  const p = nn.predictOrThrow(l, real(...shape) as never)
  return Array.from(evaluate(p.closed, [...arrays(params), ...arrays(state), x])[0] ?? [])
}
const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length)
  for (const [k, e] of expected.entries()) expect(found[k]).toBeCloseTo(e, 12)
}

describe('combinators', () => {
  const [f, g] = [nn.dense(3, 3), nn.dense(3, 3)]
  test('an array of layers is a sequence', () => {
    const nested = nn.sequential(f, [relu, g], [])
    expect(nn.parameterCount(nested)).toBe(24)
    const { params } = nested.init(randomKey(5))
    expect(params[1][1].w.length).toBe(9)
    close(output(nn.sequential([f, relu, g]), [3]), output(nn.sequential(nn.sequential(f, relu, g)), [3]))
  })
  test('gated multiplies, and repeats sizes of 1', () => {
    close(
      output(nn.gated(relu, sigmoid), [4]),
      Array.from(numbers(4), (x) => Math.max(x, 0) / (1 + Math.exp(-x))),
    )
    const means = nn.sequential(nn.globalAvgPool, nn.unflatten([2, 1, 1]))
    const x = numbers(8)
    const mean = (c: number): number => x.slice(4 * c, 4 * c + 4).reduce((a, b) => a + b, 0) / 4
    close(
      output(nn.gated(nn.identity, means), [2, 2, 2]),
      Array.from(x, (v, i) => v * mean(Math.floor(i / 4))),
    )
  })
  test('skipConcat puts the input beside the output', () => {
    const x = numbers(8)
    close(output(nn.skipConcat(0, relu), [2, 4]), [...Array.from(x, (v) => Math.max(v, 0)), ...x])
    const p = nn.predictOrThrow(nn.skipConcat(-1, nn.dense(4, 3)), real(2, 4))
    expect(p.out.shape).toEqual([2, 7])
  })
  test('channelLayerNorm is layerNorm of channels that were moved to the end', () => {
    const [x, c, n] = [numbers(12), 3, 4]
    const moved = Float64Array.from({ length: 12 }, (_, i) => x[(i % c) * n + Math.floor(i / c)] as number)
    const expected = output(nn.layerNorm([3]), [4, 3], moved)
    close(
      output(nn.channelLayerNorm(3), [3, 2, 2]),
      Array.from({ length: 12 }, (_, i) => expected[(i % n) * c + Math.floor(i / n)] as number),
    )
  })
  test('tied uses one table twice', () => {
    const l = nn.tied(3, 2, nn.identity)
    const p = nn.predictOrThrow(l, int(2))
    const table = [1, 2, 3, 4, 5, 6]
    expect(p.out.shape).toEqual([2, 3])
    expect(Array.from(evaluate(p.closed, [Float64Array.from(table), Float64Array.of(2, 0)])[0] ?? [])).toEqual([
      ...[17, 39, 61],
      ...[5, 11, 17],
    ])
    expect(nn.parameterCount(l)).toBe(6)
  })
  test('stochasticDepth leaves out an example as a whole, and keeps the mean', () => {
    const p = nn.forwardOrThrow('train')(nn.stochasticDepth(0.25), real(5))
    const sums = Array.from({ length: 400 }, (_, k) => {
      const [y = []] = evaluate(p.closed, [Float64Array.of(k, 3, 9), Float64Array.of(1, 1, 1, 1, 1)])
      expect(new Set(Array.from(y)).size).toBe(1)
      expect([0, 4 / 3]).toContain(y[0])
      return y[0] as number
    })
    expect(sums.reduce((a, b) => a + b, 0) / 400).toBeGreaterThan(0.9)
    expect(sums.reduce((a, b) => a + b, 0) / 400).toBeLessThan(1.1)
    close(output(nn.stochasticDepth(0.25), [3]), Array.from(numbers(3)))
  })
})

describe("padding 'same'", () => {
  test.each([
    [7, 3, 1, 1],
    [7, 3, 2, 1],
    [8, 3, 2, 1],
    [8, 4, 3, 1],
    [9, 2, 2, 2],
    [5, 1, 3, 1],
  ])('of %s with a filter of %s, stride %s and dilation %s gives the quotient rounded up', (n, k, stride, dilation) => {
    const p = programOrThrow([real(1, n), real(1, 1, k)], ([x, w]) => conv({ pad: 'same', stride, dilation })(x, w))
    const count = Math.ceil(n / stride)
    expect(p.out.shape).toEqual([1, count])
    const missing = Math.max(0, (count - 1) * stride + dilation * (k - 1) + 1 - n)
    const low = Math.floor(missing / 2)
    const explicit = programOrThrow([real(1, n), real(1, 1, k)], ([x, w]) =>
      conv({ pad: [[low, missing - low]], stride, dilation })(x, w),
    )
    const inputs = [numbers(n), numbers(k)]
    expect(evaluate(p.closed, inputs)).toEqual(evaluate(explicit.closed, inputs))
  })
  test('of a maximum too', () => {
    const p = programOrThrow(real(1, 5), (x) => maxPool({ kernel: 2, pad: 'same' })(x))
    expect(evaluate(p.closed, [Float64Array.of(1, 5, 2, 3, -4)])).toEqual([Float64Array.of(5, 3, -4)])
  })
})

test('crossEntropy over any axis is that of the array whose axes were moved', () => {
  const x = numbers(24)
  const labels = Float64Array.of(0, 2, 3, 1, 1, 0)
  const p = programOrThrow([real(2, 3, 4), int(2, 3)], ([l, t]) => crossEntropy({ axis: -1 })(l, t))
  const moved = Float64Array.from({ length: 24 }, (_, i) => {
    const [n, c, k] = [Math.floor(i / 12), Math.floor(i / 3) % 4, i % 3]
    return x[12 * n + 4 * k + c] as number
  })
  const q = programOrThrow([real(2, 4, 3), int(2, 3)], ([l, t]) => crossEntropy()(l, t))
  expect(evaluate(p.closed, [x, labels])[0]?.[0]).toBeCloseTo(evaluate(q.closed, [moved, labels])[0]?.[0] as number, 12)
  const first = programOrThrow([real(4, 6), int(6), real(4)], ([l, t, w]) =>
    crossEntropy({ axis: 0, reduction: 'none' })(l, t, w),
  )
  expect(first.out.shape).toEqual([6])
  const wrong = () =>
    programOrThrow([real(4, 6), int(6)], ([l, t]) => crossEntropy({ axis: 2 })(l as never, t as never))
  expect(wrong).toThrow(/crossEntropy: 2 is not an axis of an array of rank 2/)
})
