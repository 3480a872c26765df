/** gpu.js itself, as little of it as is used: kernels built from source, checked to run in the mode that was asked for. */
import * as E from 'fp-ts/lib/Either.js'
import type { CompileError } from '../error.ts'
import { type Mode, modes, preferred, traits } from './modes.ts'

export type Output = Float32Array | Promise<Float32Array>
/** A kernel that is built. The result is its own array. */
export type Built = (args: readonly Float32Array[]) => Output

/** What gpu.js's typings leave out or make too wide. */
interface Kernel {
  (...args: readonly Float32Array[]): unknown
  readonly build: (...args: readonly Float32Array[]) => void
  readonly kernel: {
    readonly constructor: { readonly mode: string }
    readonly fallbackReason: string | null
    _shapeOutput?: (data: Float32Array) => Float32Array
  }
}
interface Gpu {
  readonly createKernel: (source: string, settings: object) => Kernel
  readonly destroy: () => unknown
}
interface Support {
  readonly isWebAssemblySupported?: boolean
  readonly isWebGL2Supported?: boolean
  readonly isWebGLSupported?: boolean
  readonly isHeadlessGLSupported?: boolean
  readonly isWebGPUAvailable?: () => Promise<boolean>
}
type Library = Support & (new (settings: { readonly mode: string }) => Gpu)

const library = async (): Promise<Library | undefined> => {
  try {
    const found = (await import('gpu.js')) as { readonly GPU?: unknown; readonly default?: { readonly GPU?: unknown } }
    return (found.GPU ?? found.default?.GPU) as Library
  } catch {
    return undefined
  }
}
/** Why a mode cannot be had; nothing when it can. */
const missing = async (GPU: Library, mode: Mode): Promise<string | undefined> => {
  switch (mode) {
    case 'cpu':
      return undefined
    case 'webasm':
      return 'WebAssembly' in globalThis ? undefined : 'this engine has no WebAssembly'
    case 'webgpu':
      return (await GPU.isWebGPUAvailable?.()) ? undefined : 'no WebGPU adapter answers'
    case 'webgl2':
      return GPU.isWebGL2Supported ? undefined : 'no WebGL 2 context can be made'
    case 'webgl':
      return GPU.isWebGLSupported ? undefined : 'no WebGL context can be made'
    case 'headlessgl':
      return GPU.isHeadlessGLSupported ? undefined : 'the package gl is absent, or found no display'
  }
}

export interface Device {
  readonly mode: Mode
  readonly reason: string
  /** Builds now, for arguments of these sizes, so that a kernel's faults are errors of compilation. */
  readonly build: (
    name: string,
    source: string,
    output: readonly number[],
    sizes: readonly number[],
  ) => E.Either<CompileError, Built>
  readonly release: () => void
}

/** Rows that share a buffer are read back from it; others are copied. */
const flattened = (data: unknown, size: number): Float32Array => {
  if (data instanceof Float32Array) return data
  const parts = (data as readonly unknown[]).map((row) => row as Float32Array)
  const whole = new Float32Array(size)
  let at = 0
  for (const row of parts) {
    whole.set(row, at)
    at += row.length
  }
  return whole
}

const open = (GPU: Library, mode: Mode, reason: string): Device => {
  const gpu = new GPU({ mode })
  return {
    mode,
    reason,
    build: (name, source, output, sizes) => {
      const failed = (message: string): CompileError => ({ _tag: 'KernelFailed', kernel: name, source, message })
      try {
        const kernel = gpu.createKernel(source, { output: [...output], loopMaxIterations: 1e9 })
        kernel.build(...sizes.map((n) => new Float32Array(n)))
        const inner = kernel.kernel
        const got = inner.constructor.mode
        if (got !== mode || inner.fallbackReason)
          return E.left(failed(`it would run in mode ${got}: ${inner.fallbackReason ?? 'no reason given'}`))
        const size = output.reduce((a, b) => a * b, 1)
        // the flat result as it is, where gpu.js would cut it into rows
        if (inner._shapeOutput !== undefined) inner._shapeOutput = (data) => data
        return E.right((args) => {
          const result = kernel(...args)
          return result instanceof Promise ? result.then((r) => flattened(r, size)) : flattened(result, size)
        })
      } catch (error) {
        return E.left(failed(error instanceof Error ? error.message : String(error)))
      }
    },
    release: () => {
      gpu.destroy()
    },
  }
}

const noDevice = (mode: Mode, why: string): CompileError => ({ _tag: 'NoDevice', mode, why, howTo: traits[mode].howTo })

/** The device asked for, or for 'auto' the first that this machine has. */
export const openDevice = async (wanted: Mode | 'auto'): Promise<E.Either<CompileError, Device>> => {
  const GPU = await library()
  const first = wanted === 'auto' ? (preferred[0] as Mode) : wanted
  if (GPU === undefined)
    return E.left({
      _tag: 'NoDevice',
      mode: first,
      why: 'the package gpu.js cannot be loaded',
      howTo: 'npm install gpu.js',
    })
  const without: string[] = []
  for (const mode of wanted === 'auto' ? preferred : [wanted]) {
    const why = await missing(GPU, mode)
    if (why === undefined) {
      const auto = `the first of ${preferred.join(', ')} that this machine has${without.map((w) => `; ${w}`).join('')}`
      return E.right(open(GPU, mode, wanted === 'auto' ? auto : 'asked for'))
    }
    if (wanted !== 'auto') return E.left(noDevice(mode, why))
    without.push(`${mode}: ${why}`)
  }
  return E.left({ _tag: 'UnknownMode', mode: wanted, known: modes })
}
