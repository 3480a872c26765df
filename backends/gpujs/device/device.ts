/**
 * A device: gpu.js in one mode, which was checked to work. Programs of the same mode share a device, and kernels of the
 * same source are compiled once; both are destroyed after their last user.
 */
import * as E from 'fp-ts/lib/Either.js'
import type { CompileError } from '../../error.ts'
import { provideWebgpu } from './adapter.ts'
import { build } from './build.ts'
import { cached } from './cache.ts'
import { findGpu } from './findGpu.ts'
import type { ChainLink, CompiledChain, CompiledKernel, KernelSource } from './kernelTypes.ts'
import { type GpujsLibrary, library, missing } from './library.ts'
import { type DeviceMemory, faultOf } from './memory.ts'
import { type Mode, traits } from './modes.ts'
import { chain } from './pipeline.ts'
import { enter, leave } from './sharedGpus.ts'

export interface Device extends DeviceMemory {
  readonly mode: Mode
  readonly reason: string
  /** The error that makes the device unusable, if one happened. */
  readonly fault: () => string | undefined
  /** The largest array that it holds, in bytes. */
  readonly largest: number
  /** Compiles at once, for arrays of these sizes, so that a faulty kernel is an error of compilation. */
  readonly build: (k: KernelSource, sizes: readonly number[]) => Promise<E.Either<CompileError, CompiledKernel>>
  /** Compiles kernels as one pipeline. `outputs`: the kernels whose results it returns. */
  readonly chain: (
    links: readonly ChainLink[],
    inputs: readonly number[],
    outputs: readonly number[],
  ) => Promise<E.Either<CompileError, CompiledChain>>
  /** Releases the kernels compiled through this device, and the device itself after its last user. */
  readonly release: () => void
}

/** Kernels of equal content are the same kernel. JSON has no NaN and no infinities, and writes -0 as 0. */
const contentOf = ({ source, output, inner, numbers }: KernelSource): unknown => [
  source,
  output,
  inner,
  numbers.map((v) => (Object.is(v, -0) ? '-0' : String(v))),
]
/** Names the kernel that was asked for: another program may have compiled its source under another name. */
const named = <A>(kernel: string, compiled: E.Either<CompileError, A>): E.Either<CompileError, A> =>
  E.mapLeft((e: CompileError) => (e._tag === 'KernelFailed' ? { ...e, kernel } : e))(compiled)

const use = async (GPU: GpujsLibrary, mode: Mode, reason: string): Promise<Device> => {
  const [shared, o] = await enter(GPU, mode)
  const releases: (() => void)[] = []
  const keep = (release: () => void) => releases.push(release)
  const limits = o.standIn?.context?.device?.limits
  return {
    ...o.memory,
    mode,
    reason,
    fault: () => o.standIn && faultOf(o.standIn),
    largest: limits ? Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) : Number.POSITIVE_INFINITY,
    build: async (k, sizes) => {
      const key = JSON.stringify([contentOf(k), sizes])
      return named(k.name, await cached(o.kernels, key, () => build(o, mode, k, sizes), keep))
    },
    chain: (links, inputs, outputs) => {
      const content = links.map(({ printed, reads }) => [contentOf(printed), reads])
      const key = JSON.stringify([content, inputs, outputs])
      return cached(o.chains, key, () => chain(o, mode, links, inputs, outputs), keep)
    },
    release: () => {
      for (const release of releases) release()
      void leave(shared, mode)
    },
  }
}

const noDevice = (mode: Mode, why: string, howTo = traits[mode].howTo): E.Either<CompileError, Device> =>
  E.left({ _tag: 'NoDevice', mode, why, howTo })

/** The device asked for; for 'auto' a real GPU, else webasm, else cpu. Errors: NoDevice. */
export const openDevice = async (wanted: Mode | 'auto'): Promise<E.Either<CompileError, Device>> => {
  const GPU = await library()
  if (GPU === undefined)
    return noDevice(wanted === 'auto' ? 'cpu' : wanted, 'the package gpu.js cannot be loaded', 'npm install gpu.js')
  if (wanted !== 'auto') return tried(GPU, wanted, 'asked for')
  await provideWebgpu()
  const gpu = await findGpu()
  if ('mode' in gpu) return tried(GPU, gpu.mode, `a GPU: ${gpu.name}`)
  const why = `no GPU: ${gpu.missing}`
  const first = await tried(GPU, 'webasm', why)
  return E.isRight(first) ? first : tried(GPU, 'cpu', `${why}; no WebAssembly`)
}
const tried = async (GPU: GpujsLibrary, mode: Mode, reason: string): Promise<E.Either<CompileError, Device>> => {
  const why = await missing(GPU, mode)
  if (why !== undefined) return noDevice(mode, why)
  try {
    return E.right(await use(GPU, mode, reason))
  } catch (error) {
    return noDevice(mode, error instanceof Error ? error.message : String(error))
  }
}
