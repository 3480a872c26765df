/** The measured runs of `npm run bench`: rows and participants in turn, in rounds, and a table at the end. */
import { duration, secondsFor } from './estimate.ts'
import { type Line, leastOf, showLine } from './line.ts'
import { machineLine, peakOf } from './machine.ts'
import { seconds } from './measure.ts'
import { type Participant, runOnce } from './participants.ts'
import { scalingTable, tableOf } from './table.ts'

export interface Asked {
  readonly names: readonly string[]
  /** The first is ours on one thread. */
  readonly everyone: readonly Participant[]
  readonly rounds: number
  readonly json: boolean
  /** Versions of the peers. */
  readonly versions?: string
  /** The table at the end: of peers and bounds, of threads, or none. */
  readonly table?: 'bounds' | 'scaling'
}
/** Participants alternate within a round, and rounds within a workload: what is compared is measured within minutes. */
const measured = ({ names, everyone, rounds, json }: Asked): readonly Line[] =>
  names.flatMap((name) => {
    const ran = Array.from({ length: rounds }, () => everyone.map((p) => runOnce(p, name)))
    return everyone.map((_, k) => {
      const [first, ...more] = ran.map((round) => round[k]).filter((r) => r !== undefined)
      const line = leastOf((first as (typeof more)[number]).line, ...more.map((r) => r.line))
      console.log(json ? JSON.stringify(line) : showLine(line))
      for (const text of first?.rest ?? []) console.log(text)
      return line
    })
  })
export const compare = async (asked: Asked): Promise<readonly Line[]> => {
  const { names, everyone, rounds, json, versions, table } = asked
  const present = everyone.filter((p) => p.missing === undefined).map((p) => p.kind)
  const peak = table === 'bounds' ? await peakOf() : undefined
  const start = performance.now()
  if (!json && table !== undefined) {
    console.log([machineLine(), versions, `BENCH_SECONDS=${seconds}, ${rounds} rounds`].filter((t) => t).join('\n'))
    console.log(`${duration(secondsFor(names, present, seconds, rounds))} expected\n`)
  }
  const lines = measured(asked)
  if (!json && peak) console.log(`\n${tableOf(lines, everyone, peak)}`)
  if (!json && table === 'scaling') console.log(`\n${scalingTable(lines)}`)
  if (!json && table !== undefined) console.log(`\n${duration((performance.now() - start) / 1000)} taken`)
  return lines
}
