/**
 * Where a program runs fastest, by its cost: an estimate for each device,
 *
 *   seconds = start + kernels x call + flops / rate + bytes / bandwidth + crossing / transfer
 *
 * with round figures for current machines; `crossing` are the bytes of inputs and results. Only the order of magnitude
 * matters: the GPU is chosen if it is twice as fast.
 */
import type { Cost } from '../schedule/cost.ts'

interface Device {
  /** Seconds per run, for sending inputs and reading results; seconds per kernel. */
  readonly start: number
  readonly call: number
  /** Per second: operations, bytes of memory, bytes of inputs and results. */
  readonly flops: number
  readonly bytes: number
  readonly crossing: number
}
/** WebAssembly with vectors, measured on one core. A small GPU through gpu.js, whose kernels do not tile: estimated low. */
const wasm: Device = { start: 2e-6, call: 0, flops: 25e9, bytes: 8e9, crossing: 8e9 }
const gpu: Device = { start: 2e-3, call: 1e-4, flops: 300e9, bytes: 80e9, crossing: 2e9 }

export interface Work extends Cost {
  readonly kernels: number
  /** Bytes of inputs and results of a run. */
  readonly crossing: number
}
const seconds = (p: Device, w: Work): number =>
  p.start + w.kernels * p.call + w.flops / p.flops + w.bytes / p.bytes + w.crossing / p.crossing
const shown = (s: number): string => `${(1000 * s).toPrecision(2)} ms`

/** The device, and the reason as text. `threads`: WebAssembly's. */
export const choose = (w: Work, threads: number): { readonly device: 'wasm' | 'gpu'; readonly why: string } => {
  const [here, there] = [seconds({ ...wasm, flops: wasm.flops * threads }, w), seconds(gpu, w)]
  const device = 2 * there < here ? 'gpu' : 'wasm'
  return { device, why: `about ${shown(here)} a run on the CPU, ${shown(there)} on the GPU` }
}
