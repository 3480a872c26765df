/** Points of the plane, and folds. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { circle, exclusiveOr, folds, gaussians, spiral } from '../../../src/data/index.ts'
import { randomKey } from '../../../src/random/index.ts'

const sets = [
  ['circle', circle],
  ['exclusiveOr', exclusiveOr],
  ['gaussians', gaussians],
  ['spiral', spiral],
] as const

describe.each(sets)('%s', (_, draw) => {
  test('has half of each class, is near the square, and depends on its key only', () => {
    const s = draw(randomKey(1), 400)
    expect([s.x.length, s.y.length, s.count]).toEqual([800, 400, 400])
    expect(s.y.reduce((a, b) => a + b, 0)).toBe(200)
    expect(Math.max(...s.x.map(Math.abs))).toBeLessThan(1.5)
    expect(draw(randomKey(1), 400)).toEqual(s)
    expect(draw(randomKey(2), 400)).not.toEqual(s)
  })
})
test('every point is in the region of its class', () => {
  const each = (s: ReturnType<typeof circle>, holds: (x: number, y: number, label: number) => boolean): boolean =>
    Array.from(s.y).every((label, i) => holds(s.x[2 * i] ?? 0, s.x[2 * i + 1] ?? 0, label))
  expect(each(circle(randomKey(3), 500), (x, y, label) => (Math.hypot(x, y) > 0.5 ? 1 : 0) === label)).toBe(true)
  expect(
    each(
      exclusiveOr(randomKey(3), 500),
      (x, y, label) => (x * y < 0 ? 1 : 0) === label && Math.min(Math.abs(x), Math.abs(y)) > 0.099,
    ),
  ).toBe(true)
})
test('folds: held-out parts are a partition, their sizes differ by one at most', () =>
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 12 }), (count, k) => {
      const all = folds(randomKey(count), count, k)
      if (k > count) return all.length === 0
      const sizes = all.map((f) => f.heldOut.length)
      const held = all.flatMap((f) => [...f.heldOut]).sort((a, b) => a - b)
      return (
        held.join() === Array.from({ length: count }, (_, i) => i).join() &&
        Math.max(...sizes) - Math.min(...sizes) <= 1 &&
        all.every(
          (f) => new Set([...f.train, ...f.heldOut]).size === count && f.train.length + f.heldOut.length === count,
        )
      )
    }),
  ))
