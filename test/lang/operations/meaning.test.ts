/** What operations give, against a second definition of each: loops, or the words of the reference they follow. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as O from '../../../lang/operations/index.ts'
import { concat } from '../../../lang/primitives/concat.ts'
import { mul } from '../../../lang/primitives/elementwise.ts'
import { reverse } from '../../../lang/primitives/reindex.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { programOrThrow } from '../../../lang/syntax/program.ts'
import { int, real, sizeOf, strides } from '../../../lang/syntax/shape.ts'
import { vjpOrThrow } from '../../../src/transform/vjp.ts'
import { vmap } from '../../../src/transform/vmap.ts'
import type { AnyProgram } from '../../laws/derivative.ts'
import { array, count, filled, type Given, integers, near, shapeOfResult, small, valuesOf, vector } from './apply.ts'

describe('einsum', () => {
  /** Every letter takes every value: the definition. */
  const slow = (equation: string, xs: readonly Given[]): readonly number[] => {
    const [left, out] = equation.split('->') as [string, string]
    const words = left.split(',')
    const sizes = new Map(words.flatMap((w, k) => [...w].map((l, d) => [l, xs[k]?.type.shape[d] as number] as const)))
    const letters = [...sizes.keys()]
    const result = new Float64Array(sizeOf([...out].map((l) => sizes.get(l) as number)))
    const place = (w: string, at: ReadonlyMap<string, number>): number => {
      const by = strides([...w].map((l) => sizes.get(l) as number))
      return [...w].reduce((n, l, d) => n + (at.get(l) as number) * (by[d] as number), 0)
    }
    const go = (k: number, at: ReadonlyMap<string, number>): void => {
      const l = letters[k]
      if (l === undefined) {
        const i = place(out, at)
        result[i] = (result[i] as number) + words.reduce((p, w, j) => p * (xs[j]?.data[place(w, at)] as number), 1)
      } else for (const v of count(sizes.get(l) as number)) go(k + 1, new Map([...at, [l, v]]))
    }
    go(0, new Map())
    return [...result]
  }
  const word = fc.array(fc.constantFrom('i', 'j', 'k', 'l'), { maxLength: 3 }).map((ls) => ls.join(''))
  test('is the sum over all letters that the output does not name', () => {
    const equations = fc
      .record({
        words: fc.array(word, { minLength: 1, maxLength: 3 }),
        keep: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        back: fc.boolean(),
      })
      .map(({ words, keep, back }) => {
        const out = [...new Set(words.join(''))].filter((_, k) => keep[k])
        return { words, equation: `${words.join(',')}->${(back ? out.reverse() : out).join('')}` }
      })
    fc.assert(
      fc.property(equations, fc.tuple(small, small, small, small), ({ words, equation }, sizes) => {
        const xs = words.map((w, k) =>
          filled(
            [...w].map((l) => sizes['ijkl'.indexOf(l)] as number),
            k,
          ),
        )
        return near(
          valuesOf((...es) => (O.einsum(equation) as (...es: readonly Expr[]) => Expr)(...es), ...xs),
          slow(equation, xs),
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('slices', () => {
  const python = (xs: readonly number[], start?: number, stop?: number, step = 1): readonly number[] => {
    const n = xs.length
    const wrap = (i: number): number => (i < 0 ? i + n : i)
    const clip = (i: number): number => (step > 0 ? Math.min(Math.max(i, 0), n) : Math.min(Math.max(i, -1), n - 1))
    const [from, to] = [
      start === undefined ? (step > 0 ? 0 : n - 1) : clip(wrap(start)),
      stop === undefined ? (step > 0 ? n : -1) : clip(wrap(stop)),
    ]
    const out: number[] = []
    for (let i = from; step > 0 ? i < to : i > to; i += step) out.push(xs[i] as number)
    return out
  }
  const place = fc.option(fc.integer({ min: -8, max: 8 }), { nil: undefined })
  test('are those of Python', () => {
    fc.assert(
      fc.property(place, place, fc.constantFrom(1, 2, 3, -1, -2, -3), (start, stop, step) => {
        const expected = python([0, 1, 2, 3, 4], start, stop, step)
        const f = (e?: Expr): Expr => O.sliceAlong(0, start, stop, step)(e as Expr)
        return (
          near(valuesOf(f, vector(0, 1, 2, 3, 4)), expected) &&
          shapeOfResult(f, vector(0, 1, 2, 3, 4))[0] === expected.length
        )
      }),
      { numRuns: 100 },
    )
  })
  test('split and concat are inverse; so are flip and flip', () => {
    const x = filled([2, 5, 2])
    expect(valuesOf((e) => concat(1)(O.split(1, [2, 0, 3])(e as Expr)), x)).toEqual(x.data)
    expect(valuesOf((e) => O.sliceAlong(1, undefined, undefined, -1)(reverse(1)(e as Expr)), x)).toEqual(x.data)
  })
  test('roll', () => {
    expect(valuesOf((e) => O.roll(-1, 0)(e as Expr), vector(1, 2, 3, 4))).toEqual([2, 3, 4, 1])
    expect(valuesOf((e) => O.roll(9, 0)(e as Expr), vector(1, 2, 3, 4))).toEqual([4, 1, 2, 3])
  })
})

describe('margins', () => {
  const x = vector(1, 2, 3, 4)
  test.each([
    ['constant', { value: 9 }, [2, 1], [9, 9, 1, 2, 3, 4, 9]],
    ['cropped', {}, [-1, 1], [2, 3, 4, 0]],
    ['reflect', { mode: 'reflect' }, [2, 3], [3, 2, 1, 2, 3, 4, 3, 2, 1]],
    ['replicate', { mode: 'replicate' }, [2, 1], [1, 1, 1, 2, 3, 4, 4]],
  ] as const)('%s', (_, options, sides, expected) => {
    expect(valuesOf((e) => O.padWith([sides], options)(e as Expr), x)).toEqual(expected)
  })
})

describe('lookups', () => {
  const table = array([3, 2], [1, 2, 3, 4, 5, 6])
  test('rows, columns, and one element per place', () => {
    expect(valuesOf((t, i) => O.embedding(t as Expr, i as Expr), table, integers([2], [2, 0]))).toEqual([5, 6, 1, 2])
    expect(valuesOf((t, i) => O.indexSelect(1)(t as Expr, i as Expr), table, integers([3], [1, 0, 1]))).toEqual([
      2, 1, 2, 4, 3, 4, 6, 5, 6,
    ])
    expect(valuesOf((t, i) => O.gatherAlong(0)(t as Expr, i as Expr), table, integers([1, 2], [2, 1]))).toEqual([5, 4])
    expect(valuesOf((i) => O.oneHot(3)(i as Expr), integers([3], [2, 0, 7]))).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0])
  })
  test('an embedding is a product with oneHot', () => {
    const i = integers([2, 2], [2, 0, 1, 1])
    const product = valuesOf((t, at) => O.matmul(O.oneHot(3)(at as Expr), t as Expr), table, i)
    expect(valuesOf((t, at) => O.embedding(t as Expr, at as Expr), table, i)).toEqual(product)
  })
  test('a table shared by many examples is pulled to as one table, not as one for each', () => {
    const one = programOrThrow([real(5, 3), int(2)], ([t, i]) => O.embedding(t, i))
    const many = vjpOrThrow(vmap(7, { over: [false, true] })(one) as AnyProgram)
    const sizes = many.closed.equations.flatMap((q) => q.outs.map((t) => sizeOf(t.shape)))
    expect(Math.max(...sizes)).toBeLessThan(7 * 5 * 3)
  })
  test('what is added to one place twice counts twice', () => {
    const into = array([2, 2], [10, 20, 30, 40])
    const add = valuesOf(
      (x, i, s) => O.scatterAddAlong(1)(x as Expr, i as Expr, s as Expr),
      into,
      integers([1, 3], [1, 1, 0]),
      array([1, 3], [1, 2, 4]),
    )
    expect(add).toEqual([14, 23, 30, 40])
    const rows = valuesOf(
      (x, i, s) => O.indexAdd(0)(x as Expr, i as Expr, s as Expr),
      into,
      integers([2], [1, 1]),
      array([2, 2], [1, 2, 3, 4]),
    )
    expect(rows).toEqual([10, 20, 34, 46])
  })
})

describe('order', () => {
  const x = array([2, 3], [3, 1, 2, 5, 5, Number.NaN])
  test('values are found by the indices; stable; NaN last', () => {
    expect(valuesOf((e) => O.sort()(e as Expr).indices, x)).toEqual([1, 2, 0, 0, 1, 2])
    expect(valuesOf((e) => O.sort(1, { descending: true })(e as Expr).values, x)).toEqual([3, 2, 1, 5, 5, Number.NaN])
    expect(valuesOf((e) => O.topK(-1, 1)(e as Expr).values, x)).toEqual([3, 5])
    expect(valuesOf((e) => O.gatherAlong(0)(e as Expr, O.sort(0)(e as Expr).indices), x)).toEqual(
      valuesOf((e) => O.sort(0)(e as Expr).values, x),
    )
  })
})

describe('normalisation and attention', () => {
  test('instance, group and layer norm are one thing over other axes', () => {
    const x = filled([4, 3])
    const [ones, zeros] = [vector(1, 1, 1, 1), vector(0, 0, 0, 0)]
    const each = valuesOf((e, g, b) => O.instanceNorm()(e as Expr, g as Expr, b as Expr), x, ones, zeros)
    expect(
      near(
        each,
        valuesOf((e) => O.standardize(1)(e as Expr), x),
      ),
    ).toBe(true)
    const all = valuesOf((e, g, b) => O.groupNorm(1)(e as Expr, g as Expr, b as Expr), x, ones, zeros)
    expect(
      near(
        all,
        valuesOf((e) => O.standardize()(e as Expr), x),
      ),
    ).toBe(true)
  })
  test('the running variance is unbiased', () => {
    const args = [array([2, 1], [1, 3]), vector(1), vector(0), vector(0), vector(1)] as const
    const full = (k: 'mean' | 'variance') =>
      valuesOf(
        (x, g, b, m, v) => O.batchNormFull({ momentum: 0.5 })(x as Expr, g as Expr, b as Expr, m as Expr, v as Expr)[k],
        ...args,
      )
    expect([full('mean'), full('variance')]).toEqual([[1], [1.5]])
  })
  test('attention with one key is its value', () => {
    const [q, k, v] = [filled([3, 2]), filled([1, 2], 2), array([1, 2], [7, 8])]
    expect(valuesOf((a, b, c) => O.attention()(a as Expr, b as Expr, c as Expr), q, k, v)).toEqual([7, 8, 7, 8, 7, 8])
  })
  test('causal: the first place sees itself only', () => {
    const x = filled([3, 2])
    expect(
      near(
        valuesOf((e) => O.attention({ causal: true })(e as Expr, e as Expr, e as Expr), x).slice(0, 2),
        x.data.slice(0, 2),
      ),
    ).toBe(true)
  })
  test('cross entropy of one example is that of a batch of one', () => {
    const one = valuesOf((x, t) => O.crossEntropy()(x as Expr, t as Expr), vector(1, 2, 3), integers([], [1]))
    expect(one).toEqual(
      valuesOf((x, t) => O.crossEntropy()(x as Expr, t as Expr), array([1, 3], [1, 2, 3]), integers([1], [1])),
    )
    const scaled = valuesOf((x) => mul(2, O.logsumexp()(x as Expr)), vector(1, 2, 3))
    expect(one[0]).toBeCloseTo((scaled[0] as number) / 2 - 2, 12)
  })
})

describe('linear', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of rank %d is the product of its rows with the weights', (rank) => {
    const shape = [...count(rank - 1).map((d) => (d < 2 ? 2 : 1)), 3]
    const x = filled(shape, 1)
    const [w, b] = [filled([2, 3], 2), filled([2], 3)]
    const rows = count(x.data.length / 3).flatMap((r) =>
      count(2).map((o) =>
        count(3).reduce(
          (sum, k) => sum + (x.data[3 * r + k] as number) * (w.data[3 * o + k] as number),
          b.data[o] as number,
        ),
      ),
    )
    const f = (...[e, u, c]: readonly Expr[]) => O.linear(e as Expr, u as Expr, c as never) as Expr
    expect(shapeOfResult(f, x, w, b)).toEqual([...shape.slice(0, -1), 2])
    expect(near(valuesOf(f, x, w, b), rows)).toBe(true)
  })
  test('matmul and outer of rank 8', () => {
    const front = [1, 2, 1, 2, 1, 1]
    const [x, y] = [filled([...front, 2, 3], 1), filled([3], 2)]
    const product = valuesOf((a, b) => O.matmul(a as Expr, b as Expr) as Expr, x, y)
    const rows = count(8).map((r) =>
      count(3).reduce((sum, k) => sum + (x.data[3 * r + k] as number) * (y.data[k] as number), 0),
    )
    expect(near(product, rows)).toBe(true)
    const pairs = filled([2, ...count(7).map(() => 1)], 3)
    expect(shapeOfResult((a, b) => O.outer(a as Expr, b as Expr) as Expr, x, pairs)).toEqual([
      ...front,
      2,
      3,
      ...pairs.type.shape,
    ])
  })
})
