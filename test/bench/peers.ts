/** The other systems: how each runs a workload, and how to get one that is not here. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { definitionOf } from './definitions.ts'
import { seconds } from './measure.ts'
import { folder, type Participant } from './participants.ts'

const peers = join(folder, 'peers')
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
interface Peers {
  readonly participants: readonly Participant[]
  readonly versions: string
}
const installed = (): boolean => existsSync(join(peers, 'node_modules'))
const npm = 'npm ci --prefix test/bench/peers'
const threadsOf = (threads: number) => ({
  env: { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) },
})
/** TensorFlow.js and jax-js from their own package, PyTorch from the system, each on one thread and on two. */
const workloadPeers = (): Peers => {
  const missing = installed() ? undefined : npm
  const version = torchVersion()
  const torch = (threads: number): Participant => ({
    name: `torch-${threads}t`,
    kind: 'native',
    command: (workload) => [
      ...[python, join(peers, 'torch_peer.py'), workload, String(threads), String(seconds)],
      JSON.stringify(definitionOf(workload).parameters),
    ],
    ...threadsOf(threads),
    ...(version === undefined && { missing: torchPackages }),
  })
  const javascript = installed()
    ? `TensorFlow.js ${versionOf('@tensorflow/tfjs')} (wasm), jax-js ${versionOf('@jax-js/jax')} (wasm)`
    : `TensorFlow.js and jax-js not installed: ${npm}`
  return {
    participants: [
      script('tfjs-wasm', 'tfjs.mjs', missing),
      script('jaxjs-wasm', 'jaxjs.mjs', missing),
      script('jaxjs-wasm-2w', 'jaxjs.mjs', missing, '2'),
      torch(1),
      torch(2),
    ],
    versions: `${javascript}, PyTorch ${version ?? `not installed, or without OpenBLAS: ${torchPackages}`}`,
  }
}

const environment = join(peers, '.venv/bin/python')
const engineVersions = `import importlib.metadata as m
print(', '.join(f'{n} {m.version(n)}' for n in ('torch', 'jax', 'onnxruntime')))`
/** Each engine's script and arguments. Models run in pages too, forward only: there is no training. */
const engines: { readonly [S in 'models' | 'ops' | 'checks']: readonly (readonly [name: string, file: string])[] } = {
  models: [
    ...(['torch', 'channels_last', 'compile', 'onnxruntime'] as const).map((e) => [e, 'models_peer.py'] as const),
    ['jax', 'models_jax.py'],
  ],
  ops: [
    ['torch', 'ops_peer.py'],
    ['jax', 'ops_peer.py'],
  ],
  checks: [
    ['torch-fast', 'checks_peer.py'],
    ['torch-all', 'checks_peer.py'],
    ['jax', 'checks_peer.py'],
    ['jax-jit', 'checks_peer.py'],
  ],
}
/** PyTorch, JAX and onnxruntime, from the environment that peers/python.sh makes, on one thread. */
const enginePeers = (set: keyof typeof engines): Peers => {
  const made = existsSync(environment)
    ? spawnSync(environment, ['-c', engineVersions], { encoding: 'utf8' })
    : undefined
  const missing = made?.status === 0 ? undefined : 'test/bench/peers/python.sh'
  const native = engines[set].map(
    ([name, file]): Participant => ({
      name: `${name}-1t`,
      kind: 'native',
      command: (workload) => [environment, join(peers, file), workload, name, '1', String(seconds)],
      ...threadsOf(1),
      ...(missing !== undefined && { missing }),
    }),
  )
  const without = installed() ? undefined : npm
  const pages =
    set === 'models'
      ? [
          script('tfjs-wasm', 'tfjs_models.mjs', without),
          script('onnxruntime-web', 'onnxruntime_web.mjs', without ?? missing, environment),
        ]
      : []
  const javascript =
    pages.length > 0 && installed()
      ? `, TensorFlow.js ${versionOf('@tensorflow/tfjs')}, onnxruntime-web ${versionOf('onnxruntime-web')} (both wasm)`
      : ''
  return {
    participants: [...native, ...pages],
    versions: missing === undefined ? `${(made?.stdout ?? '').trim()}${javascript}` : `no engines: ${missing}`,
  }
}
export const peersFor = (set: 'workloads' | keyof typeof engines): Peers =>
  set === 'workloads' ? workloadPeers() : enginePeers(set)
