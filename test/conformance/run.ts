/** npm run conformance -- [DIR] [--set ops|networks|training] [--backend reference|gpujs:MODE|wasm|wasm:THREADS] [--failures] */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { missingWebgpu } from '../device/webgpu.ts'
import { readSets } from './files.ts'
import { runnerNamed } from './runner.ts'
import { runSets, showVerdicts } from './suite.ts'

const usage =
  'npm run conformance -- [DIR] [--set ops|networks|training] [--backend reference|gpujs:MODE|wasm|wasm:THREADS] [--failures]'
/** The exit code: 0 only when nothing failed. */
const main = async (argv: readonly string[]): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      set: { type: 'string' },
      backend: { type: 'string', default: 'reference' },
      failures: { type: 'boolean', default: false },
    },
  })
  const folder = positionals[0] ?? fileURLToPath(new URL('.', import.meta.url))
  const sets = readSets(folder, values.set),
    runner = runnerNamed(values.backend)
  const missing = values.backend === 'gpujs:webgpu' ? await missingWebgpu() : undefined
  if (missing !== undefined) throw new Error(missing)
  const total = sets.reduce((n, s) => n + s.cases.length, 0)
  let done = 0
  const tick = process.stderr.isTTY ? () => process.stderr.write(`\r${++done} / ${total}`) : () => undefined
  const verdicts = await runSets(sets, runner, tick)
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  console.log(showVerdicts(verdicts, runner.name, values.failures))
  return verdicts.every((v) => v.passed) ? 0 : 1
}
/** Awaited here: back ends import gpu.js late, while Vite's runner is still open. */
export const exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`${error instanceof Error ? error.message : error}\n${usage}`)
  return 2
})
