import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawnSingle } from '../../../src/random/draws.ts'
import {
  foldIn,
  type Key,
  normal,
  normalQuantile,
  permutation,
  randomKey,
  splitKey,
  uniform,
} from '../../../src/random/key.ts'
import { fillUniform, threefry } from '../../../src/random/threefry.ts'
import { openVectors } from '../../../src/random/vectors.ts'

const keys = fc.integer({ min: -(2 ** 53), max: 2 ** 53 }).map(randomKey)
const sizes = fc.integer({ min: 0, max: 40 })

const mean = (xs: Float64Array): number => xs.reduce((sum, x) => sum + x, 0) / xs.length
const variance = (xs: Float64Array): number => {
  const m = mean(xs)
  return mean(xs.map((x) => (x - m) ** 2))
}

/** E[(x_i - m)(x_(i+lag) - m)] / Var x */
const serialCorrelation = (xs: Float64Array, lag: number): number => {
  const m = mean(xs)
  const products = xs.subarray(lag).map((x, i) => (x - m) * ((xs[i] ?? 0) - m))
  return mean(products) / variance(xs)
}

test('threefry gives the answers published with Random123 (kat_vectors, threefry2x32, 20 rounds)', () => {
  const out = new Uint32Array(2)
  const cipher = (high: number, low: number, c0: number, c1: number): readonly number[] => {
    threefry({ high, low }, c0, c1, out, 0)
    return [...out]
  }
  expect(cipher(0, 0, 0, 0)).toEqual([0x6b200159, 0x99ba4efe])
  expect(cipher(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)).toEqual([0x1cb996fc, 0xbb002be7])
  expect(cipher(0x13198a2e, 0x03707344, 0x243f6a88, 0x85a308d3)).toEqual([0xc4923a9c, 0x483df7a0])
})

const digest = (x: Float64Array): string =>
  createHash('sha256').update(new Uint8Array(x.buffer)).digest('hex').slice(0, 16)
test.each([
  [0, '823c85764c6f7617', 'bf97bc7dc8d3f878'],
  [7, '859c7f38c085ed93', '613f3138aaf03d9f'],
  [-3, '00898578dc68263c', '0437c7a77a3a8e8c'],
  [2 ** 53, '5751025c1bb3bb2a', 'bac2ec02d61c3e90'],
])('the numbers of seed %d have the bits that they always had', (seed, ofUniform, ofNormal) => {
  expect(digest(uniform(100_003)(randomKey(seed)))).toBe(ofUniform)
  expect(digest(normal(100_003)(randomKey(seed)))).toBe(ofNormal)
})

describe('keys', () => {
  test('different integers have different keys', () =>
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.maxSafeInteger(), (a, b) => {
        const [ka, kb] = [randomKey(a), randomKey(b)]
        return a === b || ka.high !== kb.high || ka.low !== kb.low
      }),
    ))

  test('a seed that is not an integer has a key too', () => {
    expect(randomKey(2.75)).toEqual(randomKey(2))
    expect(randomKey(Number.NaN)).toEqual(randomKey(0))
    expect(randomKey(Infinity)).toEqual(randomKey(0))
  })

  test('foldIn(i)(k) = splitKey(n)(k)[i]', () => {
    const same = (k: Key, n: number): boolean =>
      splitKey(n)(k).every((c, i) => c.high === foldIn(i)(k).high && c.low === foldIn(i)(k).low)
    fc.assert(fc.property(keys, sizes, same))
  })

  test('10,000 children of one key and their first children are all different', () => {
    const children = splitKey(10_000)(randomKey(7))
    const all = [...children, ...children.map((c) => foldIn(0)(c))].map((c) => c.high * 2 ** 32 + c.low)
    expect(new Set(all).size).toBe(20_000)
  })
})

describe('uniform', () => {
  test('the same key gives the same numbers, and fewer are a prefix of more', () =>
    fc.assert(
      fc.property(keys, sizes, sizes, (k, n, more) => {
        const short = uniform(n)(k)
        const long = uniform(n + more)(k)
        return short.every((u, i) => u === long[i])
      }),
    ))

  test('can be drawn from any place on', () =>
    fc.assert(
      fc.property(keys, sizes, sizes, (k, from, n) => {
        const part = new Float64Array(n)
        fillUniform(k, from, part)
        return uniform(from + n)(k)
          .subarray(from)
          .every((u, i) => u === part[i])
      }),
    ))

  test('lie in [0, 1)', () => fc.assert(fc.property(keys, (k) => uniform(50)(k).every((u) => u >= 0 && u < 1))))

  // 200,000 numbers; each bound is four standard deviations of the statistic.
  const many = uniform(200_000)(randomKey(2024))

  test('mean 1/2 and variance 1/12', () => {
    expect(Math.abs(mean(many) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 200_000))
    expect(Math.abs(variance(many) - 1 / 12)).toBeLessThan(4 * Math.sqrt((1 / 80 - 1 / 144) / 200_000))
  })

  test.each([1, 2, 7])('no serial correlation at lag %i', (lag) => {
    expect(Math.abs(serialCorrelation(many, lag))).toBeLessThan(4 / Math.sqrt(200_000))
  })

  test('no correlation between the first numbers of neighbouring children', () => {
    const firsts = Float64Array.from(splitKey(20_000)(randomKey(5)), (c) => uniform(1)(c)[0] ?? 0)
    expect(Math.abs(mean(firsts) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / 20_000))
    expect(Math.abs(serialCorrelation(firsts, 1))).toBeLessThan(4 / Math.sqrt(20_000))
  })

  test('fill 100 bins evenly: chi-square with 99 degrees of freedom', () => {
    const counts = new Float64Array(100)
    for (const u of many) counts[Math.floor(100 * u)] = (counts[Math.floor(100 * u)] ?? 0) + 1
    const chi = counts.reduce((sum, c) => sum + (c - 2000) ** 2 / 2000, 0)
    // mean 99, deviation sqrt(198)
    expect(Math.abs(chi - 99)).toBeLessThan(4 * Math.sqrt(198))
  })
})

describe('normal', () => {
  // CPython 3.12, statistics.NormalDist().inv_cdf (Wichura's AS 241, full double precision)
  test.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.8, 0.8416212335729143],
    [0.001, -3.090232306167813],
    [1e-9, -5.997807015007686],
  ])('the quantile of %d is %d', (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThanOrEqual(1.2e-9 * Math.abs(x))
  })

  test('the quantile function is odd about 1/2 and increases', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 - 2 }), (i) => {
        const [p, next] = [i / 2 ** 30, (i + 1) / 2 ** 30]
        return normalQuantile(1 - p) === -normalQuantile(p) && normalQuantile(next) > normalQuantile(p)
      }),
    ))

  test('moments 0, 1, 0, 3 of 100,000 draws, within four deviations', () => {
    const z = normal(100_000)(randomKey(9))
    const moment = (n: number): number => mean(z.map((x) => x ** n))
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(1 / 100_000))
    expect(Math.abs(moment(2) - 1)).toBeLessThan(4 * Math.sqrt(2 / 100_000))
    expect(Math.abs(moment(3))).toBeLessThan(4 * Math.sqrt(15 / 100_000))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(4 * Math.sqrt(96 / 100_000))
  })
})

describe('permutation', () => {
  test('holds every index once', () =>
    fc.assert(
      fc.property(keys, sizes, (k, n) =>
        permutation(n)(k)
          .toSorted()
          .every((v, i) => v === i),
      ),
    ))

  test('the 24 orders of 4 are equally likely: chi-square with 23 degrees of freedom', () => {
    const counts = new Map<string, number>()
    for (const k of splitKey(12_000)(randomKey(3))) {
      const order = permutation(4)(k).join('')
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    const chi = [...counts.values()].reduce((sum, c) => sum + (c - 500) ** 2 / 500, 0)
    expect(counts.size).toBe(24)
    expect(Math.abs(chi - 23)).toBeLessThan(4 * Math.sqrt(46))
  })
})

describe('blocks of vectors', () => {
  test('hold the bits of one number after the other, also beyond a block', () =>
    fc.assert(
      fc.property(keys, fc.integer({ min: 250, max: 3000 }), (key, n) => {
        const one = new Float64Array(n)
        fillUniform(key, 0, one)
        const alike = (x: Float64Array, y: Float64Array): boolean => x.every((v, i) => Object.is(v, y[i]))
        return (
          alike(uniform(n)(key), one) &&
          alike(
            normal(n)(key),
            one.map((u) => normalQuantile(Math.max(u, 2 ** -54))),
          )
        )
      }),
    ))
  test('of single precision are these numbers, scaled and rounded', () => {
    const [key, n] = [randomKey(9), 5000]
    const bound = 0.3
    expect(drawnSingle('uniform', key, n, bound)).toEqual(
      Float32Array.from(uniform(n)(key), (u) => bound * (2 * u - 1)),
    )
    expect(drawnSingle('normal', key, n, bound)).toEqual(Float32Array.from(normal(n)(key), (x) => bound * x))
  })
  test('in the tails too: 0, the ends of the tails, and powers of two', () => {
    const found = openVectors()
    if (found === undefined) throw new Error('Node has vectors')
    const special = [0, 2 ** -53, 2 ** -54, 0.02425, 1 - 0.02425, 1 - 2 ** -53, 0.5, 2 ** -10, 2 ** -6, 1 - 2 ** -10]
    found.uniforms.set(special)
    found.calls.normal(special.length)
    for (const [k, u] of special.entries()) expect(found.normals[k]).toBe(normalQuantile(Math.max(u, 2 ** -54)))
  })
})
