/**
 * The laws on many random programs: npm run laws -- --programs 100000 --seed 7
 * A back end against the reference on such programs: npm run laws -- --backend wasm, gpujs:webasm or gpujs:cpu
 *
 * Vite loads the TypeScript sources, so nothing has to be built. Exit code 1 when a law fails.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { SingleBar } from 'cli-progress'
import { createServer } from 'vite'

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    equations: { type: 'string', default: '8' },
    law: { type: 'string' },
    path: { type: 'string' },
    backend: { type: 'string' },
  },
})
const whole = (name) => {
  const n = Number(values[name])
  if (Number.isInteger(n)) return n
  console.error(`--${name} needs an integer, not ${values[name]}`)
  process.exit(2)
}
const [asked, seed, maxEquations] = ['programs', 'seed', 'equations'].map(whole)
const programs = values.path === undefined ? asked : 1

// a server stays open: gpu.js is imported when the first program is compiled
const server = await createServer({
  configFile: false,
  logLevel: 'error',
  appType: 'custom',
  server: { middlewareMode: true, watch: null, ws: false },
  optimizeDeps: { noDiscovery: true },
})
const load = (name) => server.ssrLoadModule(fileURLToPath(new URL(name, import.meta.url)))
const module = await load('./campaign.ts')
const { backend } = values
const onBackends = backend === undefined ? undefined : await load('./backends.ts')
if (onBackends?.backendNames.includes(backend) === false) {
  console.error(`--backend is one of ${onBackends.backendNames.join(', ')}, not ${backend}`)
  process.exit(2)
}

const format = `seed ${seed} |{bar}| {value}/{total} programs, {rate} per second, {eta_formatted} left`
const bar = new SingleBar({
  format,
  clearOnComplete: false,
  fps: 4,
  etaBuffer: 2000,
  noTTYOutput: true,
  notTTYSchedule: 20000,
})
const began = performance.now()
let done = 0
const rate = () => Math.round((1000 * done) / (performance.now() - began))
bar.start(programs, 0, { rate: 0 })
const only = values.law === undefined ? {} : { only: values.law }
const path = values.path === undefined ? {} : { path: values.path }
const onProgram = () => {
  done += 1
  if (done % 50 === 0) bar.update(done, { rate: rate() })
}
const options = { programs, seed, maxEquations, onProgram, ...path }
const result = await (onBackends?.runOnBackend({ ...options, backend: onBackends.backendNamed(backend) }) ??
  module.run({ ...options, ...only }))
bar.update(done, { rate: rate() })
bar.stop()

const seconds = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  `seed ${seed}: ${result.tried} programs in ${seconds} s, ${rate()} per second, ${result.discarded} not finite`,
)
if (result.failure !== undefined) {
  console.log(module.showFailure(result.failure, result.seed ?? seed, backend))
  process.exitCode = 1
}
await server.close()
