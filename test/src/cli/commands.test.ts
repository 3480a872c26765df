/** The command line, in process: what is printed, and the exit code. */
import { readdirSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { registerCheck } from '../../../src/cli/check.ts'
import { registerCost } from '../../../src/cli/cost.ts'
import { registerExplain } from '../../../src/cli/explain.ts'
import { registerFormula } from '../../../src/cli/formula.ts'

interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number | string | null | undefined
}
const run = async (...args: readonly string[]): Promise<Ran> => {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const err = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const adjoint = new Command('adjoint')
  registerFormula(adjoint)
  registerCheck(adjoint)
  registerExplain(adjoint)
  registerCost(adjoint)
  process.exitCode = undefined
  await adjoint.parseAsync(args, { from: 'user' })
  const code = process.exitCode
  process.exitCode = undefined
  const text = (spy: typeof out): string => spy.mock.calls.flat().join('\n')
  return { out: text(out), err: text(err), code }
}
afterEach(() => {
  vi.restoreAllMocks()
})

describe('formulas', () => {
  test('print', async () =>
    expect(await run('print', 'x*y')).toMatchObject({ out: expect.stringContaining('x * y'), code: 0 }))
  test('grad, simplified and raw', async () => {
    const simple = await run('grad', 'x*sin(x*y)')
    const raw = await run('grad', 'x*sin(x*y)', '--raw')
    expect(simple).toMatchObject({ out: expect.stringContaining('cos'), code: 0 })
    expect(raw.out.length).toBeGreaterThan(simple.out.length)
  })
  test('jvp has a tangent for each input', async () =>
    expect((await run('jvp', 'x*y')).out).toMatch(/dx: real.*dy: real/s))
  test('a wrong formula: line, column, caret', async () => {
    const { err, code } = await run('grad', 'x * sin(')
    expect(code).toBe(1)
    expect(err).toMatch(/line 1, column 9/)
    expect(err).toContain('^')
  })
})
describe('check', () => {
  test('right derivatives', async () =>
    expect(await run('check', 'x*sin(x*y) + exp(-x^2)', '--at', 'x=1.2,y=0.5')).toMatchObject({
      out: expect.stringContaining('correct'),
      code: 0,
    }))
  test.each([
    ['an input that is not there', 'z=1', 'no input is called z'],
    ['an input without a value', 'x=1', 'no value for y'],
    ['a value that is none', 'x=one,y=1', 'is not a number'],
    ['too many values', 'x=[1,2],y=1', 'x has 1 elements, and 2 are given'],
  ])('%s', async (_, at, message) =>
    expect(await run('check', 'x*y', '--at', at)).toMatchObject({ err: expect.stringContaining(message), code: 1 }),
  )
  test('a module that is not there', async () =>
    expect(await run('check', './nowhere.js#f')).toMatchObject({ err: expect.stringContaining('nowhere.js'), code: 1 }))
})
test('every command is registered', () => {
  const folder = new URL('../../../src/cli/', import.meta.url)
  const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8')
  const commands = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((f) => f.endsWith('.ts'))
    .flatMap((f) => [...read(f).matchAll(/export const (register\w+)/g)].map(([, name]) => name as string))
  expect(commands.length).toBeGreaterThan(3)
  expect(commands.filter((name) => !read('index.ts').includes(`${name}(adjoint)`))).toEqual([])
})

describe('explain', () => {
  test('a formula, in one input, with numbers and their finite differences', async () => {
    const { out, code } = await run('explain', 'x*sin(x*y)', '--wrt', 'x', '--mode', 'reverse', '--at', 'x=1.2,y=0.5')
    expect(code).toBe(0)
    expect(out).toContain('a_bar = b_bar * cos(a)')
    expect(out).toMatch(/x +– +1\.2 +1\.05984 +1\.05984/)
    expect(out).not.toContain('y_bar')
  })
  test.each([
    'forward',
    'reverse',
    'linearize',
    'batch',
    'simplify',
    'compile',
    'reverse,forward',
    'linearize,transpose',
  ])('--mode %s, in both languages', async (mode) => {
    const english = await run('explain', 'x*sin(x*y)', '--mode', mode)
    const french = await run('explain', 'x*sin(x*y)', '--mode', mode, '--lang', 'fr')
    expect([english.code, french.code]).toEqual([0, 0])
    expect(french.out).toMatch(/Le programme/)
    expect(french.out).not.toBe(english.out)
  })
  test.each([
    ['latex', /^\\documentclass/],
    ['html', /^<!doctype html>/],
    ['svg', /^<svg /],
  ])('--format %s', async (format, start) =>
    expect(await run('explain', 'x*y', '--format', format)).toMatchObject({
      out: expect.stringMatching(start),
      code: 0,
    }),
  )
  test('a model of the examples, by its name', async () =>
    expect((await run('explain', 'tanh-network')).out).toContain('tanh(b)'))
  test.each([
    [['x*sin(x*y'], 'line 1, column 10'],
    [['x*y', '--mode', 'revers'], 'one of forward, reverse'],
    [['x*y', '--wrt', 'z'], 'one of x, y'],
    [['x*y', '--at', 'x=1'], 'no value for y'],
    [['x*y', '--mode', 'forward', '--at', 'x=1,y=2', '--along', 'x=1'], 'in   --along'],
    [['x*y', '--at', 'x=1,y=b'], 'the value of y is not a number\n  in   --at\n  try  y=1.5'],
    [['x*y', '--out', '/nowhere/a.pdf'], 'ends in .txt, .tex, .html, .svg'],
    [['x*y', '--out', '/nowhere/a.html'], 'a folder that exists'],
    [['weighted-sums#no'], 'weighted-sums#no'],
  ])('refuses %j', async (args, says) =>
    expect(await run('explain', ...args)).toMatchObject({ err: expect.stringContaining(says), code: 1 }),
  )
})
test.each(['0', '2.5', 'two'])('explain --size %s is not a number of examples', async (size) => {
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  const left = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('exit')
  })
  await expect(run('explain', 'x*y', '--mode', 'batch', '--size', size)).rejects.toThrow('exit')
  expect(left).toHaveBeenCalledWith(1)
  expect(said.mock.calls.flat().join('')).toContain('a whole number, at least 1')
})
describe('diff and cost', () => {
  test('what is gone, and what it has become; the laws', async () => {
    const { out } = await run('diff', 'x*1 + 0*y', '--mode', 'reverse')
    expect(out).toMatch(/^- /m)
    expect(out).toContain('by mul(x, 1) = x')
  })
  test('a program that is already simple', async () =>
    expect((await run('diff', 'x*y')).out).toBe('  a = x * y\n1 equations before, 1 after'))
  test('the cost of the gradient beside that of the program', async () => {
    const { out } = await run('cost', 'x*sin(x*y)', '--json')
    const costs = JSON.parse(out) as { readonly [what: string]: { readonly flops: number } }
    expect(costs['the program']?.flops).toBe(3)
    expect(costs['gradient (reverse mode)']?.flops).toBeLessThanOrEqual(12)
  })
})
