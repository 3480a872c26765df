/** `adjoint accuracy`, as the command line calls it. */
import { expect, test } from 'vitest'
import { registerAccuracy } from '../../../src/cli/accuracy.ts'
import { run as runCommand } from './run.ts'

const run = runCommand('accuracy', registerAccuracy)

test('a formula that loses digits, on the reference and on wasm', async () => {
  const { code, out } = await run('log(1 + exp(x))', '--over', 'x=-20..20', '--points', '9')
  expect(code).toBe(0)
  expect(out).toContain('against 30 digits of the exact numbers, at 9 points')
  expect(out).toMatch(/^reference, float64: 53 bits$/m)
  expect(out).toMatch(/^wasm, float32: 24 bits$/m)
  expect(out).toMatch(/^ {2}value +\d of 9 +\d+ +25 +x = -20$/m)
  expect(out).toContain('reference, value: 25 of 53 bits right at x = -20')
  expect(out).toContain('  exact   2.0611536203143807032389e-9') // mpmath
  expect(out).toContain('  try     softplus(x)')
})
test('one back end, more digits, as JSON', async () => {
  const { out } = await run(
    'x*y',
    '--over',
    '1..2',
    '--backend',
    'reference',
    '--digits',
    '50',
    '--points',
    '3',
    '--json',
  )
  const report = JSON.parse(out)
  expect(report).toMatchObject({ digits: 50, points: 3, unknown: 0 })
  expect(new Set(report.rows.map((r: { backend: string }) => r.backend))).toEqual(new Set(['reference']))
})
test('signs, exponents and spaces in intervals', async () => {
  const { code, out } = await run(
    'x + y',
    '--over',
    'x = -1e3..-.5 , y=+2..2.5e1',
    '--backend',
    'reference',
    '--points',
    '3',
  )
  expect([code, out.includes('at 3 points')]).toEqual([0, true])
})
test.each([
  ['x=1', "'x=1' is no interval of an input"],
  ['x=1..2..3', "'x=1..2..3' is no interval of an input"],
  ['x=a..2', 'is no interval of an input'],
  ['', "'' is no interval of an input"],
  ['z=1..2', 'no input is called z\n  in   --over\n  try  one of x'],
  ['x=2..1', 'the interval 2 .. 1 ends before it begins\n  in   --over\n  try  1..2'],
  ['x=1..2,x=3..4', 'an input has two intervals'],
  ['x=1..1e999', 'has the interval 1 .. Infinity'],
])('--over %s', async (over, says) => {
  const { code, err } = await run('sin(x)', '--over', over)
  expect(code).toBe(1)
  expect(err).toContain(says)
})
test.each([
  [['sin(x'], '^'],
  [['sqrt(x)', '--over', '-2..-1'], 'no finite value at any point'],
  [['sin(x)', '--digits', '7'], 'from 20 to 300'],
  [['sin(x)', '--points', '0'], 'at least 1'],
  [['sin(x)', '--backend', 'wsm'], 'no back end is called wsm'],
])('%s', async (args, says) => {
  const { code, err } = await run(...args)
  expect(code).toBe(1)
  expect(err).toContain(says)
})
