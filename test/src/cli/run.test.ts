/** `adjoint run`, in process: every misuse gets its own advice before anything runs. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { commandLine } from '../../../src/cli/commandLine.ts'
import { registerRun } from '../../../src/cli/run.ts'

interface Ran {
  readonly out: string
  readonly err: string
  readonly code: number | string | null | undefined
}
const run = async (...args: readonly string[]): Promise<Ran> => {
  vi.restoreAllMocks()
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const err = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  process.exitCode = undefined
  await commandLine(registerRun)(['run', ...args])
  const code = process.exitCode
  process.exitCode = undefined
  const text = (spy: typeof out): string => spy.mock.calls.flat().join('\n')
  return { out: text(out), err: text(err), code }
}
const made: string[] = []
const where = { folder: '' }
beforeEach(() => {
  where.folder = mkdtempSync(join(tmpdir(), 'adjoint-run-'))
  made.push(where.folder)
})
afterEach(() => {
  vi.restoreAllMocks()
})
afterAll(() => {
  for (const f of made) rmSync(f, { recursive: true, force: true })
})

describe('misuse', () => {
  test.each<readonly [string, readonly string[], RegExp]>([
    ['a name that is nearly one', ['fitt'], /no system is called fitt\n.*\n {2}try {2}adjoint run fit/],
    ['a name that is none', ['qqqqqqqq'], /no system is called qqqqqqqq\n.*\n {2}try {2}adjoint list/],
    [
      'a back end that is none',
      ['a1', '--backend', 'cuda'],
      /no back end is called cuda\n.*\n {2}try {2}one of .*wasm/,
    ],
    [
      'data that are none',
      ['d1', '--data', 'cifar'],
      /--data cifar is not valid\n.*\n {2}try {2}one of generated, mnist, fashion-mnist/,
    ],
    ['no epochs', ['d1', '--epochs', '0'], /--epochs 0 is not valid\n.*\n {2}try {2}a whole number, at least 1/],
    ['half an epoch', ['d1', '--epochs', '0.5'], /a whole number, at least 1/],
    ['a seed that is a word', ['d1', '--seed', 'x'], /a whole number, at least 0/],
    [
      'a folder without its data',
      ['d1', '--dir', '/nowhere'],
      /--dir names a folder of data, but.*\n.*\n {2}try {2}add --data mnist/,
    ],
    [
      'a folder that is not there',
      ['d1', '--data', 'mnist', '--dir', '/nowhere'],
      /a file is missing\n {2}in {3}\/nowhere\n {2}try {2}put one of train-images/,
    ],
    ['resuming nothing', ['d3', '--resume'], /nothing to resume\n.*\n {2}try {2}add --out FOLDER/],
    ['resuming what is not there', ['d3', '--resume', '--out', '/nowhere/at/all'], /there is no such folder/],
    [
      'a part of a system without parts',
      ['a1', '--part', 'x'],
      /weighted-sums has no parts\n.*\n {2}try {2}adjoint run weighted-sums/,
    ],
    ['a part that is none', ['e3', '--part', 'x'], /gan has no part x\n.*\n {2}try {2}--part ring, --part digits/],
    [
      'a flag that is none',
      ['d1', '--epoch', '3'],
      /there is no option --epoch\n.*\n {2}try {2}--epochs; or adjoint run --help/,
    ],
  ])('%s', async (_, args, said) => {
    const { err, out, code } = await run(...args)
    expect(err).toMatch(said)
    expect([out, code]).toEqual(['', 1])
  })
  test('an empty folder to resume from, and a file in place of a folder', async () => {
    expect((await run('d3', '--resume', '--out', where.folder)).err).toMatch(/the folder holds no checkpoint\n/)
    const file = join(where.folder, 'file')
    writeFileSync(file, '')
    expect((await run('a1', '--out', join(file, 'below'))).err).toMatch(
      /cannot be used \(ENOTDIR\)\n.*\n {2}try {2}another folder/,
    )
  })
})
describe('a system', () => {
  test('that learns leaves a report, a record and a checkpoint, and can be resumed', async () => {
    const args = ['c3', '--backend', 'wasm', '--small', '--out', where.folder] as const
    const first = await run(...args)
    expect(first).toMatchObject({ code: 0, err: '' })
    const files = readdirSync(where.folder)
    for (const name of ['features', 'layers'])
      for (const ending of ['html', 'jsonl', 'safetensors']) expect(files).toContain(`${name}.${ending}`)
    expect(first.out).toMatch(/report: .*features\.html/)
    expect(readFileSync(join(where.folder, 'layers.jsonl'), 'utf8')).toMatch(
      /"versions":\{"node":"v[^"]*","adjoint":"\d/,
    )
    const again = await run(...args, '--resume')
    const figures = (text: string): readonly string[] => text.match(/found {5}.*/g) ?? []
    expect(figures(again.out)).toEqual(figures(first.out))
    const other = await run(...args, '--resume', '--seed', '2')
    expect(other).toMatchObject({ code: 1, err: expect.stringMatching(/checkpoint of another run: its key is/) })
  })
  test('in French: the same numbers, other sentences', async () => {
    const { out, code } = await run('a1', '--lang', 'fr', '--epochs', '3')
    expect(code).toBe(0)
    expect(out).toMatch(/^A1 weighted-sums: sommes pondérées des notes de dix élèves/)
    expect(out).toMatch(/ok {6}moyenne des sept\n {8}obtenu {4}10\.9857/)
    expect(out).toMatch(/5 valeurs sur 5, machine reference/)
    expect(out).toMatch(/remarque : --epochs 3 n’a pas d’effet sur weighted-sums/)
    expect((await run('a1', '--lang', 'de')).err).toMatch(/--lang de is not valid\n.*\n {2}try {2}one of en, fr/)
  })
  test('says which options have no effect', async () => {
    const { out, code } = await run('a1', '--epochs', '3', '--data', 'mnist')
    expect(code).toBe(0)
    expect(out).toMatch(
      /note: --data mnist has no effect on weighted-sums\nnote: --epochs 3 has no effect on weighted-sums/,
    )
    expect((await run('c3', '--epochs', '1', '--backend', 'wasm')).out).not.toContain('note:')
  })
  test('without a folder writes nothing', async () => {
    const { code } = await run('a1', '--backend', 'reference')
    expect(code).toBe(0)
    expect(existsSync(where.folder) && readdirSync(where.folder).length).toBe(0)
  })
})
