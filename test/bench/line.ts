/** What is said of a workload: one line of figures, held against the reference. A wrong value is an error, not a time. */
import { existsSync, readFileSync } from 'node:fs'
import type { Checks } from './data.ts'
import { median, type Times } from './measure.ts'
import expected from './reference.json' with { type: 'json' }

export interface Measured {
  readonly times: Times
  readonly checks: Checks
  readonly gflops?: number
  readonly note?: string
}
/** As JSON: milliseconds, and megabytes of the process at its largest. */
export interface Line {
  readonly peer: string
  readonly workload: string
  readonly ms_median: number | null
  readonly ms_min: number | null
  readonly reps: number
  readonly rss_mb: number | null
  readonly loss: number | null
  readonly grad_checksum: number | null
  readonly grad_probe: number | null
  readonly loss10: number | null
  readonly note: string
  readonly gflops?: number
  readonly gv?: number
}
const references: { readonly [workload: string]: { readonly [check: string]: number } } = expected

/**
 * Relative, 1e-3, with two exceptions: the sum of a product of sines cancels, so it is held to the sum of magnitudes;
 * a million numbers added in one float32 drift by 2.6e-3, which peers do, and which is forgiven them alone.
 */
const allowed = (workload: string, check: string, own: boolean): number => {
  const reference = references[workload] ?? {}
  if (workload.startsWith('W7') && check === 'loss') return 1e-3 * (reference.grad_checksum ?? 1)
  const relative = workload === 'W6' && check === 'loss' ? (own ? 1e-6 : 5e-3) : 1e-3
  return relative * Math.abs(reference[check] ?? 0)
}
/** What is further from the reference than rounding explains. */
export const wrong = (workload: string, found: Checks, own: boolean): readonly string[] =>
  Object.entries(references[workload] ?? {}).flatMap(([check, e]) => {
    const f = found[check as keyof Checks] ?? Number.NaN
    return Math.abs(f - e) <= allowed(workload, check, own) ? [] : [`${check} is ${f}, not ${e}`]
  })

const round = (x: number): number => Math.round(x * 1e5) / 1e5
export const failure = (peer: string, workload: string, note: string): Line => ({
  peer,
  workload,
  ms_median: null,
  ms_min: null,
  reps: 0,
  rss_mb: null,
  loss: null,
  grad_checksum: null,
  grad_probe: null,
  loss10: null,
  note,
})
export const lineOf = (peer: string, workload: string, m: Measured, rss: number = peak()): Line => {
  const { loss = null, grad_checksum = null, grad_probe = null, loss10 = null, gv } = m.checks
  const { times } = m.times
  const errors = wrong(workload, m.checks, peer.startsWith('adjoint'))
  const right = errors.length === 0
  return {
    peer,
    workload,
    ms_median: right ? round(median(times)) : null,
    ms_min: right ? round(Math.min(...times)) : null,
    reps: times.length,
    rss_mb: rss,
    loss,
    grad_checksum,
    grad_probe,
    loss10,
    note: right ? (m.note ?? '') : `WRONG: ${errors.join('; ')}`,
    ...(gv !== undefined && { gv }),
    ...(right && m.gflops !== undefined && { gflops: round(m.gflops) }),
  }
}
/** Rounds of one participant on one workload as one line: the lowest median, the least step. An error in any is one. */
export const leastOf = (first: Line, ...more: readonly Line[]): Line =>
  more.reduce((a, b) => {
    if (a.ms_min === null || a.ms_median === null || b.ms_min === null || b.ms_median === null)
      return a.ms_min === null ? a : b
    return {
      ...(b.ms_min < a.ms_min ? b : a),
      ms_median: Math.min(a.ms_median, b.ms_median),
      reps: a.reps + b.reps,
      rss_mb: a.rss_mb === null || b.rss_mb === null ? null : Math.max(a.rss_mb, b.rss_mb),
    }
  }, first)
/**
 * Megabytes of this process at its largest. Linux keeps that beside the memory itself; what resourceUsage says is never
 * less than what the process that started this one had.
 */
export const peak = (): number => {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : ''
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS
  return Math.round(Number(kilobytes) / 102.4) / 10
}

export const showLine = (l: Line): string =>
  l.ms_median === null
    ? `${l.workload.padEnd(9)} ${l.peer.padEnd(18)} ${l.note}`
    : `${l.workload.padEnd(9)} ${l.peer.padEnd(18)} ${l.ms_median.toFixed(4).padStart(11)} ms  min ${String(l.ms_min).padStart(10)}  ${
        l.gflops === undefined ? '' : `${l.gflops.toFixed(1)} GFLOP/s  `
      }${l.note}`
