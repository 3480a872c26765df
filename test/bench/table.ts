/** Medians side by side, ratios to the best of the others, and what no implementation could go below on this machine. */
import { costOf } from '../../backends/schedule/cost.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import type { Line } from './line.ts'
import type { Peak } from './machine.ts'
import { isModel } from './models/list.ts'
import { modelProgram } from './models/run.ts'
import type { Participant } from './participants.ts'
import { programOf } from './steps.ts'

/** What a step must do: operations on reals, a function being one, and bytes that its kernels read and write. */
export interface Bound {
  readonly flops: number
  readonly bytes: number
}
/** W11 is bound by neither. */
export const boundOf = (workload: string): Bound | undefined =>
  workload === 'W11' ? undefined : costOf(schedule((isModel(workload) ? modelProgram : programOf)(workload).closed))

type Kind = Participant['kind']
const geometric = (xs: readonly number[]): number => Math.exp(xs.reduce((s, x) => s + Math.log(x), 0) / xs.length)
const time = (ms: number | null): string =>
  ms === null ? '-' : ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms >= 1 ? ms.toFixed(2) : ms.toFixed(3)
const ratio = (x: number | undefined): string => (x === undefined ? '-' : x.toFixed(2))

interface Row {
  readonly workload: string
  readonly times: readonly (number | null)[]
  /** Ours by the best of theirs. */
  readonly javascript: number | undefined
  readonly pytorch: number | undefined
  readonly bound: Bound | undefined
}
const rowOf = (
  workload: string,
  lines: readonly Line[],
  all: readonly Participant[],
  bound: Bound | undefined,
): Row => {
  const of = (p: Participant): number | null => lines.find((l) => l.peer === p.name)?.ms_median ?? null
  const best = (kind: Kind): number =>
    Math.min(...all.filter((p) => p.kind === kind).map((p) => of(p) ?? Number.POSITIVE_INFINITY))
  const against = (kind: Kind): number | undefined => {
    const [mine, theirs] = [best('ours'), best(kind)]
    return Number.isFinite(mine) && Number.isFinite(theirs) ? mine / theirs : undefined
  }
  return { workload, times: all.map(of), javascript: against('javascript'), pytorch: against('pytorch'), bound }
}
/** The ten over which the distance to PyTorch is stated. */
const ten = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W8', 'W9', 'W11', 'W12']
const mean = (of: (r: Row) => number | undefined, rows: readonly Row[]): string => {
  const found = rows.map(of).filter((x) => x !== undefined)
  return found.length === 0 ? '-' : geometric(found).toFixed(2)
}

/** A table that Markdown reads. */
export const tableOf = (lines: readonly Line[], all: readonly Participant[], peak: Peak): string => {
  const workloads = [...new Set(lines.map((l) => l.workload))]
  const rows = workloads.map((w) =>
    rowOf(
      w,
      lines.filter((l) => l.workload === w),
      all,
      boundOf(w),
    ),
  )
  const cells = (r: Row): readonly string[] => [
    r.workload,
    ...r.times.map(time),
    ratio(r.javascript),
    ratio(r.pytorch),
    r.bound === undefined ? '-' : time(r.bound.flops / peak.gflops / 1e6),
    r.bound === undefined ? '-' : time(r.bound.bytes / peak.gbytes / 1e6),
  ]
  const head = ['workload', ...all.map((p) => p.name), 'to JS', 'to PyTorch', 'arithmetic', 'bytes']
  const grid = [head, head.map((_, i) => (i === 0 ? ':--' : '--:')), ...rows.map(cells)]
  const widths = head.map((_, i) => Math.max(...grid.map((g) => (g[i] ?? '').length)))
  const among = rows.filter((r) => ten.includes(r.workload))
  return [
    ...grid.map(
      (g) => `| ${g.map((c, i) => (i === 0 ? c.padEnd(widths[i] ?? 0) : c.padStart(widths[i] ?? 0))).join(' | ')} |`,
    ),
    '',
    'Milliseconds a step, medians. The ratios are ours by theirs, the better of the thread counts on either side.',
    `The bounds are for one core: ${peak.gflops.toFixed(1)} GFLOP/s in registers, ${peak.gbytes.toFixed(1)} GB/s between arrays in memory.`,
    `Geometric means, to the best JavaScript peer: ${mean((r) => r.javascript, rows)} over all rows, ${mean((r) => r.javascript, among)} over ${among.map((r) => r.workload).join(' ')};`,
    `to PyTorch: ${mean((r) => r.pytorch, rows)} over all rows, ${mean((r) => r.pytorch, among)} over those.`,
  ].join('\n')
}
