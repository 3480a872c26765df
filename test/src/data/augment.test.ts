/** Augmentation: laws of geometric changes, and that every change is a function of its key. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Augmentation,
  affine,
  augment,
  augmentAll,
  compose,
  cutout,
  flip,
  type Image,
  noise,
  resample,
  shift,
} from '../../../src/data/augment.ts'
import { digits } from '../../../src/data/digits.ts'
import { normal, randomKey } from '../../../src/random/key.ts'

const settings = { seed: 1121, numRuns: 60 }
const keys = fc.integer().map(randomKey)
const images: fc.Arbitrary<Image> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer())
  .map(([rows, columns, seed]) => ({
    rows,
    columns,
    pixels: Float32Array.from(normal(rows * columns)(randomKey(seed))),
  }))
const identity = { a: 1, b: 0, c: 0, d: 1, u: 0, v: 0 }
const bits = (i: Image) => [i.rows, i.columns, ...i.pixels]
const at = (i: Image, x: number, y: number): number =>
  x < 0 || y < 0 || x >= i.columns || y >= i.rows ? 0 : (i.pixels[y * i.columns + x] ?? 0)

const zero: readonly (readonly [string, Augmentation])[] = [
  ['shift', shift({ pixels: 0 })],
  ['whole shift', shift({ pixels: 0, whole: true })],
  ['affine', affine({})],
  ['noise', noise({ deviation: 0 })],
  ['flip', flip({ probability: 0 })],
  ['cutout', cutout({ side: 0 })],
  ['compose', compose()],
]
const real: readonly (readonly [string, Augmentation])[] = [
  ['shift', shift({ pixels: 2 })],
  ['whole shift', shift({ pixels: 2, whole: true })],
  ['affine', affine({ rotate: 0.3, scale: 0.2, shear: 0.2, shift: 1 })],
  ['noise', noise({ deviation: 0.1 })],
  ['flip', flip()],
  ['cutout', cutout({ side: 3 })],
  ['compose', compose(flip(), shift({ pixels: 1 }), noise({ deviation: 0.1 }))],
]
describe.each(zero)('%s by zero', (_, step) => {
  test('is the identity, bit by bit', () =>
    fc.assert(
      fc.property(keys, images, (k, i) => {
        expect(bits(step(k, i))).toEqual(bits(i))
      }),
      settings,
    ))
})
describe.each(real)('%s', (_, step) => {
  test('is a function of its key, and leaves its input unchanged', () =>
    fc.assert(
      fc.property(keys, images, (k, i) => {
        const before = bits(i)
        expect(bits(step(k, i))).toEqual(bits(step(k, i)))
        expect(bits(i)).toEqual(before)
      }),
      settings,
    ))
  test('differs from key to key', () => {
    const one = { rows: 9, columns: 9, pixels: Float32Array.from(normal(81)(randomKey(3))) }
    expect(new Set(Array.from({ length: 20 }, (_, s) => bits(step(randomKey(s), one)).join())).size).toBeGreaterThan(1)
  })
})

describe('geometric changes', () => {
  const part = fc.integer({ min: -4, max: 4 })
  test('by whole pixels copy pixels', () =>
    fc.assert(
      fc.property(images, part, part, (i, u, v) => {
        const moved = resample({ ...identity, u, v })(i)
        for (let y = 0; y < i.rows; y++)
          for (let x = 0; x < i.columns; x++) expect(at(moved, x, y)).toBe(at(i, x + u, y + v))
      }),
      settings,
    ))
  test('are linear in the picture', () =>
    fc.assert(
      fc.property(images, fc.double({ min: -1, max: 1, noNaN: true }), (i, t) => {
        const move = resample({ a: 1 + t / 4, b: t, c: -t, d: 1, u: t, v: 0.3 })
        const doubled = move({ ...i, pixels: i.pixels.map((p) => 2 * p) })
        expect(bits(doubled)).toEqual(bits({ ...i, pixels: move(i).pixels.map((p) => 2 * p) }))
      }),
      settings,
    ))
  test('a quarter rotation four times is the identity; once, it maps rows to columns', () => {
    const i = { rows: 5, columns: 5, pixels: Float32Array.from(normal(25)(randomKey(8))) }
    const turn = resample({ a: 0, b: 1, c: -1, d: 0, u: 0, v: 0 })
    expect(bits(turn(turn(turn(turn(i)))))).toEqual(bits(i))
    for (let y = 0; y < 5; y++) for (let x = 0; x < 5; x++) expect(at(turn(i), x, y)).toBe(at(i, y, 4 - x))
  })
  test('a shift by half a pixel takes the mean of four pixels', () => {
    const i = { rows: 2, columns: 2, pixels: Float32Array.of(1, 2, 4, 8) }
    expect(resample({ ...identity, u: 0.25, v: 0.5 })(i).pixels[0]).toBeCloseTo(
      0.5 * (0.75 * 1 + 0.25 * 2) + 0.5 * (0.75 * 4 + 0.25 * 8),
      6,
    )
  })
  test('a rotation has the angle of its option: the second moments of a bar rotate with it', () => {
    const bar = {
      rows: 41,
      columns: 41,
      pixels: Float32Array.from({ length: 1681 }, (_, i) =>
        Number(Math.abs(Math.floor(i / 41) - 20) < 3 && Math.abs((i % 41) - 20) < 15),
      ),
    }
    const angle = (i: Image): number => {
      const [xx, xy, yy] = [0, 1, 2].map((k) =>
        i.pixels.reduce((s, p, j) => s + p * ((j % 41) - 20) ** (2 - k) * (Math.floor(j / 41) - 20) ** k, 0),
      ) as [number, number, number]
      return 0.5 * Math.atan2(2 * xy, xx - yy)
    }
    const angles = Array.from({ length: 200 }, (_, s) => angle(affine({ rotate: 0.4 })(randomKey(s), bar)))
    expect(Math.max(...angles)).toBeGreaterThan(0.36)
    expect(Math.min(...angles)).toBeLessThan(-0.36)
    expect(Math.max(...angles.map(Math.abs))).toBeLessThan(0.41)
  })
  test('shifts by whole pixels draw every integer in their range, and no other number', () => {
    const dot = { rows: 9, columns: 9, pixels: Float32Array.from({ length: 81 }, (_, i) => Number(i === 40)) }
    const seen = new Map<number, number>()
    for (let s = 0; s < 1000; s++) {
      const place = shift({ pixels: 2, whole: true })(randomKey(s), dot).pixels.indexOf(1)
      seen.set(place, (seen.get(place) ?? 0) + 1)
    }
    expect(seen.size).toBe(25)
    expect(Math.min(...seen.values())).toBeGreaterThan(15)
  })
  test('scale: the mass of a disc grows with the square of its size', () => {
    const disc = {
      rows: 61,
      columns: 61,
      pixels: Float32Array.from({ length: 3721 }, (_, i) =>
        Number(Math.hypot((i % 61) - 30, Math.floor(i / 61) - 30) < 12),
      ),
    }
    const mass = (i: Image): number => i.pixels.reduce((a, b) => a + b, 0)
    const ratios = Array.from({ length: 100 }, (_, s) => mass(affine({ scale: 0.3 })(randomKey(s), disc)) / mass(disc))
    expect(Math.max(...ratios)).toBeCloseTo(1.3 ** 2, 1)
    expect(Math.min(...ratios)).toBeCloseTo(0.7 ** 2, 1)
  })
})
describe('other changes', () => {
  test('a flip is its own inverse, and happens with its probability', () => {
    const i = { rows: 2, columns: 3, pixels: Float32Array.of(1, 2, 3, 4, 5, 6) }
    const across = flip({ probability: 1 })
    expect([...across(randomKey(1), i).pixels]).toEqual([3, 2, 1, 6, 5, 4])
    expect([...flip({ along: 'rows', probability: 1 })(randomKey(1), i).pixels]).toEqual([4, 5, 6, 1, 2, 3])
    expect(bits(across(randomKey(1), across(randomKey(2), i)))).toEqual(bits(i))
    const flipped = Array.from({ length: 2000 }, (_, s) => flip({ probability: 0.3 })(randomKey(s), i).pixels[0] === 3)
    expect(flipped.filter(Boolean).length / 2000).toBeCloseTo(0.3, 1)
  })
  test('noise has mean 0 and the deviation of its option', () => {
    const z = noise({ deviation: 0.2 })(randomKey(5), {
      rows: 100,
      columns: 100,
      pixels: new Float32Array(10_000),
    }).pixels
    expect(z.reduce((a, b) => a + b) / 10_000).toBeCloseTo(0, 2)
    expect(Math.sqrt(z.reduce((a, b) => a + b * b) / 10_000)).toBeCloseTo(0.2, 2)
  })
  test('cutout fills one square of at most its side, and nothing else', () =>
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 6 }), (k, side) => {
        const ones = { rows: 8, columns: 8, pixels: new Float32Array(64).fill(1) }
        const cut = [...cutout({ side, value: 7 })(k, ones).pixels]
        const places = cut.flatMap((p, i) => (p === 7 ? [i] : []))
        expect(cut.every((p) => p === 1 || p === 7)).toBe(true)
        const [xs, ys] = [places.map((i) => i % 8), places.map((i) => Math.floor(i / 8))]
        const [w, h] = [xs, ys].map((s) => Math.max(...s) - Math.min(...s) + 1) as [number, number]
        expect(places.length).toBe(w * h)
        expect(Math.max(w, h)).toBeLessThanOrEqual(side)
      }),
      settings,
    ))
  test('augmentAll gives every picture its own key, whatever pictures follow', () => {
    const d = digits(randomKey(1), 6)
    const step = compose(shift({ pixels: 2 }), noise({ deviation: 0.1 }))
    const all = augment(step, randomKey(4), d)
    expect(all.y).toBe(d.y)
    expect(augmentAll(step, d)(randomKey(4), d.x.subarray(0, 2 * 784))).toEqual(all.x.subarray(0, 2 * 784))
    expect(all.x.subarray(0, 784)).not.toEqual(
      augmentAll(step, d)(randomKey(4), d.x.subarray(784, 1568)).subarray(0, 784),
    )
  })
})
