/** Who is measured, and how one of them runs one workload: a process of its own that prints a line of JSON. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { coldStarts } from './estimate.ts'
import { failure, type Line, lineOf } from './line.ts'

/** This folder; the code runs from a bundle in a folder below it. */
export const folder = fileURLToPath(new URL('..', import.meta.url))

export interface Participant {
  readonly name: string
  readonly kind: 'ours' | 'javascript' | 'native'
  readonly command: (workload: string) => readonly string[]
  readonly env?: { readonly [name: string]: string }
  /** How to get it, where it is not there. */
  readonly missing?: string
}
export interface Ours {
  readonly backend: string
  readonly threads: number
  readonly relaxed: boolean
}
export const ours = ({ backend, threads, relaxed }: Ours): Participant => ({
  name: backend === 'wasm' ? `adjoint-wasm-${threads}t${relaxed ? '-relaxed' : ''}` : `adjoint-${backend}`,
  kind: 'ours',
  command: (workload) =>
    workload === 'W11'
      ? [process.execPath, ...process.execArgv, join(folder, 'cold.mjs'), backend, String(threads)]
      : [
          ...[process.execPath, ...process.execArgv, join(folder, 'run-one.mjs'), workload],
          JSON.stringify({ backend, threads, relaxed }),
        ],
})
interface Found extends Line {
  /** What a cold process says of itself. */
  readonly rss: number
}
const spawned = (p: Participant, workload: string) => {
  const [file = '', ...args] = p.command(workload)
  const limit = 600_000
  const { stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    timeout: limit,
    env: { ...process.env, ...p.env },
    maxBuffer: 2 ** 26,
  })
  const lines = stdout.split('\n')
  const json = lines.findLast((l) => l.startsWith('{'))
  return {
    found: json === undefined ? undefined : (JSON.parse(json) as Found),
    rest: lines.filter((l) => l !== json && l.trim() !== ''),
    why: error?.message ?? /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.slice(-400),
  }
}
/** W11: the wall time of whole processes, one after the other, from start to exit. */
const cold = (p: Participant): Line => {
  const times: number[] = []
  let [loss, rss] = [Number.NaN, 0]
  for (let k = 0; k < coldStarts(); k++) {
    const start = performance.now()
    const { found, why } = spawned(p, 'W11')
    times.push(performance.now() - start)
    if (found === undefined) return failure(p.name, 'W11', `FAIL: ${why}`)
    loss = found.loss ?? Number.NaN
    rss = Math.max(rss, found.rss)
  }
  return lineOf(p.name, 'W11', { times: { times, cpu: Number.NaN }, checks: { loss } }, rss)
}
export interface Ran {
  readonly line: Line
  /** What else was printed: a profile. */
  readonly rest: readonly string[]
}
export const runOnce = (p: Participant, workload: string): Ran => {
  if (p.missing !== undefined) return { line: failure(p.name, workload, `not installed: ${p.missing}`), rest: [] }
  if (workload === 'W11') return { line: cold(p), rest: [] }
  const { found, rest, why } = spawned(p, workload)
  return { line: found ?? failure(p.name, workload, `FAIL: ${why}`), rest }
}
