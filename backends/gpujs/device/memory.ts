/** Arrays in the memory that kernels read, and the operations on them that are not kernels of a plan. */
import type { GpujsKernel, Handle } from './library.ts'

/** An array on the device; where the device is the host, a typed array. */
export type Stored = Float32Array | Handle

const isHost = (x: Stored): x is Float32Array => x instanceof Float32Array
/** Frees an array of a device; host memory is the garbage collector's. */
export const free = (x: Stored): void => {
  if (!isHost(x)) x.delete()
}
export const freeAll = (xs: Iterable<Stored>): void => {
  for (const x of xs) free(x)
}
/** Another holder of the same array; the memory is freed with the last. */
export const shared = (x: Stored): Stored => (isHost(x) ? x : x.clone())

/** Replaces a handle by one of the class of `like`, on the same memory. gpu.js exports none of these classes. */
const viewOf = (like: Handle, x: Handle, settings: object): Handle => {
  const View = like.constructor as new (settings: object) => Handle
  const view = new View({ ...x, ...settings })
  x.delete()
  return view
}
const elementsOf = ({ output }: Handle): number => output.reduce((a, b) => a * b, 1)
/** The same array with one axis, as `like` has: a kernel of WebGL takes only the class that it was compiled for. */
export const inOneAxis = <X extends Handle | Promise<Handle>>(like: Handle, x: X): X | Handle =>
  x instanceof Promise || x.constructor === like.constructor ? x : viewOf(like, x, { output: [elementsOf(x)] })
/** An array of cells as an array of the numbers in them, in WebGPU. */
export const asNumbers = (x: Handle): Handle =>
  viewOf(x, x, { output: [elementsOf(x) * (x.componentCount ?? 1)], componentCount: 1 })

const fatal: ReadonlySet<string> = new Set(['GPUOutOfMemoryError', 'GPUInternalError'])
const watched = new WeakSet<object>()
const faults = new WeakMap<object, string>()
/**
 * WebGPU reports that memory ran out only as an event: the arrays exist, and hold nothing. A device on which this
 * happened is destroyed.
 */
export const watch = ({ context }: Handle): void => {
  const device = context?.device
  if (device === undefined || watched.has(device)) return
  watched.add(device)
  device.addEventListener('uncapturederror', ({ error }) => {
    const { name } = error.constructor
    if (!fatal.has(name)) return
    faults.set(device, `${name}: ${error.message}`)
    // outside the event, because Node's bindings would wait for ever inside it
    setTimeout(() => device.destroy(), 0)
  })
}
/** Why results of the array's device are not valid: it was lost, or had an error. Undefined if it works. */
export const faultOf = ({ context }: Handle): string | undefined =>
  (context?.device && faults.get(context.device)) ??
  (context?.isLost === true || context?.isContextLost?.() === true ? 'the device was lost' : undefined)
/** The elements, in host memory. Throws where the device has a fault: WebGL by itself would return zeros. */
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
/** A result as one array: gpu.js cuts some into rows, and rows into cells. */
export const flattened = (data: unknown): Float32Array => {
  if (data instanceof Float32Array) return data
  const parts = (data as readonly unknown[]).map(flattened) // what is not an array of numbers is an array of arrays
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
  /** Copies to the device; on the host, returns the array itself. An empty array becomes one of one element. */
  readonly upload: (x: Float32Array) => Stored | Promise<Stored>
  /** Row t of an array whose rows have n elements. */
  readonly slice: (x: Stored, t: number, n: number) => Stored | Promise<Stored>
  /** One array after another. */
  readonly join: (x: Stored, y: Stored) => Stored | Promise<Stored>
}
/** gpu.js has no empty array; nothing reads the element that stands in. */
export const nonEmpty = (x: Float32Array): Float32Array => (x.length === 0 ? new Float32Array(1) : x)
export const hostMemory: DeviceMemory = {
  isHost: true,
  upload: nonEmpty,
  slice: (x, t, n) => nonEmpty((x as Float32Array).subarray(t * n, (t + 1) * n)), // host memory holds nothing else
  join: (x, y) => flattened([x, y]),
}
/**
 * Copies are kernels too, since gpu.js copies to a device's memory in no other way. One kernel serves all sizes:
 * every call sets its output size first. That holds only for a compiled kernel, which reads the size before anything
 * is awaited, so each is called once here.
 */
export const deviceMemory = async (create: (source: string) => GpujsKernel): Promise<DeviceMemory> => {
  const copy = create('function(a){return a[this.thread.x];}')
  const part = create('function(a,k){return a[this.thread.x+k];}')
  const both = create('function(a,b,n){const i=this.thread.x;if(i<n){return a[i];}return b[i-n];}')
  const sized = (kernel: GpujsKernel, n: number, args: readonly (Stored | number)[]): Promise<Handle> | Handle => {
    kernel.setOutput([n])
    return kernel(...args) as Handle // on a device a kernel returns a handle
  }
  const lengthOf = (x: Stored): number => (isHost(x) ? x.length : elementsOf(x))
  const first = await sized(copy, 1, [new Float32Array(1)])
  freeAll([await sized(part, 1, [first, 0]), await sized(both, 2, [first, first, 1]), first])
  return {
    isHost: false,
    upload: (x) => sized(copy, Math.max(1, x.length), [nonEmpty(x)]),
    slice: (x, t, n) => sized(part, Math.max(1, n), [x, t * n]),
    join: (x, y) => sized(both, lengthOf(x) + lengthOf(y), [x, y, lengthOf(x)]),
  }
}
