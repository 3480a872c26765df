/**
 * npm run bench -- --gate [rows ...] [--against REF] [--rounds N] [--json]
 *
 * This state of the repository beside another one: the newest tag, unless a ref is named. Both run each row in processes
 * of their own, by turns; rows that look slower take as many rounds again. The exit code is 1 where a row is more than 1.5
 * times slower and chance does not explain it (verdict.ts). It takes two to three minutes.
 */
import { machineLine } from '../machine.ts'
import { time } from '../markdown.ts'
import { type Participant, runOnce } from '../participants.ts'
import { checkTime, prepareEditor, userFiles } from './editor.ts'
import { checkOut, findReference, type Reference, remove, root } from './reference.ts'
import { gateTable, isOpen, isTooSlow, judge, type Rounds } from './verdict.ts'

/** One of each kind of work, and none that takes long. */
const usual: readonly string[] = [
  ...['W2', 'W3', 'W5', 'W8', 'W9', 'W12', 'lenet/step', 'lstm/forward'],
  ...['op/conv3x3-128@28/forward', 'op/depthwise5x5-240@28/forward', 'op/softmax-12x512x512/forward'],
  ...['op/sum-columns-2048/forward', 'op/embedding-128-of-5000x128/gradient'],
]
/** Seconds for a row in a round. */
const measuring = '0.3'
const builds = ['ours', 'reference'] as const
type Build = (typeof builds)[number]

const participant = (name: Build, at: string): Participant => ({
  name: `adjoint ${name}`,
  kind: 'ours',
  command: (workload) => [
    ...[process.execPath, ...process.execArgv, `${at}/test/bench/run-one.mjs`, workload],
    JSON.stringify({ backend: 'wasm', threads: 1, relaxed: false }),
  ],
  env: { BENCH_SECONDS: measuring },
})
/** One number of a build, or why there is none. */
type Measure = (build: Build, row: string) => number | string
const measureSteps =
  (at: { readonly [B in Build]: string }): Measure =>
  (build, row) => {
    const { line } = runOnce(participant(build, at[build]), row)
    return line.ms_min ?? line.note
  }
const measureEditor = (at: { readonly [B in Build]: string }): Measure => {
  const folders = { ours: prepareEditor(at.ours), reference: prepareEditor(at.reference) }
  return (build, row) => {
    const found = checkTime(folders[build], row)
    return found === undefined ? 'it does not check' : 1000 * found.seconds
  }
}
/** Builds by turns; the first of a round changes. A build that has no number is asked no more. */
const alternate = (measure: Measure, row: string, rounds: number, before: Rounds): Rounds => {
  const found = { ours: [...before.ours], reference: [...before.reference] }
  for (let k = 0; k < rounds; k++)
    for (const build of k % 2 === 0 ? builds : builds.toReversed()) {
      const x = measure(build, row)
      if (typeof x === 'string') return { row, ours: [], reference: [], why: `${build}: ${x}` }
      found[build].push(x)
    }
  return { row, ...found }
}
const compared = (measure: Measure, rows: readonly string[], rounds: number): readonly Rounds[] =>
  rows.map((row) => {
    const first = alternate(measure, row, rounds, { row, ours: [], reference: [] })
    const found = isOpen(judge(first)) ? alternate(measure, row, rounds, first) : first
    process.stderr.write(`${row} `)
    return found
  })
interface Options {
  readonly json: boolean
  readonly rounds: number
  readonly against?: string
}
const run = (rows: readonly string[], { json, rounds }: Options, reference: Reference, at: string): number => {
  const both = { ours: root, reference: at }
  const steps = compared(measureSteps(both), rows, rounds)
  const editor = compared(measureEditor(both), userFiles(), rounds)
  process.stderr.write('\n')
  const all = [...steps, ...editor]
  if (json) for (const r of all) console.log(JSON.stringify({ ...r, ...judge(r), against: reference.commit }))
  else {
    console.log(`${machineLine()}\nagainst ${reference.name} (${reference.commit.slice(0, 10)}), ${rounds} rounds\n`)
    console.log(`Milliseconds a step, on one thread:\n\n${gateTable(steps, time)}\n`)
    console.log(`Milliseconds to check a user's file in the editor:\n\n${gateTable(editor, (x) => x.toFixed(0))}`)
  }
  // a row that this build cannot run is a failure of this build
  const broken = all.filter((r) => r.why?.startsWith('ours'))
  return isTooSlow(all.map(judge)) || broken.length > 0 ? 1 : 0
}
/** The exit code. */
export const gate = (asked: readonly string[], options: Options): number => {
  const reference = findReference(options.against)
  if (reference === undefined) {
    const { against } = options
    console.log(`not compared: this checkout has no ${against ?? 'tag, and not the commit that stands for one'}`)
    return against === undefined ? 0 : 2
  }
  const at = checkOut(reference)
  try {
    return run(asked.length === 0 ? usual : asked, options, reference, at)
  } finally {
    remove(at)
  }
}
