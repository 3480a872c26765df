/** The GPUs of gpu.js. All programs of a mode share one; when the last of them releases it, it is destroyed. */
import type { CacheEntry } from './cache.ts'
import type { CompiledChain, CompiledKernel } from './kernelTypes.ts'
import type { Gpu, GpujsKernel, GpujsLibrary, Handle } from './library.ts'
import { type DeviceMemory, deviceMemory, faultOf, free, hostMemory, watch } from './memory.ts'
import { type Mode, traits } from './modes.ts'

/** A GPU of gpu.js, and what its users share. */
export interface OpenGpu {
  readonly gpu: Gpu
  readonly memory: DeviceMemory
  /** An array of the device, with which kernels are compiled; undefined where the device is the host. */
  readonly standIn: Handle | undefined
  /** The same with four numbers in each cell, in modes where gpu.js has another class for such arrays. */
  readonly fours: Handle | undefined
  readonly kernels: Map<string, CacheEntry<CompiledKernel>>
  readonly chains: Map<string, CacheEntry<CompiledChain>>
}
interface SharedGpu {
  readonly open: Promise<OpenGpu>
  users: number
}
const sharedGpus = new Map<Mode, SharedGpu>()
/** Later programs of the mode open another GPU. */
const forget = (shared: SharedGpu, mode: Mode): void => {
  if (sharedGpus.get(mode) === shared) sharedGpus.delete(mode)
}

/**
 * Settings of gpu.js. Loops may have any length. Reals are float32: by default, WebGL on a phone computes small arrays in
 * half precision. On a device, every result stays there as a new array, and arguments may change their size.
 */
export const settingsOf = (mode: Mode): object => ({
  loopMaxIterations: 1e9,
  precision: 'single',
  tactic: 'precision',
  ...(traits[mode].onDevice ? { pipeline: true, immutable: true, dynamicArguments: true } : {}),
})
const foursOf = async (create: (source: string) => GpujsKernel, one: Handle): Promise<Handle | undefined> => {
  // on a device a kernel returns a handle
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
  const standIn = onDevice ? (first as Handle) : undefined // not host memory, so a handle
  if (standIn) watch(standIn)
  const fours = standIn && (await foursOf(create, standIn))
  return { gpu, memory, standIn, fours, kernels: new Map(), chains: new Map() }
}
export const leave = async (shared: SharedGpu, mode: Mode): Promise<void> => {
  if (--shared.users > 0) return
  forget(shared, mode)
  const { gpu, standIn, fours } = await shared.open
  if (standIn) free(standIn)
  if (fours) free(fours)
  await gpu.destroy()
}
/** Programs on a faulty GPU keep it; the next program opens another. */
export const enter = async (GPU: GpujsLibrary, mode: Mode): Promise<readonly [SharedGpu, OpenGpu]> => {
  const shared = sharedGpus.get(mode) ?? { open: open(GPU, mode), users: 0 }
  sharedGpus.set(mode, shared)
  shared.users++
  const found = await shared.open.catch((error: unknown) => {
    forget(shared, mode)
    throw error
  })
  if (found.standIn === undefined || faultOf(found.standIn) === undefined) return [shared, found]
  forget(shared, mode)
  void leave(shared, mode)
  // until the device is lost, gpu.js returns the same one
  await found.standIn.context?.device?.lost
  return enter(GPU, mode)
}
