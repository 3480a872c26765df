/** Who is measured, and how one of them runs one workload: a process of its own that prints a line of JSON. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { definitionOf } from './definitions.ts'
import { failure, type Line, lineOf } from './line.ts'
import { seconds } from './measure.ts'

/** This folder; the code runs from a bundle in a folder below it. */
export const folder = fileURLToPath(new URL('..', import.meta.url))
const peers = join(folder, 'peers')

export interface Participant {
  readonly name: string
  readonly kind: 'ours' | 'javascript' | 'pytorch'
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
const script = (
  name: string,
  file: string,
  missing: string | undefined,
  ...options: readonly string[]
): Participant => ({
  name,
  kind: 'javascript',
  command: (workload) => [process.execPath, join(peers, '.built', file), workload, ...options],
  ...(missing !== undefined && { missing }),
})
const python = '/usr/bin/python3'
const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(join(peers, 'node_modules', name, 'package.json'), 'utf8')) as { readonly version: string })
    .version
/** What PyTorch multiplies with matters more than its version: on Debian's plain BLAS it is ten times slower. */
const torchCode = `import torch
torch.ones(64, 64) @ torch.ones(64, 64)
print(torch.__version__, 'with OpenBLAS' if 'openblas' in open('/proc/self/maps').read() else '')`
const torchPackages = 'apt-get install python3-torch libopenblas0-pthread'
const torchVersion = (): string | undefined => {
  const { status, stdout } = spawnSync(python, ['-c', torchCode], { encoding: 'utf8' })
  return status === 0 && stdout.includes('OpenBLAS') ? stdout.trim() : undefined
}
export interface Peers {
  readonly participants: readonly Participant[]
  readonly versions: string
}
/** TensorFlow.js and jax-js from their own package, PyTorch from the system, each on one thread and on two. */
export const findPeers = (): Peers => {
  const installed = existsSync(join(peers, 'node_modules'))
  const npm = installed ? undefined : 'npm ci --prefix test/bench/peers'
  const version = torchVersion()
  const torch = (threads: number): Participant => ({
    name: `torch-${threads}t`,
    kind: 'pytorch',
    command: (workload) => [
      ...[python, join(peers, 'torch_peer.py'), workload, String(threads), String(seconds)],
      JSON.stringify(definitionOf(workload).parameters),
    ],
    env: { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
    ...(version === undefined && { missing: torchPackages }),
  })
  const javascript = installed
    ? `TensorFlow.js ${versionOf('@tensorflow/tfjs')} (wasm), jax-js ${versionOf('@jax-js/jax')} (wasm)`
    : `TensorFlow.js and jax-js not installed: ${npm}`
  return {
    participants: [
      script('tfjs-wasm', 'tfjs.mjs', npm),
      script('jaxjs-wasm', 'jaxjs.mjs', npm),
      script('jaxjs-wasm-2w', 'jaxjs.mjs', npm, '2'),
      torch(1),
      torch(2),
    ],
    versions: `${javascript}, PyTorch ${version ?? `not installed, or without OpenBLAS: ${torchPackages}`}`,
  }
}

const environment = join(peers, '.venv/bin/python')
const engineVersions = `import importlib.metadata as m
print(', '.join(f'{n} {m.version(n)}' for n in ('torch', 'jax', 'onnxruntime')))`
/** PyTorch, JAX and onnxruntime, from the environment that peers/python.sh makes, each on one thread and on two. */
export const findModelPeers = (): Peers => {
  const made = existsSync(environment)
    ? spawnSync(environment, ['-c', engineVersions], { encoding: 'utf8' })
    : undefined
  const missing = made?.status === 0 ? undefined : 'test/bench/peers/python.sh'
  const engine = (name: string, threads: number, file: string, ...before: readonly string[]): Participant => ({
    name: `${name}-${threads}t`,
    kind: 'pytorch',
    command: (workload) => [environment, join(peers, file), workload, ...before, String(threads), String(seconds)],
    env: { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
    ...(missing !== undefined && { missing }),
  })
  const torch = ['torch', 'channels_last', 'compile', 'onnxruntime'] as const
  return {
    participants: [1, 2].flatMap((threads) => [
      ...torch.map((e) => engine(e, threads, 'models_peer.py', e)),
      engine('jax', threads, 'models_jax.py'),
    ]),
    versions: missing === undefined ? (made?.stdout ?? '').trim() : `no engines: ${missing}`,
  }
}

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
  for (let k = 0; k < Number(process.env.BENCH_COLD ?? 15); k++) {
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
