/** gpu.js's GPUs: one for all programs of a mode, given back after its last user. */

import type { Entry } from './cache.ts'
import type { Built, Chained } from './kernelTypes.ts'
import type { Gpu, Handle, Kernel, Library } from './library.ts'
import { deviceMemory, faultOf, free, hostMemory, type Memory, watch } from './memory.ts'
import { type Mode, traits } from './modes.ts'

/** One of gpu.js's GPUs. */
export interface Open {
  readonly gpu: Gpu
  readonly memory: Memory
  /** An array of the device to build kernels with; where the device is the host, there is none. */
  readonly standIn: Handle | undefined
  /** One of cells of four numbers, where those are of another class. */
  readonly fours: Handle | undefined
  readonly kernels: Map<string, Entry<Built>>
  readonly chains: Map<string, Entry<Chained>>
}
/** The one for all programs of a mode. */
export interface Slot {
  readonly open: Promise<Open>
  users: number
}
const slots = new Map<Mode, Slot>()

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
const foursOf = async (create: (source: string) => Kernel, one: Handle): Promise<Handle | undefined> => {
  const found = (await create('function(a){const x=a[this.thread.x];return [x,x,x,x];}')(one)) as Handle
  if (found.constructor !== one.constructor) return found
  free(found)
  return undefined
}
const open = async (GPU: Library, mode: Mode): Promise<Open> => {
  const gpu = new GPU({ mode })
  const { onDevice } = traits[mode]
  const create = (source: string): Kernel =>
    gpu.createKernel(source, { ...settingsOf(mode), output: [1], dynamicOutput: true })
  const memory = onDevice ? await deviceMemory(create) : hostMemory
  const first = await memory.upload(new Float32Array(1))
  const standIn = onDevice ? (first as Handle) : undefined
  if (standIn) watch(standIn)
  const fours = standIn && (await foursOf(create, standIn))
  return { gpu, memory, standIn, fours, kernels: new Map(), chains: new Map() }
}
export const leave = async (slot: Slot, mode: Mode): Promise<void> => {
  if (--slot.users > 0) return
  if (slots.get(mode) === slot) slots.delete(mode)
  const { gpu, standIn, fours } = await slot.open
  if (standIn) free(standIn)
  if (fours) free(fours)
  await gpu.destroy()
}
/** A device that has a fault is left to those who have it; the next program gets another. */
export const enter = async (GPU: Library, mode: Mode): Promise<readonly [Slot, Open]> => {
  const slot = slots.get(mode) ?? { open: open(GPU, mode), users: 0 }
  slots.set(mode, slot)
  slot.users++
  const found = await slot.open.catch((error: unknown) => {
    if (slots.get(mode) === slot) slots.delete(mode)
    throw error
  })
  if (found.standIn === undefined || faultOf(found.standIn) === undefined) return [slot, found]
  if (slots.get(mode) === slot) slots.delete(mode)
  void leave(slot, mode)
  // until it is gone gpu.js hands it out again
  await found.standIn.context?.device?.lost
  return enter(GPU, mode)
}
