import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batches, runs } from '../../../src/data/batches.ts'
import { type Dataset, holdOut, select, take } from '../../../src/data/dataset.ts'
import { randomKey } from '../../../src/random/key.ts'

/** n pictures of 2 x 1 pixels that can be told apart: picture i = [i, -i], label i. */
const numbered = (n: number): Dataset => ({
  x: Float32Array.from({ length: 2 * n }, (_, i) => (i % 2 === 0 ? i / 2 : -(i - 1) / 2)),
  y: Int32Array.from({ length: n }, (_, i) => i),
  count: n,
  rows: 2,
  columns: 1,
})

/** Each label is that of its picture. */
const paired = ({ x: images, y: labels }: Pick<Dataset, 'x' | 'y'>): boolean =>
  images.length === 2 * labels.length &&
  labels.every((label, i) => images[2 * i] === label && images[2 * i + 1] === -label)

const walk = (seed: number, n: number, size: number): readonly Dataset[] =>
  [...batches(randomKey(seed), n, size)].map((places) => select(numbered(n), places))

const labelsOf = (all: readonly Dataset[]): readonly number[] => all.flatMap((b) => [...b.y])

const counts = fc.integer({ min: 0, max: 60 })
const batchSizes = fc.integer({ min: 1, max: 20 })

describe('one pass over the examples', () => {
  test('has floor(count / size) batches of one size, with the labels of their pictures', () =>
    fc.assert(
      fc.property(fc.integer(), counts, batchSizes, (seed, n, size) => {
        const all = walk(seed, n, size)
        return all.length === Math.floor(n / size) && all.every((b) => b.y.length === size && paired(b))
      }),
    ))

  test('shows no example twice', () =>
    fc.assert(
      fc.property(fc.integer(), counts, batchSizes, (seed, n, size) => {
        const seen = labelsOf(walk(seed, n, size))
        return new Set(seen).size === seen.length && seen.every((i) => i >= 0 && i < n)
      }),
    ))

  test('shows every example once when the batch size divides the count', () =>
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 6 }), batchSizes, (seed, times, size) => {
        const seen = labelsOf(walk(seed, times * size, size))
        return seen.length === times * size && seen.toSorted((a, b) => a - b).every((v, i) => v === i)
      }),
    ))

  test('walked twice, gives the same batches', () => {
    const list = batches(randomKey(4), 30, 7)
    expect([...list]).toEqual([...list])
  })

  test('another key gives another order', () => {
    expect(labelsOf(walk(1, 50, 10))).not.toEqual(labelsOf(walk(2, 50, 10)))
  })

  test.each([0, -3, 2.5, Number.NaN, Infinity])('a batch size of %d gives no batch', (size) => {
    expect(walk(1, 10, size)).toEqual([])
    expect([...runs(10, size)]).toEqual([])
  })

  test('runs are all indices in order, of one size except the last', () =>
    fc.assert(
      fc.property(counts, batchSizes, (n, size) => {
        const all = [...runs(n, size)]
        expect(all.flatMap((r) => [...r])).toEqual(Array.from({ length: n }, (_, i) => i))
        expect(all.every((r, k) => r.length === (k < all.length - 1 ? size : n - k * size))).toBe(true)
      }),
    ))
})

describe('parts of a dataset', () => {
  test('holdOut puts each example into one of two parts, n into validation', () =>
    fc.assert(
      fc.property(fc.integer(), counts, counts, (seed, count, n) => {
        const { train, validation } = holdOut(randomKey(seed), numbered(count), n)
        const all = [...train.y, ...validation.y].toSorted((a, b) => a - b)
        return (
          validation.count === Math.min(n, count) &&
          train.count + validation.count === count &&
          all.every((v, i) => v === i) &&
          paired(train) &&
          paired(validation)
        )
      }),
    ))

  test('take gives the first n examples, or all', () =>
    fc.assert(
      fc.property(counts, fc.integer({ min: -5, max: 80 }), (count, n) => {
        const part = take(numbered(count), n)
        return (
          part.count === Math.min(Math.max(n, 0), count) &&
          part.y.length === part.count &&
          part.y.every((v, i) => v === i) &&
          paired(part)
        )
      }),
    ))

  test('select leaves out indices out of range', () => {
    const part = select(numbered(4), Int32Array.of(3, -1, 0, 4, 3))
    expect([...part.y]).toEqual([3, 0, 3])
    expect([...part.x]).toEqual([3, -3, 0, -0, 3, -3])
  })
  test('of records of arrays, every array is taken, with as many numbers per example as it has', () => {
    const examples = {
      x: { a: Float32Array.of(1, 2, 3), b: Int32Array.of(1, -1, 2, -2, 3, -3) },
      y: null,
      count: 3,
    }
    expect(select(examples, Int32Array.of(2, 0))).toEqual({
      x: { a: Float32Array.of(3, 1), b: Int32Array.of(3, -3, 1, -1) },
      y: null,
      count: 2,
    })
    expect(take(examples, 1).x).toEqual({ a: Float32Array.of(1), b: Int32Array.of(1, -1) })
  })
})
