/** gpu.js's GPUs: one for all programs of a mode, given back after its last user. */

import type { CacheEntry } from './cache.ts'
import type { CompiledChain, CompiledKernel } from './kernelTypes.ts'
import type { Gpu, GpujsKernel, GpujsLibrary, Handle } from './library.ts'
import { type DeviceMemory, deviceMemory, faultOf, free, hostMemory, watch } from './memory.ts'
import { type Mode, traits } from './modes.ts'

/** One of gpu.js's GPUs. */
export interface OpenGpu {
  readonly gpu: Gpu
  readonly memory: DeviceMemory
  /** An array of the device to build kernels with; where the device is the host, there is none. */
  readonly standIn: Handle | undefined
  /** One of cells of four numbers, where those are of another class. */
  readonly fours: Handle | undefined
  readonly kernels: Map<string, CacheEntry<CompiledKernel>>
  readonly chains: Map<string, CacheEntry<CompiledChain>>
}
/** The one for all programs of a mode. */
export interface SharedGpu {
  readonly open: Promise<OpenGpu>
  users: number
}
const sharedGpus = new Map<Mode, SharedGpu>()

/**
 * Loops are never cut short; numbers have all their bits, where WebGL would take half of them for small arrays on a phone;
 * every result on a device is an array of its own there, of whatever size comes.
 */
export const settingsOf = (mode: Mode): object => ({
  loopMaxIterations: 1e9,
  precision: 'single',
  tactic: 'precision',
  ...(traits[mode].onDevice ? { pipeline: true, immutable: true, dynamicArguments: true } : {}),
})
const foursOf = async (create: (source: string) => GpujsKernel, one: Handle): Promise<Handle | undefined> => {
  const found = (await create('function(a){const x=a[this.thread.x];return [x,x,x,x];}')(one)) as Handle
  if (found.constructor !== one.constructor) return found
  free(found)
  return undefined
}
const open = async (GPU: GpujsLibrary, mode: Mode): Promise<OpenGpu> => {
  const gpu = new GPU({ mode })
  const { onDevice } = traits[mode]
  const create = (source: string): GpujsKernel =>
    gpu.createKernel(source, { ...settingsOf(mode), output: [1], dynamicOutput: true })
  const memory = onDevice ? await deviceMemory(create) : hostMemory
  const first = await memory.upload(new Float32Array(1))
  const standIn = onDevice ? (first as Handle) : undefined
  if (standIn) watch(standIn)
  const fours = standIn && (await foursOf(create, standIn))
  return { gpu, memory, standIn, fours, kernels: new Map(), chains: new Map() }
}
export const leave = async (shared: SharedGpu, mode: Mode): Promise<void> => {
  if (--shared.users > 0) return
  if (sharedGpus.get(mode) === shared) sharedGpus.delete(mode)
  const { gpu, standIn, fours } = await shared.open
  if (standIn) free(standIn)
  if (fours) free(fours)
  await gpu.destroy()
}
/** A device that has a fault is left to those who have it; the next program gets another. */
export const enter = async (GPU: GpujsLibrary, mode: Mode): Promise<readonly [SharedGpu, OpenGpu]> => {
  const shared = sharedGpus.get(mode) ?? { open: open(GPU, mode), users: 0 }
  sharedGpus.set(mode, shared)
  shared.users++
  const found = await shared.open.catch((error: unknown) => {
    if (sharedGpus.get(mode) === shared) sharedGpus.delete(mode)
    throw error
  })
  if (found.standIn === undefined || faultOf(found.standIn) === undefined) return [shared, found]
  if (sharedGpus.get(mode) === shared) sharedGpus.delete(mode)
  void leave(shared, mode)
  // until it is gone gpu.js hands it out again
  await found.standIn.context?.device?.lost
  return enter(GPU, mode)
}
