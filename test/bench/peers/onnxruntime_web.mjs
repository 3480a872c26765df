/**
 * A published model in onnxruntime-web, forward, on one thread of WebAssembly: onnxruntime_web.mjs MODEL/forward PYTHON.
 * The model is the file that torch.onnx exports (export_onnx.py), with the parameters of all peers.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as ort from 'onnxruntime-web'
import { lineOf } from '../line.ts'
import { measure } from '../measure.ts'

const [workload, python] = process.argv.slice(2)
const [name, task] = workload.split('/')
if (task !== 'forward') throw new Error('it does not train: forward only')

const folder = mkdtempSync(join(tmpdir(), 'adjoint-onnx-'))
const exported = () => {
  const script = join(dirname(fileURLToPath(import.meta.url)), '../export_onnx.py')
  const { status, stderr } = spawnSync(python, [script, name, folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`torch.onnx does not export it: ${stderr.trim().split('\n').at(-1)}`)
  return readFileSync(join(folder, 'model.onnx'))
}
try {
  ort.env.wasm.numThreads = 1
  ort.env.logLevel = 'error'
  const session = await ort.InferenceSession.create(exported(), { executionProviders: ['wasm'] })
  const { shape, dtype } = JSON.parse(readFileSync(join(folder, 'input.json'), 'utf8'))
  const bytes = readFileSync(join(folder, 'input.bin'))
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
  const x = new ort.Tensor(dtype, dtype === 'int64' ? new BigInt64Array(buffer) : new Float32Array(buffer), shape)
  const run = async () => (await session.run({ [session.inputNames[0]]: x }))[session.outputNames[0]]
  const found = (await run()).data
  const loss = found.reduce((s, v) => s + Math.abs(v), 0) / found.length
  const times = await measure(run)
  console.log(JSON.stringify(lineOf('onnxruntime-web', workload, { times, checks: { loss } })))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exit()
