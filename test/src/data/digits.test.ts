import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../../src/data/dataset.ts'
import { digits } from '../../../src/data/digits.ts'
import { key } from '../../../src/data/key.ts'
import { styles } from '../../../src/data/strokes.ts'

const seeds = fc.integer()

/** FNV-1a of the bytes, 32 bits. */
const hash = (bytes: Uint8Array): number =>
  bytes.reduce((h, byte) => Math.imul(h ^ byte, 0x01000193) >>> 0, 0x811c9dc5)

const picture = ({ images }: Dataset, i: number): Float32Array => images.subarray(i * 784, (i + 1) * 784)

describe('digits', () => {
  test('have the stated shape and values', () =>
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 12 }), (seed, n) => {
        const d = digits(key(seed), n)
        return (
          d.count === n &&
          d.rows === 28 &&
          d.columns === 28 &&
          d.images.length === 784 * n &&
          d.labels.length === n &&
          d.images.every((v) => v >= 0 && v <= 1)
        )
      }),
    ))

  test('fewer are a prefix of more', () =>
    fc.assert(
      fc.property(seeds, fc.nat(12), fc.nat(12), (seed, n, more) => {
        const [short, long] = [digits(key(seed), n), digits(key(seed), n + more)]
        return (
          short.images.every((v, i) => v === long.images[i]) &&
          short.labels.every((v, i) => v === long.labels[i])
        )
      }),
      { numRuns: 30 },
    ))

  test('show each digit once in every ten', () =>
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, tens) => {
        const { labels } = digits(key(seed), 10 * tens)
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
    const { images, labels } = digits(key(1), 100)
    expect(hash(new Uint8Array(images.buffer))).toMatchInlineSnapshot(`4045568926`)
    expect([...labels.subarray(0, 20)].join('')).toMatchInlineSnapshot(`"37258490169261407835"`)
  })

  test('no two of 500 are alike, from two keys', () => {
    const all = [digits(key(1), 250), digits(key(2), 250)].flatMap((d) =>
      Array.from({ length: 250 }, (_, i) => hash(Uint8Array.from(picture(d, i), (v) => 255 * v))),
    )
    expect(new Set(all).size).toBe(500)
  })

  test('weigh as MNIST does, and leave no ink on the border', () => {
    const { images } = digits(key(3), 1000)
    const mean = images.reduce((sum, v) => sum + v, 0) / images.length
    // MNIST's training pictures: 0.1307
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.01)
    const border = images.filter((_, i) => i % 28 === 0 || i % 28 === 27 || i % 784 < 28 || i % 784 >= 756)
    expect(border.filter((v) => v > 0.5).length / border.length).toBeLessThan(0.002)
  })
})

describe('the table of strokes', () => {
  const all = styles.flatMap((ways, digit) => ways.map((way, w) => ({ name: `${digit}, way ${w}`, ...way })))

  test('ten digits, at least three ways each, but two for 0', () => {
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
 * Softmax regression by gradient descent, plain loops: the share of `test` it names rightly after `epochs` passes.
 * An independent witness: nothing of this project's language takes part.
 */
const linearAccuracy = (train: Dataset, held: Dataset, epochs: number, rate: number): number => {
  const weights = new Float64Array(10 * 785)
  const scores = (d: Dataset, i: number): Float64Array =>
    Float64Array.from({ length: 10 }, (_, k) =>
      picture(d, i).reduce((sum, v, p) => sum + v * (weights[785 * k + p] ?? 0), weights[785 * k + 784] ?? 0),
    )
  for (let e = 0; e < epochs; e++)
    for (let i = 0; i < train.count; i++) {
      const s = scores(train, i)
      const top = Math.max(...s)
      const exps = s.map((v) => Math.exp(v - top))
      const total = exps.reduce((a, b) => a + b, 0)
      exps.forEach((v, k) => {
        const step = (rate / (1 + e)) * ((train.labels[i] === k ? 1 : 0) - v / total)
        picture(train, i).forEach((x, p) => {
          weights[785 * k + p] = (weights[785 * k + p] ?? 0) + step * x
        })
        weights[785 * k + 784] = (weights[785 * k + 784] ?? 0) + step
      })
    }
  const right = Array.from({ length: held.count }, (_, i) => {
    const s = scores(held, i)
    return s.indexOf(Math.max(...s)) === held.labels[i]
  }).filter((r) => r).length
  return right / held.count
}

test('a linear classifier learns much of them, and not all', () => {
  const accuracy = linearAccuracy(digits(key(10), 3000), digits(key(11), 1000), 6, 0.05)
  expect(accuracy).toBeGreaterThan(0.8)
  expect(accuracy).toBeLessThan(0.95)
})
