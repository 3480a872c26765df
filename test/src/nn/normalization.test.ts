/** Normalisations: mean 0 and variance 1 of the numbers that are normalised together, by sums over plain arrays. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { relu } from '../../../lang/operations/activation.ts'
import { real, type Type } from '../../../lang/syntax/shape.ts'
import {
  conv2d,
  dense,
  groupNorm,
  instanceNorm,
  type Layer,
  layerNorm,
  predictOrThrow,
  rmsNorm,
  sequential,
  takes,
} from '../../../src/nn/index.ts'
import { at } from '../../laws/category.ts'
import { closeAll } from '../../laws/close.ts'
import { indices, tabulate, wave, waves } from './naive.ts'

const eps = 1e-5
const shape = [4, 3, 2]
const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length

describe('each number is normalised with the numbers of its group', () => {
  /** The layer, the axis of its scale, and the group of every index. */
  const table: readonly (readonly [
    string,
    Layer,
    (i: readonly number[]) => number,
    (i: readonly number[]) => string,
  ])[] = [
    ['layerNorm of the last axis', layerNorm([2]), ([, , w]) => w as number, ([c, h]) => `${c} ${h}`],
    ['layerNorm of the last two', layerNorm([3, 2]), ([, h, w]) => 2 * (h as number) + (w as number), ([c]) => `${c}`],
    ['groupNorm of 2 groups', groupNorm(2, 4), ([c]) => c as number, ([c]) => `${Math.floor((c as number) / 2)}`],
    ['groupNorm of one group', groupNorm(1, 4), ([c]) => c as number, () => ''],
    ['instanceNorm', instanceNorm(4), ([c]) => c as number, ([c]) => `${c}`],
  ]
  test.each(table)('%s', (_, l, scale, family) => {
    const { gamma } = l.params as { readonly gamma: Type<readonly number[]> }
    const n = gamma.shape.reduce((a, b) => a * b, 1)
    const [[x, xs], g, b] = [waves(shape), wave(n, 1), wave(n, 2)]
    const expected = tabulate(shape, (...i) => {
      const together = indices(shape)
        .filter((j) => family(j) === family(i))
        .map((j) => x.at(...j))
      const variance = mean(together.map((v) => (v - mean(together)) ** 2))
      return (
        ((x.at(...i) - mean(together)) / Math.sqrt(variance + eps)) * (g[scale(i)] as number) + (b[scale(i)] as number)
      )
    })
    expect(closeAll(at(l, [g, b], [xs], real(...shape)), [expected])).toBe(true)
  })
  test('rmsNorm: x / sqrt(mean(x^2) + eps) gamma', () => {
    const [[x, xs], g] = [waves([3, 5]), wave(5, 1)]
    const expected = tabulate([3, 5], (r, k) => {
      const row = Array.from({ length: 5 }, (_, j) => x.at(r, j) ** 2)
      return (x.at(r, k) / Math.sqrt(mean(row) + 0.01)) * (g[k] as number)
    })
    expect(closeAll(at(rmsNorm([5], { eps: 0.01 }), [g], [xs], real(3, 5)), [expected])).toBe(true)
    expect(Object.keys(rmsNorm([5]).params)).toEqual(['gamma'])
  })
})

test('the normalised axes are checked where sizes are literal', () => {
  const net = sequential(
    takes(real(1, 8, 8)),
    conv2d(1, 4, 3),
    groupNorm(2, 4),
    relu,
    instanceNorm(4),
    layerNorm([6, 6]),
  )
  expectTypeOf(predictOrThrow(net, real(1, 8, 8)).out).toEqualTypeOf<Type<readonly [4, 6, 6], 'real'>>()
  // @ts-expect-error groupNorm(8) takes [8, ...], not [4, ?, ?]
  sequential(conv2d(1, 4, 3), groupNorm(2, 8))
  // @ts-expect-error instanceNorm(3) takes [3, ...], not [4, ?, ?]
  sequential(conv2d(1, 4, 3), instanceNorm(3))
  // @ts-expect-error layerNorm over [5] does not fit [4]
  sequential(takes(real(3)), dense(3, 4), layerNorm([5]))
  // @ts-expect-error rmsNorm over [7, 4] does not fit [4]
  sequential(takes(real(3)), dense(3, 4), rmsNorm([7, 4]))
  const untyped = predictOrThrow as (l: unknown, x: unknown) => unknown
  expect(() => untyped(groupNorm(3, 4), real(4, 2))).toThrow('3 do not divide 4 channels')
  expect(() => untyped(layerNorm([5]), real(2, 4))).toThrow()
})
