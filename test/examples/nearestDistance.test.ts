/** The mean squared distance to the nearest row, against loops over all pairs. */
import { expect, test } from 'vitest'
import { nearestDistance } from '../../examples/nearest-distance.ts'
import { evaluate } from '../../lang/evaluate.ts'
import { waves } from '../src/nn/naive.ts'

test('the mean over rows of the least squared distance', () => {
  const [[p, ps], [q, qs]] = [waves([4, 3], 1), waves([6, 3], 2)]
  const rows = (n: number) => Array.from({ length: n }, (_, i) => i)
  const distance = (i: number, j: number): number => rows(3).reduce((s, k) => s + (p.at(i, k) - q.at(j, k)) ** 2, 0)
  const expected = rows(4).reduce((s, i) => s + Math.min(...rows(6).map((j) => distance(i, j))), 0) / 4
  expect(evaluate(nearestDistance(4, 6, 3).closed, [ps, qs])[0]?.[0]).toBeCloseTo(expected, 12)
})
