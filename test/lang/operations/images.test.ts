/** Convolution and pooling against loops over every window, channel and element: their definitions. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as O from '../../../lang/operations/index.ts'
import type { Expr } from '../../../lang/syntax/expr.ts'
import { array, count, filled, type Given, near, small, valuesOf } from './apply.ts'

describe('convolution', () => {
  const options = fc.record({
    stride: small,
    pad: fc.integer({ min: 0, max: 2 }),
    dilation: small,
    groups: fc.integer({ min: 1, max: 2 }),
  })
  /** One position and one channel at a time. */
  const slow = (
    x: Given,
    w: Given,
    o: { stride: number; pad: number; dilation: number; groups: number },
  ): readonly number[] => {
    const [c, h] = x.type.shape as [number, number]
    const [out, per, k] = w.type.shape as [number, number, number]
    const places = Math.floor((h + 2 * o.pad - o.dilation * (k - 1) - 1) / o.stride) + 1
    return count(out).flatMap((f) =>
      count(places).map((p) =>
        count(per)
          .flatMap((i) =>
            count(k).map((r) => {
              const at = p * o.stride + r * o.dilation - o.pad
              const channel = Math.floor(f / (out / o.groups)) * (c / o.groups) + i
              return at < 0 || at >= h
                ? 0
                : (x.data[channel * h + at] as number) * (w.data[(f * per + i) * k + r] as number)
            }),
          )
          .reduce((a, b) => a + b, 0),
      ),
    )
  }
  test('is the sum over channels and filter', () => {
    fc.assert(
      fc.property(options, fc.integer({ min: 7, max: 10 }), small, (o, h, k) => {
        const [x, w] = [filled([4, h]), filled([2, 4 / o.groups, k], 2)]
        return near(
          valuesOf((a, b) => O.conv(o)(a as Expr, b as Expr), x, w),
          slow(x, w, o),
        )
      }),
      { numRuns: 40 },
    )
  })
  test('<conv(x, w), y> = <x, convTranspose(y, w)>', () => {
    fc.assert(
      fc.property(options, small, fc.integer({ min: 1, max: 4 }), (o, k, places) => {
        const h = (places - 1) * o.stride + o.dilation * (k - 1) + 1 - 2 * o.pad
        if (h < 1) return true
        const [x, w, y] = [filled([4, h]), filled([2, 4 / o.groups, k], 2), filled([2, places], 3)]
        const [left] = valuesOf((a, b, c) => O.dot(O.conv(o)(a as Expr, b as Expr), c as Expr), x, w, y)
        const [right] = valuesOf((a, b, c) => O.dot(a as Expr, O.convTranspose(o)(c as Expr, b as Expr)), x, w, y)
        return near([left as number], [right as number])
      }),
      { numRuns: 40 },
    )
  })
  test('a batch gives the same as its examples one by one', () => {
    const w = filled([3, 2, 2, 2], 5)
    const [a, b] = [filled([2, 4, 3], 1), filled([2, 4, 3], 2)]
    const one = (x: Given): readonly number[] => valuesOf((e, f) => O.conv({ stride: 2 })(e as Expr, f as Expr), x, w)
    const both = valuesOf(
      (e, f) => O.conv({ stride: 2 })(e as Expr, f as Expr),
      array([2, 2, 4, 3], [...a.data, ...b.data]),
      w,
    )
    expect(both).toEqual([...one(a), ...one(b)])
  })
})

describe('pooling', () => {
  const options = fc
    .record({
      kernel: fc.tuple(small, small),
      stride: fc.tuple(small, small),
      dilation: fc.tuple(small, small),
      pad: fc.tuple(fc.nat(1), fc.nat(1)),
    })
    .map((o) => {
      // at most half of what a window spans
      const most = (d: 0 | 1): number => Math.floor((o.dilation[d] * (o.kernel[d] - 1) + 1) / 2)
      return { ...o, pad: [Math.min(o.pad[0], most(0)), Math.min(o.pad[1], most(1))] as const }
    })
  const [h, w] = [7, 8]
  const window = (
    o: { kernel: readonly number[]; stride: readonly number[]; dilation: readonly number[]; pad: readonly number[] },
    x: Given,
    f: (xs: readonly (number | undefined)[]) => number,
  ): readonly number[] => {
    const at = (d: 0 | 1, p: number, k: number): number =>
      p * (o.stride[d] as number) + k * (o.dilation[d] as number) - (o.pad[d] as number)
    const places = (d: 0 | 1, n: number): number =>
      Math.floor(
        (n + 2 * (o.pad[d] as number) - (o.dilation[d] as number) * ((o.kernel[d] as number) - 1) - 1) /
          (o.stride[d] as number),
      ) + 1
    return count(places(0, h)).flatMap((p) =>
      count(places(1, w)).map((q) =>
        f(
          count(o.kernel[0] as number).flatMap((r) =>
            count(o.kernel[1] as number).map((s) => {
              const [i, j] = [at(0, p, r), at(1, q, s)]
              return i < 0 || i >= h || j < 0 || j >= w ? undefined : x.data[i * w + j]
            }),
          ),
        ),
      ),
    )
  }
  const inside = (xs: readonly (number | undefined)[]): readonly number[] => xs.filter((v) => v !== undefined)
  const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0)
  const x = filled([1, h, w])
  test('is the maximum, or the mean, of every window', () => {
    fc.assert(
      fc.property(options, (o) => {
        const covered = window(o, x, (xs) => inside(xs).length).every((n) => n > 0)
        const best = valuesOf((e) => O.maxPool(o)(e as Expr) as Expr, x)
        const all = valuesOf((e) => O.avgPool(o)(e as Expr) as Expr, x)
        const own = valuesOf((e) => O.avgPool({ ...o, countPadding: false })(e as Expr) as Expr, x)
        return (
          near(
            all,
            window(o, x, (xs) => total(inside(xs)) / xs.length),
          ) &&
          (!covered ||
            near(
              best,
              window(o, x, (xs) => Math.max(...inside(xs))),
            )) &&
          (!covered ||
            near(
              own,
              window(o, x, (xs) => total(inside(xs)) / inside(xs).length),
            ))
        )
      }),
      { numRuns: 40 },
    )
  })
  test('adaptive window i covers floor(i n / m) up to ceil((i + 1) n / m)', () => {
    const line = array([1, 5], [1, 2, 3, 4, 5])
    expect(
      near(
        valuesOf((e) => O.adaptiveAvgPool(3)(e as Expr), line),
        [1.5, 3, 4.5],
      ),
    ).toBe(true)
    expect(valuesOf((e) => O.adaptiveMaxPool(3)(e as Expr), line)).toEqual([2, 4, 5])
    expect(valuesOf((e) => O.adaptiveAvgPool(1)(e as Expr), line)).toEqual([3])
  })
})
