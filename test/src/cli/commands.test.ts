/** The command line, in process: what is printed, and the exit code. */
import { readdirSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { registerCheck } from '../../../src/cli/check.ts'
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
