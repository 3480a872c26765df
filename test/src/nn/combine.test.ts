/** Layers of named parts, and learned numbers that meet every example. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { add, evaluate, mul, real, relu, sigmoid, type Type } from '../../../src/index.ts'
import * as nn from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'

const key = randomKey(5)
/** The numbers of a tree, leaf by leaf. */
const leaves = (tree: unknown): readonly Float64Array[] =>
  tree === null
    ? []
    : ArrayBuffer.isView(tree)
      ? [Float64Array.from(tree as Float32Array)]
      : Object.values(tree as object).flatMap(leaves)
const output = (network: nn.Layer, x: readonly number[], shape: readonly number[]): readonly number[] => {
  const { params, state } = network.init(key)
  const p = nn.predictOrThrow(network, real(...shape))
  const [y] = evaluate(p.closed, [...leaves(params), ...leaves(state), Float64Array.from(x)])
  return [...(y as Float64Array)]
}

describe('combine', () => {
  const gated = nn.combine()('gated', { value: nn.dense(2, 2), gate: nn.sequential(nn.dense(2, 2), sigmoid) }, (f, a) =>
    mul(f.value(a), f.gate(a)),
  )
  test('its trees have the names of the parts', () => {
    expect(Object.keys(gated.params)).toEqual(['value', 'gate'])
    expectTypeOf(gated.params.value.w).toEqualTypeOf<Type<readonly [2, 2], 'real'>>()
  })
  test('its output is what `through` says', () => {
    const { value, gate } = gated.init(key).params
    const affine = (p: { readonly w: ArrayLike<number> }, k: number): number =>
      (p.w[2 * k] as number) * 3 - (p.w[2 * k + 1] as number)
    const expected = [0, 1].map((k) => affine(value as never, k) / (1 + Math.exp(-affine(gate[0] as never, k))))
    output(gated, [3, -1], [2]).forEach((y, k) => {
      expect(y).toBeCloseTo(expected[k] as number, 12)
    })
  })
  test('a part that runs twice has its weights once', () => {
    const twice = nn.combine()('twice', { inner: nn.dense(2, 2, { bias: false }) }, (f, a) => f.inner(f.inner(a)))
    expect(nn.parameterCount(twice)).toBe(4)
    const { w } = twice.init(key).params.inner
    const [a, b, c, d] = Array.from(w as Float32Array) as unknown as readonly [number, number, number, number]
    const square = [a * a + b * c, a * b + b * d, c * a + d * c, c * b + d * d] as const
    output(twice, [1, 2], [2]).forEach((y, k) => {
      expect(y).toBeCloseTo((square[2 * k] as number) + 2 * (square[2 * k + 1] as number), 12)
    })
  })
  test('the state of a part goes through', () => {
    const normed = nn.combine()('normed', { norm: nn.batchNorm(2) }, (f, a) => f.norm(a))
    expect(Object.keys(normed.state.norm)).toEqual(['mean', 'variance'])
    expect(Object.keys(normed.init(key).state.norm)).toEqual(['mean', 'variance'])
    // eval: (x - 0) / sqrt(1 + eps)
    expect(output(normed, [1, 2], [2, 1])).toEqual([1 / Math.sqrt(1 + 1e-5), 2 / Math.sqrt(1 + 1e-5)])
  })
})

describe('learned numbers that meet every example', () => {
  test('layerScale multiplies the last axis', () => {
    expect(output(nn.layerScale(2, 0.5), [1, 2, 3, 4], [2, 2])).toEqual([0.5, 1, 1.5, 2])
  })
  test('classToken is the first row', () => {
    const seven = nn.classToken(2, () => Float32Array.of(7, 8))
    expect(output(seven, [1, 2, 3, 4], [2, 2])).toEqual([7, 8, 1, 2, 3, 4])
  })
  test('positions adds a row to each token', () => {
    const four = nn.positions(2, 2, { start: () => Float32Array.of(10, 20, 30, 40) })
    expect(output(four, [1, 2, 3, 4], [2, 2])).toEqual([11, 22, 33, 44])
  })
  test('a table of positions that does not fit is refused', () => {
    for (const rows of [1, 2])
      expect(() => nn.predictOrThrow(nn.positions(3, 2), real(rows, 2))).toThrow(/positions.*real\[3, 2\]/)
    expect(() => nn.predictOrThrow(nn.layerScale(3), real(2, 1) as never)).toThrow(/layerScale.*real\[3\]/)
  })
})
test('the parts of a network are those of its author: add of two functions is none', () => {
  const sum = nn.combine()('sum', { a: relu, b: nn.identity }, (f, x) => add(f.a(x), f.b(x)))
  expect(output(sum, [-1, 2], [2])).toEqual([-1, 4])
})
