/** A given point at a kink: what is smooth beside it is checked all the same, and the report says what was not. */
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { checkGradients, type GradientReport, gradientPage, showReport } from '../../../src/check/index.ts'
import * as A from '../../../src/index.ts'

const { abs, customJvp, exp, max, min, mul, programOrThrow, real, relu, sin, sum } = A
const orThrow = (r: E.Either<unknown, GradientReport>): GradientReport => {
  if (E.isLeft(r)) throw new Error(JSON.stringify(r.left))
  return r.right
}
const names = (r: GradientReport): readonly string[] => r.checks.map((c) => c.name)

const f = programOrThrow({ x: real(3), y: real(2) }, ({ x, y }) => mul(sum()(relu(x)), sum()(sin(y))))
const point = { x: [0, 1, -2], y: [0.3, 0.7] }

test('both orders are checked along the coordinates that do not cross it', () => {
  const r = orThrow(checkGradients(f, { at: point }))
  expect(r).toMatchObject({
    ...{ verdict: 'non-smooth', samples: 0, kinks: 1 },
    kink: { across: ['x[0]'], along: ['x[1]', 'x[2]', 'y[0]', 'y[1]'], checked: 'both orders' },
  })
  expect(names(r)).toEqual(['reverse', 'coordinates', 'forward', 'second forward', 'second reverse'])
  expect(r.coordinates.map((c) => [c.leaf, c.checked, c.of])).toEqual([
    ['x', 2, 3],
    ['y', 2, 2],
  ])
  expect(showReport(r)).toContain('gradients non-smooth (0 points, the given point is at a kink, seed 1)')
  expect(showReport(r)).toContain('kink across x[0]: the one-sided derivatives differ, or the program jumps')
  expect(showReport(r)).toContain('both orders were checked along x[1], x[2], y[0], y[1] alone')
  expect(gradientPage(r)).toContain('kink across x[0]')
})
test('without second order it says so', () => {
  const r = orThrow(checkGradients(f, { at: point, second: false }))
  expect(r.kink?.checked).toBe('first order')
  expect(showReport(r)).toContain('second derivatives were not')
})
describe('a wrong derivative beside a kink is found', () => {
  type One = A.Expr<readonly [], 'real'>
  const off = customJvp(
    (y: One) => exp(y),
    (y: One, dy: One) => mul(mul(dy, 0.5), exp(y)),
  )
  // the first derivative is right, and computed by a function whose own is wrong
  const bent = customJvp(
    (y: One) => exp(y),
    (y: One, dy: One) => mul(dy, off(y)),
  )
  test.each([
    ['of first order', off, 0.4],
    ['of second order', bent, 0.4],
  ] as const)('%s', (_, g, y) => {
    const p = programOrThrow({ x: real(2), y: real() }, (v) => mul(sum()(relu(v.x)), g(v.y)))
    expect(orThrow(checkGradients(p, { at: { x: [0, 1], y } })).verdict).toBe('wrong')
  })
})
test('where no coordinate is smooth it says that nothing was checked along one', () => {
  const p = programOrThrow({ x: real(), y: real() }, ({ x, y }) => max(x, y))
  const r = orThrow(checkGradients(p, { at: { x: 1, y: 1 } }))
  expect(r.kink).toEqual({ across: ['x', 'y'], along: [], checked: 'nothing' })
  expect(showReport(r)).toContain('no coordinate that was tried is smooth')
})
test('coordinates that are smooth one by one may cross a kink together', () => {
  // min(|x|, |y|) is 0 on both axes
  const p = programOrThrow({ x: real(), y: real() }, ({ x, y }) => min(abs(x), abs(y)))
  const r = orThrow(checkGradients(p, { at: { x: 0, y: 0 } }))
  expect(r.kink).toEqual({ across: [], along: ['x', 'y'], checked: 'crossed' })
  expect(showReport(r)).toContain('kink across a direction of all inputs together')
})
