/**
 * npm run bench -- [W1 W2 ...] [--backend wasm|gpujs:MODE|reference] [--threads N] [--relaxed] [--json] [--profile]
 *
 * What is measured, instead of the twelve workloads:
 *   --models [resnet18 gpt2/step ...]   published models, forward and a step of training
 *   --ops [conv3x3 softmax ...]         single operations, forward and gradient; a name means all that begin so
 *   --check [lenet gpt ...]             gradient checks in float64
 *   --gpujs [--large]                   contractions in every mode of gpu.js, against the best written by hand
 *   --gpu [--mode MODE] [--small]       what is to be measured on a graphics card, in under 8 minutes
 *
 * Beside what:
 *   --peers              other systems, alternating with ours, as a table with bounds
 *   --table              the same table of ours alone
 *   --scaling            one thread and two, alternating, as a table
 *   --gate [--against REF]   another state of this repository, alternating; the exit code says whether this one is slower
 *   --rounds N           how often all take their turn; the least times count. 1 by default
 *
 * Each row in a process of its own, for BENCH_SECONDS. A value that differs from reference.json is an error, and makes the
 * exit code 1.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { checkWorkloads } from './check/list.ts'
import { type Asked, compare } from './compare.ts'
import { namesFor } from './definitions.ts'
import { gate } from './gate/main.ts'
import { gpu } from './gpu/main.ts'
import { speeds } from './gpujs.ts'
import { modelWorkloads } from './models/list.ts'
import { opWorkloads } from './ops/list.ts'
import { folder, type Ours, ours, type Participant } from './participants.ts'
import { peersFor } from './peers.ts'

export { one } from './one.ts'

const known = (asked: readonly string[], all: typeof namesFor): readonly string[] => {
  const unknown = asked.filter((a) => all([a]).length === 0)
  if (unknown.length > 0) throw new Error(`no workload is called ${unknown.join(', ')}: ${all([]).join(', ')}`)
  return all(asked)
}
const counted = (option: string, text: string): number => {
  const n = Number(text)
  if (!Number.isInteger(n) || n < 1) throw new Error(`--${option} is a whole number from 1, not ${text}`)
  return n
}
/** W11 starts the package as it is published, so it is built as it stands now. */
const publish = (): void => {
  const [build, out] = [join(folder, '../../build.mjs'), join(folder, '.built/package')]
  const { status, stdout, stderr } = spawnSync(process.execPath, [build, out], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the package does not build\n${stdout}${stderr}`)
}
const flag = { type: 'boolean', default: false } as const
const options = {
  backend: { type: 'string', default: 'wasm' },
  threads: { type: 'string' },
  rounds: { type: 'string' },
  against: { type: 'string' },
  mode: { type: 'string', default: 'webgpu' },
  relaxed: flag,
  json: flag,
  profile: flag,
  peers: flag,
  table: flag,
  scaling: flag,
  gate: flag,
  models: flag,
  ops: flag,
  check: flag,
  gpu: flag,
  small: flag,
  gpujs: flag,
  large: flag,
} as const
const parsed = (argv: readonly string[]) => parseArgs({ args: [...argv], allowPositionals: true, options })
type Values = ReturnType<typeof parsed>['values']

type RowSet = 'workloads' | 'models' | 'ops' | 'checks'
const setOf = ({ ops, models, check }: Values): RowSet =>
  ops ? 'ops' : models ? 'models' : check ? 'checks' : 'workloads'
const workloadsOf: { readonly [S in RowSet]: typeof namesFor } = {
  workloads: namesFor,
  models: modelWorkloads,
  ops: opWorkloads,
  checks: checkWorkloads,
}
/** Rows of ours, alone or beside others. */
const rows = async (positionals: readonly string[], values: Values): Promise<number> => {
  const { backend, relaxed, json, scaling } = values
  const set = setOf(values)
  const names = known(positionals, workloadsOf[set])
  if (names.includes('W11')) publish()
  const on = (threads: number): Participant => ours({ backend, threads, relaxed } satisfies Ours)
  const threads = values.threads === undefined ? undefined : counted('threads', values.threads)
  const alone = set === 'checks' || threads !== undefined || backend !== 'wasm'
  const both = scaling || (values.peers && !alone)
  const own = both ? [on(1), on(2)] : [on(threads ?? 1)]
  const { participants, versions } = values.peers ? peersFor(set) : { participants: [], versions: '' }
  const table: Asked['table'] = scaling ? 'scaling' : values.peers || values.table ? 'bounds' : undefined
  const lines = await compare({
    ...{ names, everyone: [...own, ...participants], json, versions },
    rounds: counted('rounds', values.rounds ?? (scaling ? '3' : '1')),
    ...(table && { table }),
  })
  return lines.some((l) => l.peer.startsWith('adjoint') && l.ms_median === null) ? 1 : 0
}
/** The exit code. */
export const main = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parsed(argv)
  const { json } = values
  if (values.profile) process.env.BENCH_PROFILE = '1'
  if (values.gpujs) return speeds(values.large)
  if (values.gpu) return gpu(values)
  if (values.gate) {
    const rounds = counted('rounds', values.rounds ?? '2')
    return gate(positionals, { json, rounds, ...(values.against !== undefined && { against: values.against }) })
  }
  return rows(positionals, values)
}
