/** Least times side by side, ratios to the best of the others, and what no implementation could go below on this machine. */
import { costOf } from '../../backends/schedule/cost.ts'
import { schedule } from '../../backends/schedule/schedule.ts'
import { isCheck } from './check/list.ts'
import type { Line } from './line.ts'
import type { Peak } from './machine.ts'
import { geometric, markdown, ratio, time } from './markdown.ts'
import { isModel } from './models/list.ts'
import { modelProgram } from './models/run.ts'
import { isOp } from './ops/list.ts'
import { opProgram } from './ops/run.ts'
import type { Participant } from './participants.ts'
import { programOf } from './steps.ts'

/** What a step must do: operations on reals, a function being one, and bytes that its kernels read and write. */
export interface Bound {
  readonly flops: number
  readonly bytes: number
}
/** W11 and checks are bound by neither. */
export const boundOf = (workload: string): Bound | undefined =>
  workload === 'W11' || isCheck(workload)
    ? undefined
    : costOf(schedule((isOp(workload) ? opProgram : isModel(workload) ? modelProgram : programOf)(workload).closed))

type Kind = Participant['kind']
interface Row {
  readonly workload: string
  readonly times: readonly (number | null)[]
  /** Ours by the best of theirs. */
  readonly javascript: number | undefined
  readonly native: number | undefined
  /** Milliseconds. */
  readonly arithmetic: number | undefined
  readonly bytes: number | undefined
  /** The larger bound by our time. */
  readonly reached: number | undefined
}
const rowOf = (workload: string, lines: readonly Line[], all: readonly Participant[], peak: Peak): Row => {
  const of = (p: Participant): number | null => lines.find((l) => l.peer === p.name)?.ms_min ?? null
  const best = (kind: Kind): number =>
    Math.min(...all.filter((p) => p.kind === kind).map((p) => of(p) ?? Number.POSITIVE_INFINITY))
  const mine = best('ours')
  const against = (kind: Kind): number | undefined => {
    const theirs = best(kind)
    return Number.isFinite(mine) && Number.isFinite(theirs) ? mine / theirs : undefined
  }
  const bound = boundOf(workload)
  const [arithmetic, bytes] = bound ? [bound.flops / peak.gflops / 1e6, bound.bytes / peak.gbytes / 1e6] : []
  return {
    ...{ workload, times: all.map(of), javascript: against('javascript'), native: against('native') },
    ...{ arithmetic, bytes },
    // the bounds are of one core
    reached:
      bound &&
      Math.max(arithmetic ?? 0, bytes ?? 0) / (lines.find((l) => l.peer === all[0]?.name)?.ms_min ?? Number.NaN),
  }
}
/** The ten over which the distance to native systems is stated. */
const ten = ['W1', 'W2', 'W3', 'W4', 'W5', 'W6', 'W8', 'W9', 'W11', 'W12']
/** By the part after the slash, forward apart from step; W1 to W12 also over the ten. */
const groupsOf = (rows: readonly Row[]): readonly (readonly [name: string, readonly Row[]])[] => {
  const last = (r: Row): string => (r.workload.includes('/') ? (r.workload.split('/').at(-1) ?? '') : '')
  const parts = [...new Set(rows.map(last))].filter((p) => p !== '')
  const among = rows.filter((r) => ten.includes(r.workload))
  return [
    ['all rows', rows],
    ...parts.map((p) => [p, rows.filter((r) => last(r) === p)] as const),
    ...(among.length > 0 ? [[among.map((r) => r.workload).join(' '), among] as const] : []),
  ]
}
const meansOf = (rows: readonly Row[], of: (r: Row) => number | undefined): string =>
  groupsOf(rows)
    .flatMap(([name, group]) => {
      const found = group.map(of).filter((x) => x !== undefined)
      if (found.length === 0) return []
      return [`${geometric(found).toFixed(2)} over ${name} (worst ${Math.max(...found).toFixed(2)})`]
    })
    .join(', ')

/** A table that Markdown reads. The first participant is ours on one thread. */
export const tableOf = (lines: readonly Line[], all: readonly Participant[], peak: Peak): string => {
  const workloads = [...new Set(lines.map((l) => l.workload))]
  const rows = workloads.map((w) =>
    rowOf(
      w,
      lines.filter((l) => l.workload === w),
      all,
      peak,
    ),
  )
  const share = (x: number | undefined): string =>
    x === undefined || Number.isNaN(x) ? '-' : `${(100 * x).toFixed(0)} %`
  const kinds = (['javascript', 'native'] as const).filter((kind) => all.some((p) => p.kind === kind))
  const head = [
    ...['workload', ...all.map((p) => p.name), ...kinds.map((k) => (k === 'native' ? 'to native' : 'to JS'))],
    ...['arithmetic', 'bytes', 'reached'],
  ]
  const cells = (r: Row): readonly string[] => [
    ...[r.workload, ...r.times.map(time), ...kinds.map((k) => ratio(r[k]))],
    ...[time(r.arithmetic ?? null), time(r.bytes ?? null), share(r.reached)],
  ]
  const means = kinds.map(
    (k) => `to the best ${k === 'native' ? 'native' : 'JavaScript'} peer: ${meansOf(rows, (r) => r[k]) || '-'}`,
  )
  return [
    markdown(head, rows.map(cells)),
    '',
    'Milliseconds a step, the least. The ratios are ours by theirs, the better of the thread counts on either side.',
    `The bounds are for one core: ${peak.gflops.toFixed(1)} GFLOP/s in registers, ${peak.gbytes.toFixed(1)} GB/s between arrays in memory;`,
    'reached: the larger bound by our time on one thread, above 100 % where arrays stay in a cache.',
    ...(means.length === 0 ? [] : [`Geometric means, ${means.join('; ')}.`]),
  ].join('\n')
}

/** What a second thread gains, and why the rows that gain less than 1.7 times do. */
export const scalingTable = (lines: readonly Line[]): string => {
  const rows = [...new Set(lines.map((l) => l.workload))].map((w) => {
    const on = (threads: number): Line | undefined =>
      lines.find((l) => l.workload === w && l.peer.includes(`-${threads}t`))
    const [one, two] = [on(1)?.ms_min ?? null, on(2)?.ms_min ?? null]
    const gain = one === null || two === null ? undefined : one / two
    return [w, time(one), time(two), ratio(gain), gain !== undefined && gain < 1.7 ? (on(2)?.note ?? '') : '']
  })
  return markdown(['workload', '1 thread', '2 threads', 'gain', 'why below 1.7'], rows, [4])
}
