/** Derivatives where the result is rounded to 1 or -1: a rule in terms of the result loses all digits there. */
import { expect, test } from 'vitest'
import { evaluate } from '../../lang/evaluate.ts'
import { expm1, gradOrThrow, logistic, programOrThrow, real, tanh } from '../../src/index.ts'

// e^-40 and e^-50, from tables; tanh' = 4 e^-2x and logistic' = e^-x up to a relative 1e-17
const [e40, e50] = [4.248354255291589e-18, 1.9287498479639178e-22]
test.each([
  ['tanh', tanh, 20, 4 * e40],
  ['tanh', tanh, -20, 4 * e40],
  ['logistic', logistic, 40, e40],
  ['logistic', logistic, -40, e40],
  ['expm1', expm1, -50, e50],
] as const)('%s at %d', (_, f, x, expected) => {
  const g = gradOrThrow(programOrThrow(real(), (a) => f(a)))
  const found = evaluate(g.closed, [Float64Array.of(x)])[0]?.[0] as number
  expect(Math.abs(found / expected - 1)).toBeLessThan(2e-15)
})
