/** Arrays where kernels read them, and what is done with them that no kernel of a plan does. */
import type { GpujsKernel, Handle } from './library.ts'

/** On the device, or, where that is the same, in host memory. */
export type Stored = Float32Array | Handle

const isHost = (x: Stored): x is Float32Array => x instanceof Float32Array
/** Lets go of an array; host memory is the garbage collector's. */
export const free = (x: Stored): void => {
  if (!isHost(x)) x.delete()
}
export const freeAll = (xs: Iterable<Stored>): void => {
  for (const x of xs) free(x)
}
/** A second holder of the same array. */
export const shared = (x: Stored): Stored => (isHost(x) ? x : x.clone())
/** The same array, of one axis as `like` is: a kernel of WebGL takes no other class of array than it was built with. */
export const inOneAxis = (like: Handle, x: Handle | Promise<Handle>): Handle | Promise<Handle> => {
  if (x instanceof Promise || x.constructor === like.constructor) return x
  const View = like.constructor as new (settings: object) => Handle
  const flat = new View({ ...x, output: [x.output.reduce((a, b) => a * b, 1)] })
  x.delete()
  return flat
}
/** Cells of several numbers, in WebGPU, as the numbers that they are. */
export const asNumbers = (x: Handle): Handle => {
  const View = x.constructor as new (settings: object) => Handle
  const n = x.output.reduce((a, b) => a * b, x.componentCount ?? 1)
  const flat = new View({ ...x, output: [n], componentCount: 1 })
  x.delete()
  return flat
}
interface Watched {
  readonly addEventListener: (name: 'uncapturederror', listener: (e: FaultEvent) => void) => void
  readonly destroy: () => void
}
interface FaultEvent {
  readonly error: { readonly constructor: { readonly name: string }; readonly message: string }
}
const fatal: ReadonlySet<string> = new Set(['GPUOutOfMemoryError', 'GPUInternalError'])
const watched = new WeakSet<object>()
const faults = new WeakMap<object, string>()
/**
 * WebGPU tells nobody who waits when memory runs out: the arrays concerned are there, and hold nothing. Such a device is
 * given up.
 */
export const watch = ({ context }: Handle): void => {
  const device = context?.device as unknown as Watched | undefined
  if (device === undefined || watched.has(device)) return
  watched.add(device)
  device.addEventListener('uncapturederror', ({ error }) => {
    const { name } = error.constructor
    if (!fatal.has(name)) return
    faults.set(device, `${name}: ${error.message}`)
    // not from inside its own event, where Node's bindings wait for ever
    setTimeout(() => device.destroy(), 0)
  })
}
/** Why nothing on the device that holds an array can be trusted: it is gone, or something on it went wrong. */
export const faultOf = ({ context }: Handle): string | undefined =>
  (context?.device && faults.get(context.device)) ??
  (context?.isLost === true || context?.isContextLost?.() === true ? 'the device was lost' : undefined)
/** In host memory, in gpu.js's order. Throws where the device has a fault: WebGL would answer with zeros. */
export const read = (x: Stored): Float32Array | Promise<Float32Array> => {
  if (isHost(x)) return x
  const checked = (found: unknown): Float32Array => {
    const fault = faultOf(x)
    if (fault !== undefined) throw new Error(fault)
    return flattened(found)
  }
  const found = x.toArray()
  return found instanceof Promise ? found.then(checked) : checked(found)
}
/** gpu.js cuts some results into rows, and rows into cells. */
export const flattened = (data: unknown): Float32Array => {
  if (data instanceof Float32Array) return data
  const parts = (data as readonly unknown[]).map(flattened)
  const whole = new Float32Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export interface DeviceMemory {
  readonly isHost: boolean
  /** Into the device's memory; where that is the host's, the array itself. An array without elements gets one. */
  readonly upload: (x: Float32Array) => Stored | Promise<Stored>
  /** Row t of an array, the rows having n elements. */
  readonly slice: (x: Stored, t: number, n: number) => Stored | Promise<Stored>
  /** One array after another. */
  readonly join: (x: Stored, y: Stored) => Stored | Promise<Stored>
}
/** gpu.js knows no empty array; nothing is read from one. */
export const nonEmpty = (x: Float32Array): Float32Array => (x.length === 0 ? new Float32Array(1) : x)
export const hostMemory: DeviceMemory = {
  isHost: true,
  upload: nonEmpty,
  slice: (x, t, n) => nonEmpty((x as Float32Array).subarray(t * n, (t + 1) * n)),
  join: (x, y) => flattened([x, y]),
}
/**
 * Copies are kernels too: gpu.js has no other way into a device's memory. They take any size: a call says its own before
 * it, which holds only for kernels that are built, for those are called before anything is awaited.
 */
export const deviceMemory = async (create: (source: string) => GpujsKernel): Promise<DeviceMemory> => {
  const copy = create('function(a){return a[this.thread.x];}')
  const part = create('function(a,k){return a[this.thread.x+k];}')
  const both = create('function(a,b,n){const i=this.thread.x;if(i<n){return a[i];}return b[i-n];}')
  const sized = (kernel: GpujsKernel, n: number, args: readonly (Stored | number)[]): Promise<Handle> | Handle => {
    kernel.setOutput([n])
    return kernel(...args) as Handle
  }
  const lengthOf = (x: Stored): number => (isHost(x) ? x.length : x.output.reduce((a, b) => a * b, 1))
  const first = await sized(copy, 1, [new Float32Array(1)])
  for (const built of [await sized(part, 1, [first, 0]), await sized(both, 2, [first, first, 1]), first]) free(built)
  return {
    isHost: false,
    upload: (x) => sized(copy, Math.max(1, x.length), [nonEmpty(x)]),
    slice: (x, t, n) => sized(part, Math.max(1, n), [x, t * n]),
    join: (x, y) => sized(both, lengthOf(x) + lengthOf(y), [x, y, lengthOf(x)]),
  }
}
