/** TensorFlow.js on its WebAssembly back end, or an error. */
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'

export const startWasm = async () => {
  const { log, warn } = console
  Object.assign(console, { log: () => {}, warn: () => {} })
  setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`)
  await tf.setBackend('wasm')
  await tf.ready()
  Object.assign(console, { log, warn })
  if (tf.getBackend() !== 'wasm') throw new Error(`the back end is ${tf.getBackend()}`)
}
