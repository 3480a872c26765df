/** gpu.js as far as it is used, typed, and what this machine has of it. */
import { provideWebgpu } from './adapter.ts'
import type { Mode } from './modes.ts'

/** An array in a device's memory, as gpu.js hands it out. Copies share the memory; it goes when the last is deleted. */
export interface Handle {
  readonly output: readonly number[]
  /** WebGPU's: numbers in a cell. */
  readonly componentCount?: number
  readonly toArray: () => unknown
  readonly clone: () => Handle
  readonly delete: () => void
  /** WebGPU's says `isLost` and has a device; WebGL's answers a question. */
  readonly context?: {
    readonly isLost?: boolean
    readonly device?: { readonly limits: BufferLimits; readonly lost: Promise<unknown> }
    readonly isContextLost?: () => boolean
  }
}
interface BufferLimits {
  readonly maxStorageBufferBindingSize: number
  readonly maxBufferSize: number
}
export type Argument = Float32Array | Handle | number
export interface GpujsKernel {
  (...args: readonly Argument[]): unknown
  /** A promise where compiling is asynchronous. */
  readonly build: (...args: readonly Argument[]) => unknown
  readonly setOutput: (output: readonly number[]) => unknown
  readonly destroy: () => void
  readonly kernel: {
    readonly constructor: unknown
    readonly fallbackReason: string | null
    _shapeOutput?: (data: Float32Array) => Float32Array
  }
}
/** A function of arrays, run as one. */
export interface Pipeline {
  (...args: readonly Float32Array[]): Promise<readonly unknown[]>
  /** 'generic' when its kernels are called one by one after all. */
  readonly executorKind: string
  readonly fallbackReason: string | null
  readonly plan: { readonly kernels: readonly { readonly clone: { readonly kernel: GpujsKernel['kernel'] } }[] } | null
  readonly destroy: () => Promise<unknown>
}
export interface Gpu {
  /** The class of the kernels of its mode. */
  readonly Kernel: unknown
  readonly createKernel: (source: string, settings: object) => GpujsKernel
  /** The function is called once, with stand-ins; it must have its arguments by name or by length. */
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
    return (found.GPU ?? found.default?.GPU) as GpujsLibrary
  } catch {
    return undefined
  }
}

/** May text be run? A page's policy may forbid it; gpu.js would find out when a kernel is called. */
const evaluates = (): boolean => {
  try {
    return new Function('return true')() === true
  } catch {
    return false
  }
}
/** Why a mode cannot be had; nothing when it can: an adapter or a context that answers, not an API that exists. */
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
