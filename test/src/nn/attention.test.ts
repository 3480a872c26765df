/** Multi-head attention: its formula by loops, its size, and what its outputs depend on. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import type { Tensor } from '../../../lang/evaluate.ts'
import { real, sizeOf, type Type } from '../../../lang/syntax/shape.ts'
import { typeLeaves } from '../../../lang/syntax/tree.ts'
import { dense, multiHeadAttention, parameterCount, predictOrThrow, sequential, takes } from '../../../src/nn/index.ts'
import { at } from '../../laws/category.ts'
import { closeAll, type Values } from '../../laws/close.ts'
import { affine, plain, wave } from './naive.ts'

const [width, heads, length] = [6, 3, 5]
const free = multiHeadAttention(width, heads)
const causal = multiHeadAttention(width, heads, { causal: true })
const params: Values = typeLeaves(free.params).map((t, i) => wave(sizeOf(t.shape), i + 1))
const rows = (x: Tensor): number[][] =>
  Array.from({ length: x.length / width }, (_, r) => [...x.slice(r * width, (r + 1) * width)])

/** Concat over heads of softmax(Q K^T / sqrt(width / heads)) V, mapped by W_out. */
const byLoops = (x: Tensor, seen: (l: number, s: number) => boolean): Tensor => {
  const [wQkv, bQkv, wOut, bOut] = params as readonly [Tensor, Tensor, Tensor, Tensor]
  const packed = affine(rows(x), plain([3 * width, width], wQkv), bQkv)
  const size = width / heads
  const part = (token: number, what: number, head: number): readonly number[] =>
    (packed[token] as number[]).slice(what * width + head * size, what * width + (head + 1) * size)
  const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * (b[i] as number), 0)
  const answers = rows(x).map((_, l) =>
    Array.from({ length: heads }, (_, h) => {
      const weights = rows(x).map((_, s) =>
        seen(l, s) ? Math.exp(dot(part(l, 0, h), part(s, 1, h)) / Math.sqrt(size)) : 0,
      )
      const total = weights.reduce((a, b) => a + b, 0)
      return Array.from({ length: size }, (_, k) =>
        weights.reduce((sum, w, s) => sum + (w / total) * (part(s, 2, h)[k] as number), 0),
      )
    }).flat(),
  )
  return Float64Array.from(affine(answers, plain([width, width], wOut), bOut).flat())
}
const x = wave(length * width)
const run = (l: typeof free, input: Tensor): Tensor =>
  at(l, params, [input], real(input.length / width, width))[0] as Tensor

describe('multi-head attention', () => {
  test('is its formula', () => {
    expect(closeAll([run(free, x)], [byLoops(x, () => true)])).toBe(true)
    expect(closeAll([run(causal, x)], [byLoops(x, (l, s) => s <= l)])).toBe(true)
  })
  test('it has 4 (D^2 + D) parameters for any number of tokens', () => {
    expect(parameterCount(free)).toBe(4 * (width * width + width))
    for (const n of [1, 2, 9]) expect(run(free, wave(n * width)).length).toBe(n * width)
  })
  test('permuting the tokens permutes the outputs', () => {
    const turned = (y: Tensor): Tensor => Float64Array.from(rows(y).reverse().flat())
    expect(closeAll([run(free, turned(x))], [turned(run(free, x))])).toBe(true)
    expect(closeAll([run(causal, turned(x))], [turned(run(causal, x))])).toBe(false)
  })
  test('causal: an output does not depend on later tokens', () => {
    const changed = x.map((v, i) => (i >= 3 * width ? -v : v))
    const early = (y: Tensor): Tensor => y.slice(0, 3 * width)
    expect(early(run(causal, changed))).toEqual(early(run(causal, x)))
    expect(early(run(free, changed))).not.toEqual(early(run(free, x)))
  })
  test('sizes are checked where they are literal', () => {
    const net = sequential(takes(real(7, 12)), dense(12, 6), multiHeadAttention(6, 2), dense(6, 1))
    expectTypeOf(predictOrThrow(net, real(7, 12)).out).toEqualTypeOf<Type<readonly [7, 1], 'real'>>()
    expectTypeOf(multiHeadAttention(6, 2).params.wQkv).toEqualTypeOf<Type<readonly [18, 6], 'real'>>()
    // @ts-expect-error multiHeadAttention(8, 2) takes [..., L, 8], not [7, 6]
    sequential(takes(real(7, 12)), dense(12, 6), multiHeadAttention(8, 2))
    // @ts-expect-error 4 heads do not divide a width of 6
    sequential(takes(real(7, 6)), multiHeadAttention(6, 4))
    const untyped = predictOrThrow as (l: unknown, x: unknown) => unknown
    expect(() => untyped(multiHeadAttention(6, 4), real(7, 6))).toThrow('4 do not divide a width of 6')
  })
})
