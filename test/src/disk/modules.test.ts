/** Compiled modules in files. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { wasm } from '../../../backends/index.ts'
import { moduleFolder } from '../../../src/disk/index.ts'
import { exp, programOrThrow, real } from '../../../src/index.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modules-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('what is put is got, from a file that is whole', async () => {
  const store = moduleFolder(join(folder, 'deep', 'er'))
  expect(await store.get('a'.repeat(64))()).toEqual({ _tag: 'Right', right: undefined })
  expect(await store.put('a'.repeat(64), Uint8Array.of(1, 2))()).toEqual({ _tag: 'Right', right: undefined })
  expect(await store.get('a'.repeat(64))()).toEqual({ _tag: 'Right', right: Buffer.of(1, 2) })
  expect(await readdir(join(folder, 'deep', 'er'))).toEqual([`${'a'.repeat(64)}.wasm-entry`])
})
test('where no folder can be, the program runs and the reason says why', async () => {
  await writeFile(join(folder, 'file'), '')
  const cache = moduleFolder(join(folder, 'file', 'inside'))
  const compiled = await wasm({ cache }).compile(programOrThrow(real(2), (x) => exp(x)))()
  expect(compiled).toMatchObject({ right: { reason: expect.stringMatching(/^asked for; not kept in .*: ENOTDIR/) } })
})
test('a program is kept in one file, and loaded from it', async () => {
  const f = programOrThrow(real(3), (x) => exp(exp(x)))
  const reasons: (string | undefined)[] = []
  for (const cache of [moduleFolder(folder), moduleFolder(`${folder}/.`)]) {
    const compiled = await wasm({ cache }).compile(f)()
    reasons.push(compiled._tag === 'Right' ? compiled.right.reason.split(' from ')[0]?.split(' in ')[0] : undefined)
  }
  expect(reasons).toEqual(['asked for; kept', 'asked for; loaded'])
  expect(await readdir(folder)).toHaveLength(1)
})
