/**
 * A device: gpu.js in one mode, checked to run in it. Programs of one mode share a device, and one kernel where their
 * sources are the same; what nobody uses any more is given back.
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
  /** What went wrong on it, if anything did. */
  readonly fault: () => string | undefined
  /** Bytes that one array may have. */
  readonly largest: number
  /** Builds now, for arrays of these sizes, so that a kernel's faults are errors of compilation. */
  readonly build: (k: KernelSource, sizes: readonly number[]) => Promise<E.Either<CompileError, CompiledKernel>>
  /** Kernels as one pipeline; `outputs`: whose results are wanted. */
  readonly chain: (
    links: readonly ChainLink[],
    inputs: readonly number[],
    outputs: readonly number[],
  ) => Promise<E.Either<CompileError, CompiledChain>>
  /** Gives back the kernels built through this device, and the device itself after its last user. */
  readonly release: () => void
}

/** What makes a kernel the one that it is. JSON has no NaN and no infinities, and -0 is 0 there. */
const contentOf = ({ source, output, inner, numbers }: KernelSource): unknown => [
  source,
  output,
  inner,
  numbers.map((v) => (Object.is(v, -0) ? '-0' : String(v))),
]
/** An error under the name of whoever asked: another program may have been the first to. */
const named = <A>(kernel: string, made: E.Either<CompileError, A>): E.Either<CompileError, A> =>
  E.mapLeft((e: CompileError) => (e._tag === 'KernelFailed' ? { ...e, kernel } : e))(made)

const use = async (GPU: GpujsLibrary, mode: Mode, reason: string): Promise<Device> => {
  const [shared, o] = await enter(GPU, mode)
  const releases: (() => void)[] = []
  const keep = (give: () => void) => releases.push(give)
  const limits = o.standIn?.context?.device?.limits
  return {
    ...o.memory,
    mode,
    reason,
    fault: () => o.standIn && faultOf(o.standIn),
    largest: limits ? Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize) : Number.POSITIVE_INFINITY,
    build: async (k, sizes) =>
      named(
        k.name,
        await cached(o.kernels, JSON.stringify([contentOf(k), sizes]), () => build(o, mode, k, sizes), keep),
      ),
    chain: (links, inputs, outputs) => {
      const content = links.map(({ printed, reads }) => [contentOf(printed), reads])
      return cached(
        o.chains,
        JSON.stringify([content, inputs, outputs]),
        () => chain(o, mode, links, inputs, outputs),
        keep,
      )
    },
    release: () => {
      for (const give of releases) give()
      void leave(shared, mode)
    },
  }
}

const noDevice = (mode: Mode, why: string, howTo = traits[mode].howTo): E.Either<CompileError, Device> =>
  E.left({ _tag: 'NoDevice', mode, why, howTo })

/** The device asked for, or for 'auto' a real GPU, else what every machine has. Errors: NoDevice. */
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
