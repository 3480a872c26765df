import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../../src/data/dataset.ts'
import { digits } from '../../../src/data/digits.ts'
import { styles } from '../../../src/data/strokes.ts'
import { randomKey } from '../../../src/random/key.ts'

const seeds = fc.integer()

/** FNV-1a of the bytes, 32 bits. */
const hash = (bytes: Uint8Array): number => bytes.reduce((h, byte) => Math.imul(h ^ byte, 0x01000193) >>> 0, 0x811c9dc5)

const picture = ({ x }: Dataset, i: number): Float32Array => x.subarray(i * 784, (i + 1) * 784)

describe('digits', () => {
  test('have the stated shape and values', () =>
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 12 }), (seed, n) => {
        const d = digits(randomKey(seed), n)
        return (
          d.count === n &&
          d.rows === 28 &&
          d.columns === 28 &&
          d.x.length === 784 * n &&
          d.y.length === n &&
          d.x.every((v) => v >= 0 && v <= 1)
        )
      }),
    ))

  test('fewer are a prefix of more', () =>
    fc.assert(
      fc.property(seeds, fc.nat(12), fc.nat(12), (seed, n, more) => {
        const [short, long] = [digits(randomKey(seed), n), digits(randomKey(seed), n + more)]
        return short.x.every((v, i) => v === long.x[i]) && short.y.every((v, i) => v === long.y[i])
      }),
      { numRuns: 30 },
    ))

  test('show each digit once in every ten', () =>
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, tens) => {
        const { y: labels } = digits(randomKey(seed), 10 * tens)
        return Array.from({ length: tens }, (_, t) =>
          labels
            .slice(10 * t, 10 * t + 10)
            .toSorted()
            .join(''),
        ).every((ten) => ten === '0123456789')
      }),
      { numRuns: 30 },
    ))

  test('are the same bits on every engine', () => {
    const { x: images, y: labels } = digits(randomKey(1), 100)
    expect(hash(new Uint8Array(images.buffer))).toMatchInlineSnapshot(`1307955451`)
    expect([...labels.subarray(0, 20)].join('')).toMatchInlineSnapshot(`"37258490169261407835"`)
  })

  test('no two of 500 are alike, from two keys', () => {
    const all = [digits(randomKey(1), 250), digits(randomKey(2), 250)].flatMap((d) =>
      Array.from({ length: 250 }, (_, i) => hash(Uint8Array.from(picture(d, i), (v) => 255 * v))),
    )
    expect(new Set(all).size).toBe(500)
  })

  test('have the mean brightness of MNIST, and are not cut by the border', () => {
    const { x: images } = digits(randomKey(3), 1000)
    const mean = images.reduce((sum, v) => sum + v, 0) / images.length
    // MNIST's training pictures: 0.1307
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.01)
    const border = images.filter((_, i) => i % 28 === 0 || i % 28 === 27 || i % 784 < 28 || i % 784 >= 756)
    expect(Math.max(...border)).toBeLessThan(0.5)
  })
})

describe('the table of strokes', () => {
  const all = styles.flatMap((ways, digit) => ways.map((way, w) => ({ name: `${digit}, way ${w}`, ...way })))

  test('has ten digits, with at least two styles each', () => {
    expect(styles.map((ways) => ways.length >= 2)).toEqual(Array(10).fill(true))
  })

  test.each(all)('$name: two extremes, knot by knot, inside 0 .. 100', ({ share, from, to }) => {
    expect(share).toBeGreaterThan(0)
    expect(from.map((stroke) => stroke.length)).toEqual(to.map((stroke) => stroke.length))
    expect([...from, ...to].every((stroke) => stroke.length >= 4 && stroke.length % 2 === 0)).toBe(true)
    expect([...from, ...to].flat().every((v) => v >= 0 && v <= 100)).toBe(true)
  })

  test.each(all)('$name: a corner is one in both extremes', ({ from, to }) => {
    const corners = (strokes: typeof from): readonly string[] =>
      strokes.map((s) =>
        s.filter((_, i) => i % 2 === 0 && s[i] === s[i + 2] && s[i + 1] === s[i + 3]).length.toString(),
      )
    expect(corners(from)).toEqual(corners(to))
  })
})

/**
 * Softmax regression by gradient descent, picture by picture: the share of `held` that it names rightly
 * after `epochs` passes. An independent witness: plain loops, nothing of this project's language takes
 * part.
 */
const linearAccuracy = (train: Dataset, held: Dataset, epochs: number): number => {
  const weights = new Float64Array(10 * 784)
  const score = (pixels: Float32Array, k: number): number => {
    let sum = 0
    for (let p = 0; p < 784; p++) sum += (pixels[p] ?? 0) * (weights[784 * k + p] ?? 0)
    return sum
  }
  const scores = (pixels: Float32Array): readonly number[] => digitNames.map((k) => score(pixels, k))
  for (let step = 0; step < epochs * train.count; step++) {
    const i = step % train.count
    const pixels = picture(train, i)
    const exps = scores(pixels).map((v) => Math.exp(v))
    const total = exps.reduce((a, b) => a + b, 0)
    const rate = 0.05 / (1 + step / train.count)
    exps.forEach((v, k) => {
      const push = rate * ((train.y[i] === k ? 1 : 0) - v / total)
      for (let p = 0; p < 784; p++) weights[784 * k + p] = (weights[784 * k + p] ?? 0) + push * (pixels[p] ?? 0)
    })
  }
  const named = Array.from(held.y, (label, i) => {
    const s = scores(picture(held, i))
    return s.indexOf(Math.max(...s)) === label
  })
  return named.filter((right) => right).length / held.count
}

const digitNames = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

test('a linear classifier learns most digits, but not all', () => {
  const accuracy = linearAccuracy(digits(randomKey(10), 3000), digits(randomKey(11), 1000), 6)
  expect(accuracy).toBeGreaterThan(0.8)
  expect(accuracy).toBeLessThan(0.95)
})
