/**
 * npm run bench -- [W1 W2 ...] [--backend wasm|gpujs:MODE|reference] [--threads N] [--relaxed] [--json] [--profile] [--peers]
 *
 * npm run bench -- --models [resnet18 gpt2/step ...]: published models, forward and a step of training, options as above
 *
 * npm run bench -- --ops [conv3x3 softmax ...]: single operations, forward and gradient; a name means all that begin so
 *
 * npm run bench -- --gpujs [--large]: contractions in every mode of gpu.js, against the best written by hand
 *
 * Each workload in a process of its own, as long as BENCH_SECONDS says. A value that differs from reference.json is an error, and makes the exit code 1; single operations have no reference.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { namesFor } from './definitions.ts'
import { speeds } from './gpujs.ts'
import { type Line, showLine } from './line.ts'
import { machineLine, peakOf } from './machine.ts'
import { modelWorkloads } from './models/list.ts'
import { opWorkloads } from './ops/list.ts'
import {
  findEngines,
  findPeers,
  folder,
  type Ours,
  ours,
  type Participant,
  type Peers,
  runOnce,
} from './participants.ts'
import { tableOf } from './table.ts'

export { one } from './one.ts'

const known = (asked: readonly string[], all: typeof namesFor): readonly string[] => {
  const unknown = asked.filter((a) => all([a]).length === 0)
  if (unknown.length > 0) throw new Error(`no workload is called ${unknown.join(', ')}: ${all([]).join(', ')}`)
  return all(asked)
}
const counted = (text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1) throw new Error(`--threads is a whole number from 1, not ${text}`)
  return n
}
/** W11 starts the package as it is published, so it is built as it stands now. */
const publish = (): void => {
  const [build, out] = [join(folder, '../../build.mjs'), join(folder, '.built/package')]
  const { status, stdout, stderr } = spawnSync(process.execPath, [build, out], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the package does not build\n${stdout}${stderr}`)
}

/** Ours and the peers in turn, workload by workload, and then the table. */
const compare = async (
  names: readonly string[],
  own: readonly Participant[],
  { participants, versions }: Peers,
  json: boolean,
): Promise<readonly Line[]> => {
  const machine = machineLine()
  const peak = await peakOf()
  if (!json) console.log(`${machine}\n${versions}\n`)
  const everyone = [...own, ...participants]
  const lines = names.flatMap((name) =>
    everyone.map((p) => {
      const { line } = runOnce(p, name)
      console.log(json ? JSON.stringify(line) : showLine(line))
      return line
    }),
  )
  if (!json) console.log(`\n${tableOf(lines, everyone, peak)}`)
  return lines
}
const alone = (names: readonly string[], own: Participant, json: boolean): readonly Line[] =>
  names.map((name) => {
    const { line, rest } = runOnce(own, name)
    console.log(json ? JSON.stringify(line) : showLine(line))
    for (const text of rest) console.log(text)
    return line
  })

/** The exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      backend: { type: 'string', default: 'wasm' },
      threads: { type: 'string' },
      relaxed: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      profile: { type: 'boolean', default: false },
      peers: { type: 'boolean', default: false },
      models: { type: 'boolean', default: false },
      ops: { type: 'boolean', default: false },
      gpujs: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
    },
  })
  const { backend, relaxed, json, peers } = values
  if (values.gpujs) return speeds(values.large)
  const names = known(positionals, values.ops ? opWorkloads : values.models ? modelWorkloads : namesFor)
  if (values.profile) process.env.BENCH_PROFILE = '1'
  if (names.includes('W11')) publish()
  const on = (threads: number): Participant => ours({ backend, threads, relaxed } satisfies Ours)
  const threads = values.threads === undefined ? undefined : counted(values.threads)
  const several = threads === undefined && backend === 'wasm' ? [on(1), on(2)] : [on(threads ?? 1)]
  const lines = peers
    ? await compare(
        names,
        several,
        values.ops ? findEngines('ops') : values.models ? findEngines('models') : findPeers(),
        json,
      )
    : alone(names, on(threads ?? 1), json)
  return lines.some((l) => l.peer.startsWith('adjoint') && l.ms_median === null) ? 1 : 0
}
