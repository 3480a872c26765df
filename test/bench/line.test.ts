/** The bench itself: a wrong value is no time, every workload has its numbers and its program, the table says who is ahead. */
import { describe, expect, test } from 'vitest'
import { checkCase, checkWorkloads } from './check/list.ts'
import type { Checks } from './data.ts'
import { namesFor } from './definitions.ts'
import { duration, secondsFor } from './estimate.ts'
import { advice } from './gpu/thresholds.ts'
import { failure, leastOf, lineOf, type Measured, wrong } from './line.ts'
import { modelWorkloads } from './models/list.ts'
import { opWorkloads } from './ops/list.ts'
import type { Participant } from './participants.ts'
import reference from './reference.json' with { type: 'json' }
import { programOf } from './steps.ts'
import { boundOf, scalingTable, tableOf } from './table.ts'

const values: { readonly [workload: string]: Checks } = reference
const measured = (checks: Checks, ...times: readonly number[]): Measured => ({ times: { times, cpu: 0 }, checks })

describe('a line', () => {
  const right = values.W2 as Checks
  test('has the fields that the table of peers has, in order', () => {
    const line = lineOf('adjoint-wasm-1t', 'W2', measured(right, 3, 1, 2))
    expect(Object.keys(line)).toEqual([
      ...['peer', 'workload', 'ms_median', 'ms_min', 'reps', 'rss_mb'],
      ...['loss', 'grad_checksum', 'grad_probe', 'loss10', 'note'],
    ])
    expect(line).toMatchObject({ ...right, ms_median: 2, ms_min: 1, reps: 3, note: '' })
    expect(lineOf('x', 'W7-256', { ...measured(values['W7-256'] as Checks, 1), gflops: 5 }).gflops).toBe(5)
    expect(lineOf('x', 'W8', measured(values.W8 as Checks, 1)).gv).toBe(values.W8?.gv)
  })
  test.each(['loss', 'grad_checksum', 'grad_probe', 'loss10'] as const)(
    'a wrong %s is an error, not a time',
    (check) => {
      for (const value of [(right[check] as number) * 1.002, Number.NaN, undefined]) {
        const line = lineOf('adjoint-wasm-1t', 'W2', measured({ ...right, [check]: value } as Checks, 1))
        expect([line.ms_median, line.ms_min]).toEqual([null, null])
        expect(line.note).toContain(`WRONG: ${check} is `)
      }
    },
  )
  test('a drifting sum of a million numbers is forgiven peers alone', () => {
    const drifted = { ...(values.W6 as Checks), loss: 975376.6 }
    expect(wrong('W6', drifted, false)).toEqual([])
    expect(wrong('W6', drifted, true)).toHaveLength(1)
  })
})
test('every workload has a reference and a program; names stand for their sizes', () => {
  expect([...namesFor([]), ...modelWorkloads([]), ...opWorkloads([])]).toEqual(Object.keys(values))
  expect(modelWorkloads(['lenet', 'gpt2/step'])).toEqual(['lenet/forward', 'lenet/step', 'gpt2/step'])
  expect(opWorkloads(['matmul'])).toContain('op/matmul-64/gradient')
  expect(namesFor(['W7', 'W1'])).toEqual(['W7-256', 'W7-512', 'W7-1024', 'W1'])
  expect(namesFor(['W'])).toEqual([])
  for (const name of namesFor(['W1', 'W5', 'W7', 'W8', 'W9'])) {
    expect(programOf(name).closed.outputs.length).toBeGreaterThan(0)
    expect(boundOf(name)?.flops).toBeGreaterThan(0)
  }
  // two products forward, two towards the weights, one towards what is between: 2 n m k each
  expect((boundOf('W2') as { flops: number }).flops / (2 * 64 * (2 * 784 * 128 + 3 * 128 * 10))).toBeCloseTo(1, 1)
})
test('the table: the better of ours by the best of theirs, and what is missing left out', () => {
  const all: readonly Participant[] = (['ours', 'ours', 'javascript', 'native'] as const).map((kind, k) => ({
    ...{ name: `p${k}`, kind },
    command: () => [],
  }))
  const line = (k: number, workload: string, ms: number) => ({ ...failure(`p${k}`, workload, ''), ms_min: ms })
  const lines = [
    ...[line(0, 'W1', 2), line(1, 'W1', 1), line(2, 'W1', 4), line(3, 'W1', 2)],
    ...[line(0, 'W11', 3), failure('p1', 'W11', 'FAIL'), failure('p2', 'W11', 'FAIL'), line(3, 'W11', 1.5)],
  ]
  const text = tableOf(lines, all, { gflops: 1, gbytes: 1 })
  const rows = text.split('\n').map((l) => l.split('|').map((c) => c.trim()))
  expect(rows[2]?.slice(1, 8)).toEqual(['W1', '2.00', '1.00', '4.00', '2.00', '0.25', '0.50'])
  expect(rows[3]?.slice(1, -1)).toEqual(['W11', '3.00', '-', '-', '1.50', '-', '2.00', '-', '-', '-'])
  expect(text).toContain('0.25 over all rows')
  expect(text).toContain('to the best native peer: 1.00 over all rows (worst 2.00)')
})
test('a share of the bound is that of one thread', () => {
  const own = (['ours', 'ours'] as const).map((kind, k) => ({ name: `p${k}`, kind, command: () => [] }))
  const bytes = boundOf('W6')?.bytes ?? 0
  const line = (k: number, ms: number) => ({ ...failure(`p${k}`, 'W6', ''), ms_min: ms })
  const text = tableOf([line(0, bytes / 1e6), line(1, bytes / 2e6)], own, { gflops: 1000, gbytes: 0.5 })
  expect(text.split('\n')[2]).toMatch(/200 % \|$/)
})
test('rounds: the lowest median, the least step; an error in one is an error', () => {
  const line = (median: number, least: number) => ({
    ...failure('p', 'W2', ''),
    ...{ ms_median: median, ms_min: least, reps: 10, rss_mb: least },
  })
  expect(leastOf(line(3, 2), line(2.5, 2.2), line(4, 1))).toMatchObject({
    ms_median: 2.5,
    ms_min: 1,
    reps: 30,
    rss_mb: 2.2,
  })
  expect(leastOf(line(3, 2), failure('p', 'W2', 'WRONG: loss'), line(1, 1)).note).toBe('WRONG: loss')
})
test('threads: what a second one gains, and why not more', () => {
  const line = (threads: number, workload: string, ms: number, note = '') => ({
    ...failure(`adjoint-wasm-${threads}t`, workload, note),
    ms_min: ms,
  })
  const small = 'one thread: the program is small'
  const lines = [line(1, 'W1', 1), line(2, 'W1', 1, small), line(1, 'W3', 2), line(2, 'W3', 1, small)]
  const cells = scalingTable(lines)
    .split('\n')
    .map((l) => l.split('|').map((c) => c.trim()))
  expect(cells[2]?.slice(1, -1)).toEqual(['W1', '1.00', '1.00', '1.00', small])
  expect(cells[3]?.slice(1, -1)).toEqual(['W3', '2.00', '1.00', '2.00', ''])
})
test('how long a run takes', () => {
  expect(secondsFor(['W2', 'op/matmul-64/forward'], ['ours', 'native'], 5, 2)).toBe(2 * (7 + 9 + 7 + 10))
  expect([40, 100, 5400, 7000].map(duration)).toEqual(['40 s', '2 min', '1 h 30 min', '1 h 57 min'])
})
test('every check is a program, with a point where it is checked', () => {
  for (const name of checkWorkloads([])) {
    const [p, where] = checkCase(name)
    expect(p.closed.outputs.length).toBeGreaterThan(0)
    expect(Object.keys(where).length).toBeGreaterThan(0)
  }
  expect(checkWorkloads(['gpt', 'check/gp'])).toEqual(['check/gp', 'check/gpt'])
  expect([advice(1, 1, [4, 4]), advice(1, 2, [4, 4]), advice(2, 1, [4, 4]), advice(1, 2, [4, 8])]).toEqual([
    'right',
    'raise it',
    'lower it',
    'right',
  ])
})
