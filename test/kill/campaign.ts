/**
 * Training runs killed by SIGKILL at random moments and resumed until they are done: each must end with the bits of a run
 * that was not killed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foldIn, type Key, randomKey, uniform } from '../../src/random/key.ts'

const script = join(import.meta.dirname, 'child.mjs')

interface Process {
  readonly process: ChildProcess
  /** Resolves when the first step is done, or the process has ended. */
  readonly begun: Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly out: string }>
}
/** `wrap`: a shell command line around the run's own. */
export const launch = (args: readonly string[], wrap?: (command: string) => string): Process => {
  const own = [script, ...args]
  const quoted = [process.execPath, ...own].map((a) => `'${a}'`).join(' ')
  const started = wrap === undefined ? spawn(process.execPath, own) : spawn('sh', ['-c', wrap(quoted)])
  let out = ''
  const ended = new Promise<{ readonly code: number | null; readonly out: string }>((resolve) => {
    started.on('close', (code) => resolve({ code, out }))
  })
  const begun = new Promise<void>((resolve) => {
    const hear = (chunk: Buffer): void => {
      out += String(chunk)
      if (out.includes('begun')) resolve()
    }
    started.stdout?.on('data', hear)
    started.stderr?.on('data', hear)
    started.on('close', () => resolve())
  })
  return { process: started, begun, ended }
}
const digestIn = (out: string): string => /done (\w+)/.exec(out)?.[1] ?? `no digest: ${out}`

export interface Killed {
  readonly kills: number
  /** Kills that left an incomplete file beside the checkpoint. */
  readonly torn: number
  readonly expected: string
  readonly found: string
}
/** One run, killed within `within` milliseconds of its first step, `most` times or until it is done. */
export const killRun = async (seed: number, backend: string, most: number, within: number): Promise<Killed> => {
  const folder = mkdtempSync(join(tmpdir(), 'adjoint-kill-'))
  const delays: Key = foldIn(77)(randomKey(seed))
  const [quiet, disturbed] = [join(folder, 'quiet'), join(folder, 'disturbed')]
  try {
    const expected = digestIn((await launch([quiet, backend, String(seed)]).ended).out)
    let [kills, torn] = [0, 0]
    for (;;) {
      const run = launch([disturbed, backend, String(seed)])
      if (kills < most) {
        await run.begun
        await new Promise((resolve) => setTimeout(resolve, within * (uniform(1)(foldIn(kills)(delays))[0] ?? 0)))
        run.process.kill('SIGKILL')
      }
      const { code, out } = await run.ended
      if (code !== null) return { kills, torn, expected, found: digestIn(out) }
      kills += 1
      if (readdirSync(folder).some((f) => f.endsWith('.tmp'))) torn += 1
    }
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true })
  }
}
