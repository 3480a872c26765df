/** docs/browser.md shows the table of deviations as it is. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { deviations } from '../device/deviations.ts'

test('docs/browser.md has every row, and no other', () => {
  const text = readFileSync(new URL('../../docs/browser.md', import.meta.url), 'utf8')
  const table = text.slice(text.indexOf('## Where graphics processors differ'))
  const rows = table.split('\n').filter((line) => line.startsWith('| '))
  const cell = (s: string): string => s.replaceAll('|', '\\|')
  expect(rows.slice(2)).toEqual(deviations.map(({ what, reason }) => `| ${cell(what)} | ${cell(reason)} |`))
})
