/** A few kills of `npm run kill`, and a disk that is full. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { killRun, launch } from './campaign.ts'

test('killed three times and resumed, a run ends with the bits of one that was not', { timeout: 300_000 }, async () => {
  const { kills, expected, found } = await killRun(1, 'wasm', 3, 150)
  expect(expected).toMatch(/^[0-9a-f]{64}$/)
  expect(found).toBe(expected)
  expect(kills).toBe(3)
})
test('a full disk: a typed error, and the earlier checkpoint is unchanged', { timeout: 300_000 }, async (context) => {
  if (process.platform === 'win32') {
    console.info('skipped: a full disk, because Windows has no ulimit')
    return context.skip('Windows has no ulimit')
  }
  const folder = mkdtempSync(join(tmpdir(), 'adjoint-full-'))
  try {
    const path = join(folder, 'run')
    const first = launch([path, 'wasm', '1'])
    await first.begun
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 10))
    first.process.kill('SIGKILL')
    await first.ended
    const before = readFileSync(path)
    // no file may grow beyond 1 KiB: like a full disk, without root
    const full = await launch([path, 'wasm', '1'], (run) => `trap '' XFSZ; ulimit -f 1; exec ${run}`).ended
    expect(full).toMatchObject({
      code: 1,
      out: expect.stringMatching(/cannot be written \(EFBIG\)[\s\S]*\n {2}try {2}/),
    })
    expect(Buffer.compare(readFileSync(path), before)).toBe(0)
    expect(readdirSync(folder)).toEqual(['run'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
