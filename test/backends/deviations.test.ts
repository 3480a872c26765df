/** docs/browser.md shows the table of deviations; a row covers the results that it describes, and no others. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { deviations } from '../device/deviations.ts'

test('docs/browser.md has the rows of the table', () => {
  const text = readFileSync(new URL('../../docs/browser.md', import.meta.url), 'utf8')
  const table = text.slice(text.indexOf('## Where graphics processors differ'))
  const rows = table.split('\n').filter((line) => line.startsWith('| '))
  const cell = (s: string): string => s.replaceAll('|', '\\|')
  expect(rows.slice(2)).toEqual(deviations.map(({ what, reason }) => `| ${cell(what)} | ${cell(reason)} |`))
})

test.each([
  ['add real', [-0, 5], 5, 99],
  ['mul real', [1e-42, 2], 2e-42, 7],
  ['div real', [1, -0], Number.NEGATIVE_INFINITY, 3],
  ['sin real', [1e10], Math.sin(1e10), 1.5],
  ['cos real', [3e38], Math.cos(3e38), Number.NaN],
] as const)('%s of %j: %d may not be %d', (name, args, want, got) => {
  const of = (y: number) => deviations.filter((d) => d.covers({ name, args, want: Math.fround(want), got: y }))
  expect(of(got)).toEqual([])
})
test('rows cover another sign of zero, tiny numbers that are 0, sines of huge numbers', () => {
  const isCovered = (name: string, args: readonly number[], want: number, got: number) =>
    deviations.some((d) => d.covers({ name, args, want, got }))
  expect(isCovered('div real', [1, -0], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(true)
  expect(isCovered('div real', [3, Math.fround(1e-42)], Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(true)
  expect(isCovered('mul real', [Math.fround(1e-42), 3e38], 3e-4, 0)).toBe(true)
  expect(isCovered('sin real', [1e10], Math.sin(1e10), -0.5)).toBe(true)
})
