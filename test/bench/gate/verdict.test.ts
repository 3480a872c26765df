/** The gate's verdict: what counts as slower, what chance explains, and what fails. */
import { expect, test } from 'vitest'
import { gateTable, isOpen, isTooSlow, judge, type Rounds } from './verdict.ts'

const rounds = (ours: readonly number[], reference: readonly number[]): Rounds => ({ row: 'W2', ours, reference })

test.each([
  ['same', [1.19, 1.3], [1, 1.1]],
  ['slower', [1.25, 1.3], [1, 1.1]],
  ['quicker', [0.8, 0.9], [1, 1.1]],
  ['TOO SLOW', [1.51, 1.6], [1, 1.1]],
  // one side does not agree with itself: the difference may be chance
  ['same', [1.6, 1.7], [1, 1.8]],
  ['TOO SLOW', [1.9, 2], [1, 1.8]],
  // a single round has no spread, and the least band
  ['slower', [1.3], [1]],
] as const)('%s: %j against %j', (verdict, ours, reference) => {
  expect(judge(rounds(ours, reference)).verdict).toBe(verdict)
})
test('the least of all rounds counts, in any order', () => {
  expect(judge(rounds([9, 1, 5], [7, 2, 2.1]))).toMatchObject({ ratio: 0.5 })
})
test('a row that a build does not have is not compared, and fails nothing', () => {
  const missing = judge({ row: 'new', ours: [], reference: [], why: 'reference: no operation is called new' })
  expect(missing).toMatchObject({ verdict: 'not compared', why: 'reference: no operation is called new' })
  expect(isTooSlow([missing])).toBe(false)
})
test('rows that look slower, or whose noise hides a failure, take more rounds', () => {
  const open = (ours: readonly number[], reference: readonly number[]) => isOpen(judge(rounds(ours, reference)))
  expect(open([1.25, 1.3], [1, 1.1])).toBe(true)
  expect(open([2, 2], [1, 1])).toBe(true)
  expect(open([1, 1.1], [1, 1.6])).toBe(true)
  expect(open([1, 1.1], [1, 1.1])).toBe(false)
  expect(open([0.5, 0.6], [1, 1.1])).toBe(false)
})
test('one row beyond 1.5 fails, whatever the mean', () => {
  expect(isTooSlow([rounds([1.6], [1]), rounds([0.1], [1])].map(judge))).toBe(true)
  expect(isTooSlow([rounds([1.4], [1]), rounds([1.4], [1])].map(judge))).toBe(false)
})
test('the table names ratio, band and verdict, and the mean of what was compared', () => {
  const all = [rounds([2, 2], [1, 1]), rounds([0.5], [1]), { row: 'new', ours: [], reference: [], why: 'ours: FAIL' }]
  const lines = gateTable(all, (x) => x.toFixed(1)).split('\n')
  expect(lines[2]?.split('|').map((c) => c.trim())).toEqual(['', 'W2', '2.0', '1.0', '2.00', '1.20', 'TOO SLOW', ''])
  expect(lines[4]).toContain('not compared: ours: FAIL')
  expect(lines[5]).toBe('geometric mean of the ratios 1.00 over 2 rows')
})
