/** The command line, in process: what is printed, and the exit code. */
import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { registerCheck } from '../../../src/cli/check.ts'
import { commandLine } from '../../../src/cli/commandLine.ts'
import { registerCost } from '../../../src/cli/cost.ts'
import { registerExplain } from '../../../src/cli/explain/index.ts'
import { modes } from '../../../src/cli/explain/modes.ts'
import { registerFormula } from '../../../src/cli/formula.ts'
import { registerList } from '../../../src/cli/list.ts'
import { registerPlan } from '../../../src/cli/plan.ts'
import { registerPlay } from '../../../src/cli/play.ts'
import { takes } from '../../../src/explain/index.ts'

interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number | string | null | undefined
}
const run = async (...args: readonly string[]): Promise<Ran> => {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const err = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const help = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
  process.exitCode = undefined
  await commandLine(
    registerFormula,
    registerCheck,
    registerExplain,
    registerCost,
    registerList,
    registerPlan,
    registerPlay,
  )(args)
  help.mockRestore()
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
    ['too many values', 'x=[1,2],y=1', 'x has 1 element, and 2 are given'],
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
  expect(commands.filter((name) => !read('index.ts').includes(`  ${name},`))).toEqual([])
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
    [['x*y', '--mode', 'revers'], 'try  reverse'],
    [['x*y', '--wrt', 'z'], 'one of x, y'],
    [['x*y', '--at', 'x=1'], 'no value for y'],
    [['x*y', '--mode', 'forward', '--at', 'x=1,y=2', '--along', 'x=1'], 'in   --along'],
    [['x*y', '--at', 'x=1,y=b'], 'the value of y is not a number\n  in   --at\n  try  y=1.5'],
    [['x*y', '--out', '/nowhere/a.pdf'], 'ends in .txt, .tex, .html, .svg'],
    [
      ['x*y', '--out', '/nowhere/a.html'],
      'there is no folder /nowhere\n  in   --out\n  try  a file in a folder that exists',
    ],
    [['weighted-sums#no'], 'weighted-sums'],
  ])('refuses %j', async (args, says) =>
    expect(await run('explain', ...args)).toMatchObject({ err: expect.stringContaining(says), code: 1 }),
  )
})
test.each(['0', '2.5', 'two', ''])('explain --size %j is not a number of examples', async (size) =>
  expect(await run('explain', 'x*y', '--mode', 'batch', '--size', size)).toEqual({
    out: '',
    err: `--size ${size} is not valid\n  in   adjoint explain --size\n  try  a whole number, at least 1`,
    code: 1,
  }),
)
describe('an option without effect on the modes is refused', () => {
  const values: { readonly [option: string]: string } = { wrt: 'x', at: 'x=1,y=2', along: 'x=1,y=0', size: '3' }
  // whatever the table says of a mode and an option, the command line does
  const cases = modes.flatMap((mode) => Object.keys(values).map((option) => [mode, option] as const))
  test.each(cases.filter(([mode]) => mode !== 'transpose'))('--mode %s --%s', async (mode, option) => {
    const tangents = mode === 'linearize' && option === 'at' ? ',dx=1,dy=0' : ''
    const at = option === 'along' ? ['--at', 'x=1,y=2'] : []
    const { err, code } = await run(
      'explain',
      'x*y',
      '--mode',
      mode,
      `--${option}`,
      `${values[option]}${tangents}`,
      ...at,
    )
    if (takes(mode, option)) expect([err, code]).toEqual(['', 0])
    else {
      expect(code).toBe(1)
      expect(err).toMatch(
        new RegExp(
          `^--\\w+ has no effect on ${mode}\n  in   --mode ${mode}\n  try  leave out --\\w+, which belongs to `,
        ),
      )
    }
  })
  test.each([
    ['linearize,forward', 'wrt', 'x', 'has no effect on linearize\n'],
    ['forward,batch', 'at', 'x=1,y=2', 'has no effect on batch\n'],
    ['reverse,forward', 'size', '3', 'has no effect on reverse,forward\n'],
    ['forward', 'along', 'x=1,y=1', '--along needs a point'],
  ])('--mode %s --%s', async (mode, option, value, says) =>
    expect(await run('explain', 'x*y', '--mode', mode, `--${option}`, value)).toMatchObject({
      err: expect.stringContaining(says),
      code: 1,
    }),
  )
  test('in a chain the inputs are the formula inputs, the numbers those of the last mode', async () =>
    expect(await run('explain', 'x*y', '--mode', 'reverse,forward', '--wrt', 'x', '--at', 'x=1,y=2')).toMatchObject({
      err: '',
      code: 0,
    }))
})
test('a formula is not linear in tangents: transposing it is refused with what to do first', async () => {
  const { err, code } = await run('explain', 'x*y', '--mode', 'transpose')
  expect(code).toBe(1)
  expect(err).toMatch(/^transpose: not a program of \(residuals, tangents\)\n.*\n {2}try {2}linearize a program/)
})

describe('a wrong command line: what, where, what to try; nothing is done', () => {
  test.each([
    [['exprain', 'x'], 'there is no command exprain\n  in   adjoint\n  try  explain; or adjoint --help'],
    [
      ['explain'],
      'the program is missing\n  in   adjoint explain\n  try  adjoint explain <program>; adjoint explain --help explains it',
    ],
    [
      ['print', 'x', '*', 'y'],
      "'*' y is not expected\n  in   adjoint print\n  try  quotes around an argument with spaces, adjoint print 'x * y'; or adjoint print --help",
    ],
    [
      ['list', 'all'],
      'all is not expected\n  in   adjoint list\n  try  adjoint list without arguments; or adjoint list --help',
    ],
    [
      ['explain', 'x', '--moed', 'forward'],
      'there is no option --moed\n  in   adjoint explain\n  try  --mode; or adjoint explain --help',
    ],
    [
      ['grad', '-x*y'],
      "there is no option -x*y\n  in   adjoint grad\n  try  -- before an argument that begins with a minus sign, adjoint grad -- '-x*y'; or adjoint grad --help",
    ],
    [
      ['explain', 'x', '--at'],
      '--at needs a value\n  in   adjoint explain\n  try  --at <point>; or adjoint explain --help',
    ],
    [['explain', 'x', '--lang', 'de'], '--lang de is not valid\n  in   adjoint explain --lang\n  try  one of en, fr'],
    [
      ['explain', 'x', '--format', 'htm'],
      '--format htm is not valid\n  in   adjoint explain --format\n  try  html; or one of text, latex, html, svg',
    ],
    [
      ['check', 'x', '--range', '1,0'],
      '--range 1,0 is not valid\n  in   adjoint check --range\n  try  two numbers, the smaller first: -1,1',
    ],
    [
      ['check', 'x', '--samples', '0'],
      '--samples 0 is not valid\n  in   adjoint check --samples\n  try  a whole number, at least 1',
    ],
    [
      ['play', '--port', '99999'],
      '--port 99999 is not valid\n  in   adjoint play --port\n  try  a whole number, from 0 to 65535',
    ],
    [
      ['check', 'x*y', '--at', 'x=1,y=2', '--range', '0,1'],
      '--range and --at exclude each other\n  in   --range\n  try  one of the two',
    ],
  ] as const)('%j', async (args, err) => expect(await run(...args)).toEqual({ out: '', err, code: 1 }))
  test('a formula that begins with a minus sign, as advised', async () =>
    expect(await run('print', '--', '-x*y')).toMatchObject({ out: expect.stringContaining('= -a'), code: 0 }))
  test('help says what a program may be', async () => {
    const shown = vi.spyOn(process.stdout, 'write').mockImplementation(() => true)
    await commandLine(registerCost)(['cost', '--help'])
    const text = shown.mock.calls.flat().join('').replaceAll(/\s+/g, ' ')
    process.exitCode = undefined
    expect(text).toContain('a model by name or code (adjoint list)')
    expect(text).not.toContain('default: false')
  })
  test('help and version are not errors', async () => {
    expect((await run('explain', '--help')).err).toBe('')
    expect((await run('--version')).code).toBe(0)
  })
})

describe('a name is never read as a formula', () => {
  const commands = ['print', 'grad', 'jvp', 'diff', 'explain', 'cost', 'check', 'plan']
  test.each(commands)('%s tanh-netwrok', async (command) =>
    expect(await run(command, 'tanh-netwrok')).toEqual({
      out: '',
      err: "no model is called tanh-netwrok\n  in   tanh-netwrok\n  try  tanh-network; or adjoint list; a formula of these letters has spaces, 'tanh - netwrok'",
      code: 1,
    }),
  )
  test.each([
    [' ', "there is nothing to read\n  in   ' '\n  try  a formula"],
    ['nosuchmodel', "try  adjoint list; a formula that is one input has brackets, '(nosuchmodel)'"],
    ['C99', 'no model is called C99'],
    ['tanh-netwrok#the risk', 'no model is called tanh-netwrok'],
    ['tanh-network#risk', "it has no program called risk\n  in   tanh-network\n  try  'tanh-network#the risk'"],
  ])('print %s', async (name, says) =>
    expect(await run('print', name)).toMatchObject({ err: expect.stringContaining(says), code: 1 }),
  )
  test.each(['x', 'x-y', 'x1-x2', 'x-2', '(alpha)', 'alpha - beta', '3'])('%s is a formula', async (formula) =>
    expect(await run('print', formula)).toMatchObject({ err: '', code: 0 }),
  )
  test.each(['tanh-network', 'B3', 'b3', 'Tanh-Network'])('%s is a model', async (name) =>
    expect((await run('print', name)).out).toContain('tanh('),
  )
})
describe('a point', () => {
  test.each([
    ['x=1,y=2,zzz', "'zzz' gives no input a value"],
    ['x=1;y=2', 'the value of x is not a number'],
    ['x=1,x=2,y=3', 'an input has two values'],
    ['x=,y=2', "'x=,y=2' gives no input a value"],
    ['x=[1,,2],y=2', 'the value of x is not a number'],
    ['x=1,yy=2', 'no input is called yy\n  in   --at\n  try  y; or one of x, y'],
  ])('%s is none', async (at, says) =>
    expect(await run('explain', 'x*y', '--at', at)).toMatchObject({ err: expect.stringContaining(says), code: 1 }),
  )
})
test('a refusal names the operation, not a line of this library', async () =>
  expect(await run('grad', 'x < y')).toEqual({
    out: '',
    err: 'grad: a gradient needs one real number as output, not bool[]\n  in   grad(bool[])\n  try  reduce the output with sum or mean, or use vjp, jacrev or jacfwd',
    code: 1,
  }))
describe('diff and cost', () => {
  test('equations that go, what replaces them, and the laws', async () => {
    const { out } = await run('diff', 'x*1 + 0*y', '--mode', 'reverse')
    expect(out).toMatch(/^- /m)
    expect(out).toContain('by mul(x, 1) = x')
  })
  test('a program that is already simple', async () =>
    expect((await run('diff', 'x*y')).out).toBe('  a = x * y\n1 equation before, 1 after.'))
  test('the cost of the gradient beside that of the program', async () => {
    const { out } = await run('cost', 'x*sin(x*y)', '--json')
    const costs = JSON.parse(out) as { readonly [what: string]: { readonly flops: number } }
    expect(costs['the program']?.flops).toBe(3)
    expect(costs['gradient (reverse mode)']?.flops).toBeLessThanOrEqual(12)
  })
})
