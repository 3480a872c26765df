/** A kernel in two means the same as in one. */
import { describe, expect, test } from 'vitest'
import { contractionIn } from '../../../backends/rewrite/contraction.ts'
import { limitSources } from '../../../backends/rewrite/limitSources.ts'
import { partsOf } from '../../../backends/rewrite/scalars.ts'
import { type Split, splitProduct, splitReduction } from '../../../backends/rewrite/splitLong.ts'
import { substitute } from '../../../backends/rewrite/substitute.ts'
import { runKernel, type Tensor } from '../../../lang/kernel/evaluate.ts'
import { fn, type Index, index, kernel, load, type Monoid, reduce, type Scalar } from '../../../lang/kernel/index.ts'
import { real, sizeOf, type Type } from '../../../lang/syntax/shape.ts'

/** Quarters: every sum and product of the tests is exact, in any order. */
const tensor = ({ shape }: Type): Tensor => Float64Array.from({ length: sizeOf(shape) }, (_, k) => ((k % 7) - 3) / 4)
const valuesOf = (axes: readonly Index[], body: Scalar, types: readonly Type[], arrays: readonly Tensor[]): Tensor =>
  runKernel(
    real(...axes.map((i) => i.size)),
    kernel((at) => substitute(body, new Map(axes.map((i, d) => [i, at[d] as Scalar])))) as never,
    types,
    arrays,
  )
const inOne = (axes: readonly Index[], body: Scalar, types: readonly Type[]): Tensor =>
  valuesOf(axes, body, types, types.map(tensor))
const inTwo = (axes: readonly Index[], types: readonly Type[], split: Split): Tensor => {
  const arrays = types.map(tensor)
  const part = valuesOf(split.axes, split.part, types, arrays)
  return valuesOf(axes, split.body, [...types, real(...split.axes.map((i) => i.size))], [...arrays, part])
}
const some = (s: Split | undefined): Split => s ?? expect.fail('it is split')

describe('a matrix product over a long sum', () => {
  const product = (summed: readonly number[]) => {
    const axes = [index(2), index(3)] as const
    const body = reduce('add', summed, (k) =>
      fn('mul', load(0, [axes[0], ...k], 'real'), load(1, [...k, axes[1]], 'real')),
    )
    return { axes, body, types: [real(2, ...summed), real(...summed, 3)] }
  }
  test.each([[[8192]], [[64, 128]], [[2, 64, 64]]])('over %j', (summed) => {
    const { axes, body, types } = product(summed)
    const c = contractionIn(axes, body) ?? expect.fail('it is a contraction')
    const split = some(splitProduct(axes, c, body, 2))
    expect(inTwo(axes, types, split)).toEqual(inOne(axes, body, types))
    expect(split.axes.length).toBe(3)
  })
  test('is not split where it is short, or of a prime length', () => {
    for (const n of [4095, 4099]) {
      const { axes, body } = product([n])
      const c = contractionIn(axes, body) ?? expect.fail('it is a contraction')
      const split = splitProduct(axes, c, body, 2)
      expect(split === undefined || split.axes[0]?.size === n).toBe(true)
    }
  })
})

describe('a long reduction to few numbers', () => {
  const limits = { long: 100, tooLong: 10_000, parts: () => 8 }
  test.each<readonly [Monoid, number]>([
    ['add', 160],
    ['max', 160],
    ['add', 10_007],
    ['min', 10_007],
  ])('%s of %d', (by, n) => {
    const body = reduce(by, [n], ([k]) => load(0, [k as Scalar], 'real'))
    const split = some(splitReduction([], body, 1, limits))
    expect(inTwo([], [real(n)], split)).toEqual(inOne([], body, [real(n)]))
    expect(split.axes[0]?.size).toBe(8)
  })
  test('a short one, and one whose length has no even parts, are not split', () => {
    for (const n of [99, 101])
      expect(
        splitReduction(
          [],
          reduce('add', [n], ([k]) => load(0, [k as Scalar], 'real')),
          1,
          limits,
        ),
      ).toBeUndefined()
  })
})

describe('a kernel that reads many arrays', () => {
  const axes = [index(5)] as const
  const at = (k: number): Scalar => load(k, axes, 'real')
  const types = [0, 1, 2, 3].map(() => real(5))
  const body = fn('mul', fn('add', at(0), at(1)), fn('sub', at(2), at(3)))
  const sources = (s: Scalar): number =>
    new Set([...partsOf(s)].flatMap((p) => (p._tag === 'Load' ? [p.source] : []))).size
  test('stores a part, and both read few', () => {
    const split = some(limitSources(axes, body, 4, 3))
    expect(inTwo(axes, types, split)).toEqual(inOne(axes, body, types))
    expect([sources(split.part), sources(split.body)]).toEqual([2, 3])
  })
  test('stores the part that leaves the fewest', () => {
    const deep = fn('add', fn('mul', fn('add', at(0), at(1)), at(2)), at(3))
    const split = some(limitSources(axes, deep, 4, 3))
    expect([sources(split.part), sources(split.body)]).toEqual([3, 2])
    expect(inTwo(axes, types, split)).toEqual(inOne(axes, deep, types))
  })
  test('is not split where it reads no more than the limit, or only in a loop', () => {
    expect(limitSources(axes, body, 4, 4)).toBeUndefined()
    const looped = reduce('add', [5], ([k]) =>
      [1, 2, 3].reduce((s, n) => fn('mul', s, load(n, [k as Scalar], 'real')), load(0, [k as Scalar], 'real')),
    )
    expect(limitSources([], looped, 4, 2)).toBeUndefined()
  })
})
