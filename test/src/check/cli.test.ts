/** `adjoint check`, as the command line calls it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { registerCheck } from '../../../src/cli/check.ts'
import { customJvp, type Expr, exp, mul, programOrThrow, real, sum } from '../../../src/index.ts'
import { run as runCommand } from '../cli/run.ts'

const folder = mkdtempSync(join(tmpdir(), 'adjoint-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = runCommand('check', registerCheck)

test('a formula at a point', async () => {
  const { code, out } = await run('x*sin(x*y) + exp(-x^2)', '--at', 'x=1.2,y=0.5')
  expect(code).toBe(0)
  expect(out).toContain('gradients correct (1 point, seed 1)')
  expect(out).toMatch(/ok {4}y: 1 of 1 coordinates, worst y: analytic 1.188/)
})
test('JSON and a page', async () => {
  const html = join(folder, 'report.html')
  const { code, out } = await run('log(x) * y', '--json', '--html', html, '--seed', '4')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ verdict: 'correct', seed: 4 })
  expect(readFileSync(html, 'utf8')).toContain('<h1>log(x) * y</h1>')
})
test('what cannot be decided', async () => expect((await run('floor(1000000*x)')).code).toBe(2))
test('bad input', async () => {
  expect(await run('x * * y')).toMatchObject({ code: 1, err: expect.stringContaining('^') })
  expect((await run('x * y', '--at', 'x=1')).err).toContain('no value for y')
  expect((await run('x * y', '--at', 'x=1,y=2,z=3')).err).toContain(
    'no input is called z\n  in   --at\n  try  one of x, y',
  )
  expect((await run('x * y', '--at', 'x=1,y=two')).err).toContain('the value of y is not a number')
  expect((await run(join(folder, 'none.mjs'))).err).toContain('none.mjs')
})
test('programs of a module, by name', async () => {
  const halved = customJvp(
    (x: Expr<readonly [2], 'real'>) => exp(x),
    (_, dx) => mul(dx, 0.5),
  )
  const right = programOrThrow(real(2), (x) => sum()(exp(x)))
  const wrong = programOrThrow(real(2), (x) => sum()(halved(x)))
  const file = join(folder, 'model.mjs')
  writeFileSync(
    file,
    `export const right = ${JSON.stringify(right)}\nexport const wrong = { _tag: 'Right', right: ${JSON.stringify(wrong)} }\n`,
  )
  expect(await run(`${file}#right`, '--at', 'x=[0.5, 1]')).toMatchObject({
    code: 0,
    out: expect.stringContaining('gradients correct'),
  })
  expect(await run(`${file}#wrong`)).toMatchObject({ code: 1, out: expect.stringContaining('suspect: customJvp') })
  expect((await run(`${file}#loss`)).err).toContain('has no program called loss')
  expect((await run(file)).err).toContain('the module exports several programs')
  expect((await run(`${file}#right`, '--at', 'x=1')).err).toContain('x has 2 elements, and 1 is given')
})
