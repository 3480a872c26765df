/** Fusion, order and slots, on random programs and on the programs that people write. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { costOf, flopsOf } from '../../backends/schedule/cost.ts'
import { generous } from '../../backends/schedule/fuse.ts'
import { memoryOf } from '../../backends/schedule/memory.ts'
import { kernelsOf, plansWithin } from '../../backends/schedule/plan.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { showPlan } from '../../backends/schedule/show.ts'
import { entries } from '../../lang/primitives/index.ts'
import { scanClosed } from '../../lang/primitives/scan.ts'
import { closeOver, inTypes, numbered } from '../../lang/syntax/closed.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { add, mul, programOrThrow, real, sin } from '../../src/index.ts'
import { arbitraryProgram, inputRange } from '../../src/testing/arbitrary/program.ts'
import { seeds, unit, valuesFrom } from '../../src/testing/arbitrary/values.ts'
import { isOrdered, keepsBits, placesAreSafe, splitsTo, unrollsTo, withinArrays } from '../laws/schedule.ts'
import { stepsOf } from '../work.ts'
import { programOf } from './execution.ts'
import { chain, gradients, zoo } from './zoo.ts'

const tight = { arrays: 3, depth: 4, nodes: 20 }
const several = [
  { long: 1, short: 1, nodes: 0 },
  { long: 2, short: 1, nodes: 1000 },
  { long: 8, short: 16, nodes: 1000 },
]

describe('every entry', () => {
  const cases = entries.flatMap((e) =>
    e.examples.map((x, k) => [`${e.name} ${k}`, programOf(e, x).closed, x.range ?? unit] as const),
  )
  test.each(cases)('%s', (_, p, range) => {
    const x = valuesFrom(1, inTypes(p), range)
    expect(keepsBits(p, x)).toBe(true)
    expect(keepsBits(p, x, tight)).toBe(true)
    for (const limits of several) expect(unrollsTo(p, x, limits) && splitsTo(p, x, limits)).toBe(true)
  })
})
describe('random programs', () => {
  const check = (law: (p: Parameters<typeof isOrdered>[0], seed: number) => boolean): void =>
    fc.assert(
      fc.property(arbitraryProgram(), seeds, ({ closed }, seed) => law(closed, seed)),
      { numRuns: 150, seed: 5 },
    )
  const point = (p: Parameters<typeof isOrdered>[0], seed: number) => valuesFrom(seed, inTypes(p), inputRange)

  test('fusion keeps every bit', () => check((p, seed) => keepsBits(p, point(p, seed))))
  test('so does fusion within tight limits', () => check((p, seed) => keepsBits(p, point(p, seed), tight)))
  test.each(several)('unrolled loops mean the same: %o', (limits) =>
    check((p, seed) => unrollsTo(p, point(p, seed), limits) && splitsTo(p, point(p, seed), limits)),
  )
  test('values are written before they are read', () => check(isOrdered))
  test('slots are not written over too early', () => check(placesAreSafe))
  test('kernels keep to the limit of arrays', () => check((p) => withinArrays(p, { ...generous, arrays: 4 })))
})
describe('programs', () => {
  test.each(zoo)('%s', (_, p, kernels) => {
    const plan = schedule(p.closed)
    expect(kernelsOf(plan).length, showPlan(plan)).toBe(kernels)
  })
  test.each(gradients)('the gradient of %s costs at most four times the function', (_, f, g) => {
    expect(costOf(schedule(g.closed)).flops).toBeLessThanOrEqual(4 * costOf(schedule(f.closed)).flops)
  })
})
const body = closeOver(numbered([real(4), real(4)]), ([c, x]) =>
  [add(c as Expr, x as Expr), mul(c as Expr, x as Expr), sin(c as Expr)].map((e) => e as Expr),
)
const twice = programOrThrow([real(4), real(9, 4)], ([c, xs]) => {
  const [, sums] = scanClosed(9, false, body)([c], [xs], []) as readonly Expr[]
  return scanClosed(9, false, body)([c], [mul(sums as Expr, 2) as Expr], []).slice(0, 2)
})
test('a body has one plan, however often it is used, and whatever of its outputs is unread', () => {
  const bodies = schedule(twice.closed).steps.flatMap((s) => (s._tag === 'Loop' ? [s.body] : []))
  expect(bodies.length).toBe(2)
  expect(new Set(bodies).size).toBe(1)
})
test('the last line counts kernels within loops too, and the most expensive one', () => {
  const plan = schedule(twice.closed)
  const text = showPlan(plan)
  const largest = Math.max(
    ...plansWithin(plan).flatMap((q) => q.steps.map((s) => (s._tag === 'Kernel' ? flopsOf(s, q.types) : 0))),
  )
  expect(kernelsOf(plan).length).toBeGreaterThan(2)
  expect(text.split('\n').at(-1)).toMatch(new RegExp(`^${kernelsOf(plan).length} kernels, \\d+ flops \\(${largest} in`))
})
test('a long chain is planned with near-linear work, in few places', () => {
  const plan = schedule(chain(50_000).closed)
  expect(memoryOf(plan).extent).toBeLessThanOrEqual(3 * 16)
  const workFor = (n: number): number => {
    const { closed } = chain(n)
    return stepsOf(() => memoryOf(schedule(closed)))
  }
  // twice the chain: 2 where work is linear, 4 where it is quadratic
  expect(workFor(2_000) / workFor(1_000)).toBeLessThan(2.2)
})
test('stepsOf sees quadratic work', () => {
  const quadratic = (n: number) => () =>
    Array.from({ length: n }, (_, k) => k).reduce<number[]>((a, k) => a.concat(k), [])
  expect(stepsOf(quadratic(200)) / stepsOf(quadratic(100))).toBeGreaterThan(3.5)
})
