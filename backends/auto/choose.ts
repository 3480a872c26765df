/**
 * Where a program runs soonest, by what it costs: a time for each place,
 *
 *   seconds = start + calls x call + flops / rate + bytes / bandwidth
 *
 * with round figures for machines of our days. Only the order of magnitude matters: the GPU must win twice over.
 */
import type { Cost } from '../schedule/cost.ts'

interface Place {
  /** Seconds per run, for crossing over with inputs and coming back with results; per kernel. */
  readonly start: number
  readonly call: number
  /** Per second: operations, bytes of memory, bytes that cross over. */
  readonly flops: number
  readonly bytes: number
  readonly crossing: number
}
/** One core of WebAssembly with vectors, measured; a small GPU through gpu.js, whose kernels do not tile, estimated low. */
const wasm: Place = { start: 2e-6, call: 0, flops: 25e9, bytes: 8e9, crossing: 8e9 }
const gpu: Place = { start: 2e-3, call: 1e-4, flops: 300e9, bytes: 80e9, crossing: 2e9 }

export interface Work extends Cost {
  readonly kernels: number
  /** Bytes that go in and come out with every run. */
  readonly crossing: number
}
const seconds = (p: Place, w: Work): number =>
  p.start + w.kernels * p.call + w.flops / p.flops + w.bytes / p.bytes + w.crossing / p.crossing
const shown = (s: number): string => `${(1000 * s).toPrecision(2)} ms`

/** The place, and why in words. `threads`: WebAssembly's. */
export const choose = (w: Work, threads: number): { readonly place: 'wasm' | 'gpu'; readonly why: string } => {
  const [here, there] = [seconds({ ...wasm, flops: wasm.flops * threads }, w), seconds(gpu, w)]
  const place = 2 * there < here ? 'gpu' : 'wasm'
  return { place, why: `about ${shown(here)} a run on the CPU, ${shown(there)} on the GPU` }
}
