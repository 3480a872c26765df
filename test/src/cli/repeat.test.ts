/** Whether two trainings agree: differences of rounding pass, a back end that learns something else does not. */
import { expect, test } from 'vitest'
import type { TrainedDigits } from '../../../src/cli/start/digits.ts'
import { compared } from '../../../src/cli/start/repeat.ts'

const trained = (accuracy: number, ...losses: readonly number[]): TrainedDigits => ({
  accuracy,
  losses: [],
  epochs: losses.map((loss, i) => [i + 1, loss, accuracy]),
  predictions: [],
  seconds: 1,
})
const one = trained(0.98, 0.6, 0.2)

test.each([
  ['itself', one, true],
  ['rounded otherwise', trained(0.9805, 0.60001, 0.2005), true],
  ['another loss', trained(0.98, 0.6, 0.21), false],
  ['another accuracy', trained(0.97, 0.6, 0.2), false],
  ['fewer epochs', trained(0.98, 0.6), false],
  ['more epochs', trained(0.98, 0.6, 0.2, 0.1), false],
  ['a loss that is no number', trained(0.98, 0.6, Number.NaN), false],
])('%s', (_, other, agree) => {
  expect(compared(one, other).agree).toBe(agree)
})
test('the differences are reported', () => {
  const { loss, accuracy } = compared(one, trained(0.97, 0.6, 0.19))
  expect(loss).toBeCloseTo(0.05, 12)
  expect(accuracy).toBeCloseTo(0.01, 12)
})
