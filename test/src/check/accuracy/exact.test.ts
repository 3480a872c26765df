/** Arbitrary precision: against figures of another system, against float64, and against itself with more digits. */
import type { Decimal } from 'decimal.js'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../../lang/evaluate.ts'
import { entries } from '../../../../lang/primitives/index.ts'
import { type Closed, inTypes, outTypes } from '../../../../lang/syntax/closed.ts'
import { isReal } from '../../../../lang/syntax/shape.ts'
import { parse } from '../../../../lang/text/index.ts'
import { decimals, exactOf } from '../../../../src/check/accuracy/decimals.ts'
import { type Exact, type ExactJet, exactly } from '../../../../src/check/accuracy/exact.ts'
import { direction, type Point, realOnly } from '../../../../src/check/point.ts'
import { evaluateUnder, rounding } from '../../../../src/check/rounding.ts'
import { jvp } from '../../../../src/index.ts'
import { randomKey } from '../../../../src/random/index.ts'
import { spreadFrom, unit } from '../../../../src/testing/arbitrary/values.ts'
import { arbitraryProgram, inputRange } from '../../../../src/testing/index.ts'
import { type AnyProgram, programOf } from '../../../backends/execution.ts'
import { seed } from '../../../seed.ts'
import figures from './figures.json' with { type: 'json' }

const closedOf = (formula: string): Closed => {
  const p = parse(formula)
  if (E.isLeft(p)) throw new Error(formula)
  return p.right.closed
}
const D = decimals(60)

// -------------------------------------------------------------------------------------
// another system
// -------------------------------------------------------------------------------------

/** The one output at a point, with its derivatives along two coordinates. */
const jetAt = (p: Closed, x: readonly number[], i: number, j: number, digits: number): ExactJet => {
  const along = (k: number) => x.map((_, n) => [n === k ? 1 : 0])
  const point = x.map((v) => [v])
  return exactly(p, point, digits, { a: along(i), b: along(j) })?.numbers[0] as ExactJet
}
/** Whether a number has these digits; it is 0 where they are below all float64 numbers. */
const has = (found: Exact, right: Decimal, digits: number): boolean =>
  found !== undefined &&
  (found
    .minus(right)
    .abs()
    .lte(right.abs().times(`1e-${digits}`)) ||
    (found.isZero() && right.abs().lt('1e-370')))
const symbols: { readonly [name: string]: string } = {
  add: 'x + y',
  sub: 'x - y',
  mul: 'x * y',
  div: 'x / y',
  pow: 'x ^ y',
}
const formulaOf = (of: string, arity: number): string =>
  symbols[of] ?? (/^\w+$/.test(of) ? `${of}(${['x', 'y'].slice(0, arity).join(', ')})` : of)

describe('30 digits agree with mpmath: values, first and second derivatives', () => {
  test.each(figures.map((f) => [`${f.of} at ${f.at.join(', ')}`, f] as const))('%s', (_, f) => {
    const p = closedOf(formulaOf(f.of, f.at.length))
    for (const i of f.at.keys())
      for (const j of f.at.keys()) {
        const found = jetAt(p, f.at, i, j, 30)
        const right = [f.value, f.first[i] as string, f.second[i]?.[j] as string]
        const wrong = [found.v, found.a, found.c].flatMap((y, k) =>
          has(y, new D(right[k] as string), 30) ? [] : [`${y} is not ${right[k]}`],
        )
        expect(wrong).toEqual([])
      }
  })
})
test('a float64 is taken with all its bits', () => {
  // 0.1 and the smallest float64, from IEEE-754
  const wide = decimals(800)
  expect(exactOf(wide, 0.1).toFixed()).toBe('0.1000000000000000055511151231257827021181583404541015625')
  expect(
    exactOf(wide, 2 ** -1074)
      .times('1e324')
      .toFixed(20),
  ).toBe('4.94065645841246544177')
  expect(exactOf(wide, Number.MAX_VALUE).toFixed().slice(0, 30)).toBe('179769313486231570814527423731')
  for (const x of [1 / 3, -1e22, 1e308, 2 ** -1060, 3 * 2 ** -1074, 123456.789])
    expect(exactOf(wide, x).toNumber()).toBe(x)
  expect(Object.is(exactOf(wide, -0).toNumber(), -0)).toBe(true)
})
test.each(['log(1 + exp(x))', 'gelu(x)', 'x*sin(x*x) - tanh(x)', 'erfc(x) / normalPdf(x)', '(exp(x) - 1 - x) / x^2'])(
  'the digits asked for are those that one gets: %s',
  (formula) => {
    for (const x of [-11.3, -0.4, 1e-7, 3.3]) {
      const [fewer, more] = [30, 60].map((digits) => jetAt(closedOf(formula), [x], 0, 0, digits))
      for (const k of ['v', 'a', 'c'] as const) expect(has(fewer?.[k], more?.[k] as Decimal, 28)).toBe(true)
    }
  },
)
// by hand, from docs/conventions.md
test.each([
  [-2, 3, [12, -8 * Math.LN2], [-12, 4 + 12 * Math.LN2, -8 * Math.LN2 ** 2]],
  [23, 0, [0, Math.log(23)], [0, 1 / 23, Math.log(23) ** 2]],
  [0, 2, [0, 0], [2, 0, 0]],
  [0, 1, [1, 0], [0, 0, 0]],
  [0, 0, [0, 0], [0, 0, 0]],
] as const)('x^y at (%d, %d)', (x, y, first, second) => {
  const jet = (i: number, j: number) => jetAt(closedOf('x^y'), [x, y], i, j, 30)
  const [xx, xy, yy] = [jet(0, 0), jet(0, 1), jet(1, 1)]
  const found = [xx.a, yy.a, xx.c, xy.c, yy.c].map((d) => d?.toNumber())
  for (const [k, right] of [...first, ...second].entries()) expect(found[k]).toBeCloseTo(right, 12)
})

// -------------------------------------------------------------------------------------
// float64, and derivative programs
// -------------------------------------------------------------------------------------

const isKnown = (y: Exact): y is Decimal => y?.isFinite() === true
const numbers = (ys: Point): readonly number[] => ys.flatMap((y) => [...y])
/** The largest difference over the size of the numbers. */
const difference = (exact: readonly Exact[], found: readonly number[], allowed: readonly number[] = []): number => {
  const size = Math.max(1e-300, ...exact.map((y) => (isKnown(y) ? Math.abs(y.toNumber()) : 0)))
  return Math.max(
    0,
    ...exact.map((y, k) =>
      isKnown(y)
        ? Math.max(0, Math.abs(y.minus(exactOf(D, found[k] ?? Number.NaN)).toNumber()) - (allowed[k] ?? 0)) / size
        : 0,
    ),
  )
}
const valuesOf = (p: Closed, x: Point): readonly Exact[] => exactly(p, x, 25)?.numbers.map((n) => n.v) ?? []
/** The derivative along v: by jets, and by the program that jvp makes, in the same precision. */
const slopes = (p: AnyProgram, x: Point, v: Point): readonly [jets: readonly Exact[], program: readonly Exact[]] => {
  const types = inTypes(p.closed)
  let next = 0
  const a = types.map((t) => (isReal(t) ? (v[next++] as Float64Array) : []))
  const q = jvp(p).closed
  const tangents = { ...q, outputs: q.outputs.slice(p.closed.outputs.length) }
  return [exactly(p.closed, x, 25, { a, b: [] })?.numbers.map((n) => n.a) ?? [], valuesOf(tangents, [...x, ...v])]
}
const cases = entries.flatMap((e) =>
  e.examples.map(
    (x, k) =>
      [`${e.name} ${k}`, programOf(e, x), x.range ?? unit, x.declared === 'identity' || e.name === 'ode'] as const,
  ),
)
describe.each(cases)('%s', (_, p, range, hasOtherRule) => {
  const x = spreadFrom(seed, inTypes(p.closed), range)
  const v = direction(randomKey(seed), realOnly(inTypes(p.closed), inTypes(p.closed)))
  test('agrees with float64', () => {
    const found = realOnly(outTypes(p.closed), evaluate(p.closed, x))
    expect(difference(valuesOf(p.closed, x), numbers(found))).toBeLessThan(1e-13)
  })
  // the rules of 16 bits are those of a conversion, that of ode is the equation's: neither is that of its own arithmetic
  test.skipIf(hasOtherRule)('the rule of its derivative is exact up to its constants', () => {
    const [jets, program] = slopes(p, x, v)
    expect(program.length).toBe(jets.length)
    expect(
      difference(
        jets,
        program.map((y) => (isKnown(y) ? y.toNumber() : Number.NaN)),
      ),
    ).toBeLessThan(1e-14)
  })
})
test('random programs agree with float64, and their derivatives with jets', () => {
  fc.assert(
    fc.property(arbitraryProgram(), fc.noShrink(fc.nat()), (p, k) => {
      const types = inTypes(p.closed),
        x = spreadFrom(k, types, inputRange)
      const real = (ys: Point): readonly number[] => numbers(realOnly(outTypes(p.closed), ys))
      const found = real(evaluate(p.closed, x))
      const moved = [1, 2, 3].map((s) => real(evaluateUnder(p.closed, x, rounding(randomKey(s)))))
      const allowed = found.map((y, i) => 16 * Math.max(...moved.map((m) => Math.abs((m[i] ?? 0) - y))))
      expect(difference(valuesOf(p.closed, x), found, allowed)).toBeLessThan(1e-13)
      const [jets, program] = slopes(p, x, direction(randomKey(k), realOnly(types, types)))
      expect(
        difference(
          jets,
          program.map((y) => (isKnown(y) ? y.toNumber() : Number.NaN)),
        ),
      ).toBeLessThan(1e-12)
    }),
    { numRuns: 60, seed },
  )
})
