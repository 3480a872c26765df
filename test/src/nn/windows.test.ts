/** Attention in windows, to others, and by distance: each against a direct computation. */
import { describe, expect, test } from 'vitest'
import { evaluate, type Tensor } from '../../../lang/evaluate.ts'
import { leavesWithPath } from '../../../lang/syntax/tree.ts'
import { add, type Expr, real, type Type } from '../../../src/index.ts'
import * as nn from '../../../src/nn/index.ts'
import { randomKey } from '../../../src/random/index.ts'

const arrays = (tree: unknown): readonly Float64Array[] =>
  leavesWithPath(tree, ArrayBuffer.isView).map(([, a]) => Float64Array.from(a as Float32Array))
const numbers = (n: number, k = 1): Float64Array => Float64Array.from({ length: n }, (_, i) => Math.sin(k * i + 2))
const run = (l: nn.Layer, takes: unknown, params: readonly Tensor[], ...x: readonly Tensor[]): readonly number[] =>
  Array.from(evaluate(nn.predictOrThrow(l as never, takes as never).closed, [...params, ...x])[0] ?? [])
const close = (found: readonly number[], expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length)
  for (const [k, e] of expected.entries()) expect(found[k]).toBeCloseTo(e, 10)
}
const affine = (w: Tensor, b: Tensor, x: readonly number[], row: number): number =>
  x.reduce((s, v, i) => s + v * (w[row * x.length + i] as number), b[row] as number)

/** Attention of pixels to all others for which `sees` holds, with a bias for every pair, pixel by pixel. */
const masked = (
  [table, wQkv, bQkv, wOut, bOut]: readonly Tensor[],
  [h, w, d, heads, window]: readonly [number, number, number, number, number],
  x: Tensor,
  sees: (i: number, j: number) => boolean,
): readonly number[] => {
  const tokens = Array.from({ length: h * w }, (_, i) => Array.from(x).slice(i * d, (i + 1) * d))
  const qkv = tokens.map((t) => Array.from({ length: 3 * d }, (_, r) => affine(wQkv as Tensor, bQkv as Tensor, t, r)))
  const size = d / heads
  return tokens.flatMap((_, i) => {
    const joined = Array.from({ length: heads }, (_, k) => {
      const part = (j: number, which: number): readonly number[] =>
        (qkv[j] as number[]).slice(which * d + k * size, which * d + (k + 1) * size)
      const seen = tokens.map((_, j) => j).filter((j) => sees(i, j))
      const weights = seen.map((j) => {
        const step =
          (Math.floor(i / w) - Math.floor(j / w) + window - 1) * (2 * window - 1) + (i % w) - (j % w) + window - 1
        const score = part(i, 0).reduce((s, q, c) => s + q * (part(j, 1)[c] as number), 0) / Math.sqrt(size)
        return Math.exp(score + ((table as Tensor)[step * heads + k] as number))
      })
      const total = weights.reduce((a, b) => a + b, 0)
      return Array.from({ length: size }, (_, c) =>
        seen.reduce((s, j, n) => s + ((weights[n] as number) / total) * (part(j, 2)[c] as number), 0),
      )
    }).flat()
    return Array.from({ length: d }, (_, r) => affine(wOut as Tensor, bOut as Tensor, joined, r))
  })
}
describe('windowAttention is attention of all pixels, masked', () => {
  const [h, w, d, heads, window] = [6, 9, 4, 2, 3] as const
  const x = numbers(h * w * d)
  test.each([0, 1, 2])('with a shift of %s', (shift) => {
    const l = nn.windowAttention(d, heads, window, { shift })
    const params = arrays(l.init(randomKey(4)).params).map((a, k) => (k === 0 ? numbers(a.length, 5) : a))
    const part = (n: number): number => Math.floor((n - shift + window) / window)
    const sees = (i: number, j: number): boolean =>
      part(Math.floor(i / w)) === part(Math.floor(j / w)) && part(i % w) === part(j % w)
    close(run(l, real(h, w, d), params, x), masked(params, [h, w, d, heads, window], x, sees))
  })
  test('and does not depend on the number of pixels', () => {
    expect(nn.parameterCount(nn.windowAttention(96, 3, 7))).toBe(13 * 13 * 3 + 4 * (96 * 96 + 96))
  })
  test('it keeps the shape of images that are not whole windows', () => {
    expect(nn.predictOrThrow(nn.windowAttention(4, 2, 3, { shift: 1 }), real(7, 5, 4)).out).toEqual(real(7, 5, 4))
  })
  test('heads that do not divide the width are refused, and other shapes', () => {
    const build = (l: nn.Layer, x: Type) => () => nn.predictOrThrow(l as never, x as never)
    expect(build(nn.windowAttention(4, 3, 2), real(4, 4, 4))).toThrow(
      /windowAttention: heads 3 do not divide a width of 4/,
    )
    expect(build(nn.windowAttention(4, 2, 2), real(4, 4, 6))).toThrow(
      /windowAttention: input ends in an axis of 6, not 4/,
    )
    expect(build(nn.windowAttention(4, 2, 2), real(4, 4))).toThrow(/windowAttention/)
    for (const heads of [0, -2, 0.5]) {
      expect(build(nn.windowAttention(4, heads, 2), real(4, 4, 4))).toThrow(
        /heads is .*; expected a whole number, 1 or/,
      )
      expect(build(nn.multiHeadAttention(4, heads), real(3, 4))).toThrow(/heads is .*; expected a whole number, 1 or/)
    }
    expect(build(nn.multiHeadAttention(6, 2, { rotary: true }), real(4, 6))).toThrow(/rotary turns pairs/)
  })
})
test.each([-3, -1, 3, 7, 0.5, Number.NaN])('a shift of %s is no shift within windows of 3', (shift) => {
  expect(() => nn.predictOrThrow(nn.windowAttention(4, 2, 3, { shift }), real(6, 6, 4))).toThrow(
    /shift is .*; expected a whole number, 0 \.\. 2/,
  )
})
test.each([0, -2, 2.5, 1.3])('a window of %s is none', (window) => {
  expect(() => nn.predictOrThrow(nn.windowAttention(4, 2, window), real(6, 6, 4))).toThrow(
    /window must be a whole number/,
  )
})
describe('attention', () => {
  const x = numbers(3 * 4)
  test('to oneself by crossAttention is self-attention', () => {
    const params = arrays(nn.multiHeadAttention(4, 2).init(randomKey(1)).params)
    const self = run(nn.multiHeadAttention(4, 2), real(3, 4), params, x)
    close(run(nn.crossAttention(4, 2), [real(3, 4), real(3, 4)], params, x, x), self)
  })
  test('by crossAttention takes memories of any length', () => {
    const p = nn.predictOrThrow(nn.crossAttention(4, 2), [real(3, 4), real(7, 4)])
    expect(p.out).toEqual(real(3, 4))
    const decoder = nn.combine()(
      'decoder',
      { look: nn.crossAttention(4, 2) },
      (f, [y, memory]: readonly [Expr, Expr]) => add(y, f.look([y, memory])),
    )
    expect(nn.predictOrThrow(decoder, [real(3, 4), real(7, 4)]).out).toEqual(real(3, 4))
  })
  test('with rotated tokens depends on distances only', () => {
    const l = nn.multiHeadAttention(4, 2, { causal: true, rotary: true })
    const params = arrays(l.init(randomKey(1)).params)
    // a token that nobody looks at, as every query is 0, moves the others by one place
    const blind = params.map((a, k) => (k < 2 ? a.map((v, i) => (i < a.length / 3 ? 0 : v)) : a))
    const plain = run(nn.multiHeadAttention(4, 2, { causal: true }), real(3, 4), blind, x)
    close(run(l, real(3, 4), blind, x), plain)
    // the last two of four equal tokens see the same: all distances are there, and all tokens are equal
    const equal = Float64Array.from({ length: 16 }, (_, i) => x[i % 4] as number)
    const y = run(l, real(4, 4), params, equal)
    close(y.slice(8, 12), y.slice(12, 16))
  })
  test('positions are waves whose first pair is sin and cos of the position', () => {
    const y = run(nn.sinusoidalPositions, real(3, 4), [], new Float64Array(12))
    close(y.slice(8, 12), [Math.sin(2), Math.cos(2), Math.sin(0.02), Math.cos(0.02)])
  })
})
