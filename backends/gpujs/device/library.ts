/** Types for the part of gpu.js that is used, and which of its modes this machine has. */
import { provideWebgpu } from './adapter.ts'
import type { Mode } from './modes.ts'

/** An array in a device's memory, as gpu.js returns it. Clones share the memory; deleting the last one frees it. */
export interface Handle {
  readonly output: readonly number[]
  /** In WebGPU: the numbers in a cell. */
  readonly componentCount?: number
  readonly toArray: () => unknown
  readonly clone: () => Handle
  readonly delete: () => void
  /** WebGPU's context has a device and a property `isLost`; WebGL's has a method. */
  readonly context?: {
    readonly isLost?: boolean
    readonly device?: GpuDevice
    readonly isContextLost?: () => boolean
  }
}
/** A device of WebGPU. */
interface GpuDevice {
  readonly limits: { readonly maxStorageBufferBindingSize: number; readonly maxBufferSize: number }
  readonly lost: Promise<unknown>
  readonly addEventListener: (name: 'uncapturederror', listener: (e: FaultEvent) => void) => void
  readonly destroy: () => void
}
interface FaultEvent {
  readonly error: { readonly constructor: { readonly name: string }; readonly message: string }
}
export type Argument = Float32Array | Handle | number
export interface GpujsKernel {
  (...args: readonly Argument[]): unknown
  /** Returns a promise where compiling is asynchronous. */
  readonly build: (...args: readonly Argument[]) => unknown
  readonly setOutput: (output: readonly number[]) => unknown
  readonly destroy: () => void
  readonly kernel: {
    readonly constructor: unknown
    readonly fallbackReason: string | null
    _shapeOutput?: (data: Float32Array) => Float32Array
  }
}
/** A function of arrays whose kernels run as one. */
export interface Pipeline {
  (...args: readonly Float32Array[]): Promise<readonly unknown[]>
  /** 'generic' when gpu.js calls the kernels one by one after all. */
  readonly executorKind: string
  readonly fallbackReason: string | null
  readonly plan: { readonly kernels: readonly { readonly clone: { readonly kernel: GpujsKernel['kernel'] } }[] } | null
  readonly destroy: () => Promise<unknown>
}
export interface Gpu {
  /** The class of this mode's kernels. */
  readonly Kernel: unknown
  readonly createKernel: (source: string, settings: object) => GpujsKernel
  /** Calls the function once, with stand-ins; its `length` is the number of arguments. */
  readonly createPipeline: (trace: (...args: readonly unknown[]) => unknown, settings: object) => Pipeline
  readonly destroy: () => Promise<unknown>
}
export interface GpujsLibrary {
  new (settings: { readonly mode: string }): Gpu
  readonly isWebGL2Supported?: boolean
  readonly isWebGLSupported?: boolean
  readonly isHeadlessGLSupported?: boolean
  readonly isWebGPUAvailable?: () => Promise<boolean>
}

export const library = async (): Promise<GpujsLibrary | undefined> => {
  try {
    const found = (await import('gpu.js')) as { readonly GPU?: unknown; readonly default?: { readonly GPU?: unknown } }
    return (found.GPU ?? found.default?.GPU) as GpujsLibrary // gpu.js's own types lack what is used here
  } catch {
    return undefined
  }
}

/** Whether the page's policy lets text be run as code. gpu.js would find out only when a kernel is called. */
const evaluates = (): boolean => {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}
/** Why a mode is not available; undefined when it is. An adapter or a context must answer: an API is not enough. */
export const missing = async (GPU: GpujsLibrary, mode: Mode): Promise<string | undefined> => {
  switch (mode) {
    case 'cpu':
      return evaluates() ? undefined : 'a Content-Security-Policy forbids its kernels, which are JavaScript text'
    case 'webasm':
      return 'WebAssembly' in globalThis ? undefined : 'this engine has no WebAssembly'
    case 'webgpu':
      return (await provideWebgpu()) && (await GPU.isWebGPUAvailable?.()) ? undefined : 'no WebGPU adapter answers'
    case 'webgl2':
      return GPU.isWebGL2Supported ? undefined : 'no WebGL 2 context can be made'
    case 'webgl':
      return GPU.isWebGLSupported ? undefined : 'no WebGL context can be made'
    case 'headlessgl':
      return GPU.isHeadlessGLSupported ? undefined : 'the package gl is absent, or found no display'
  }
}
