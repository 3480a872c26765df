/** Points on a ring: which of them are good, and at which mode. */
import { expect, test } from 'vitest'
import { covered, modes, radius, ringPoints, sigma } from '../../examples/gan/ring-points.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { int, programOrThrow } from '../../src/index.ts'

test('points within three deviations of a mode are counted at it', () => {
  const near = 2.9 * sigma
  const points = [radius, 0, radius + near, 0, 0, radius, 0, -radius + near, radius + 3.1 * sigma, 0, 0, 0]
  const { counts, good } = covered(points)
  expect(counts).toEqual([2, 0, 1, 0, 0, 0, 1, 0])
  expect(good).toBeCloseTo(4 / 6, 12)
})
test('the points of the mixture are at all modes, and 98.9 % of them are good', () => {
  const draw = programOrThrow(int(3), (key) => ringPoints(4000)(key))
  const { counts, good } = covered(evaluate(draw.closed, [Float64Array.of(1, 2, 3)])[0] ?? [])
  expect(counts.length).toBe(modes)
  for (const n of counts) expect(Math.abs(n - 494)).toBeLessThan(100)
  expect(Math.abs(good - (1 - Math.exp(-4.5)))).toBeLessThan(0.006)
})
