/** Values and derivatives over the whole range of floating-point numbers, against figures of arbitrary precision. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { elementwise } from '../../lang/primitives/elementwise.ts'
import { columns, degrees, faultsOf, measure } from './law.ts'
import { distance } from './measure.ts'
import { misses } from './misses.ts'
import { exceptions } from './page.ts'
import { names } from './table.ts'

describe.each(columns)('$name, in units of the last place', (column) => {
  test.each(names)('%s', async (name) => {
    expect(faultsOf(column, await measure(column, name))).toEqual([])
  })
})

describe('the table is complete', () => {
  test('every elementwise function of real numbers is in it', () => {
    // what has no rounding: truth values, choices, conversions
    const exact = ['lt', 'le', 'eq', 'ne', 'and', 'or', 'not', 'select', 'convert', 'stopGradient']
    const plain = names.map((n) => n.replace(/\(.*\)$/, ''))
    const missing = elementwise.map((e): string => e.name).filter((n) => !exact.includes(n) && !plain.includes(n))
    expect(missing.map((n) => `${n} has no row: write its derivatives in test/accuracy/table.py and run it`)).toEqual(
      [],
    )
  })
  test('every row of the list of misses is about a row of the table', () => {
    const known = (m: (typeof misses)[0]): boolean =>
      names.includes(m.function) && columns.some((c) => c.name === m.backend) && degrees.includes(m.degree)
    expect(misses.filter((m) => !known(m))).toEqual([])
  })
  test('docs/accuracy.md has the list of misses, and every function on every back end', () => {
    const page = readFileSync(new URL('../../docs/accuracy.md', import.meta.url), 'utf8')
    expect(page.includes(exceptions()), 'docs/accuracy.md is out of date: run `npm run accuracy`').toBe(true)
    for (const name of names) expect(page.split(`\n| ${name} `).length - 1, name).toBeGreaterThanOrEqual(columns.length)
  })
})

describe('units of the last place', () => {
  const of = (got: number, exact: number, scale = Math.abs(exact)) => distance('double', got, { exact, scale })
  test.each([
    [1 + Number.EPSILON, 1, 1],
    [2, 2 - 2 * Number.EPSILON, 2],
    [0, 1, 2 ** 52],
    [5e-324, 0, 1],
    [1e-320, 1.5e-323, 2021],
    [2 ** -1022, 2 ** -1022 - 5e-324, 1],
    [Number.POSITIVE_INFINITY, Number.MAX_VALUE, 1],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
    [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NaN, 1, Number.POSITIVE_INFINITY],
  ])('%d for %d: %d', (got, exact, units) => expect(of(got, exact)).toBe(units))
  test('near a root they are those of the largest term', () => {
    expect(of(1e-16, 2e-16, 1)).toBeCloseTo(0.45, 2)
  })
  test('in float32', () => {
    expect(distance('single', 1 + 2 ** -23, { exact: 1, scale: 1 })).toBe(1)
    expect(distance('single', Number.POSITIVE_INFINITY, { exact: 1e39, scale: 1e39 })).toBe(0)
    expect(distance('single', 2 ** -149, { exact: 0, scale: 0 })).toBe(1)
  })
})
