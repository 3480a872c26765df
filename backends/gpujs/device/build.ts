/** Compiles the source of a kernel on a GPU. */
import * as E from 'fp-ts/lib/Either.js'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import type { CompileError } from '../../error.ts'
import { inOrder, lanes, orderingOf } from '../source/interleave.ts'
import type { CompiledKernel, Destroyable, KernelSource } from './kernelTypes.ts'
import type { Argument, Gpu, GpujsKernel, Handle } from './library.ts'
import { asNumbers, flattened, free, inOneAxis, type Stored } from './memory.ts'
import { type Mode, traits } from './modes.ts'
import { type OpenGpu, settingsOf } from './sharedGpus.ts'

/** Errors: KernelFailed. */
export const build = async (
  o: OpenGpu,
  mode: Mode,
  kernel: KernelSource,
  sizes: readonly number[],
): Promise<E.Either<CompileError, Destroyable<CompiledKernel>>> => {
  try {
    return E.right(await (o.standIn ? onDevice(o, o.standIn, mode, kernel, sizes) : onHost(o, mode, kernel, sizes)))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return E.left({ _tag: 'KernelFailed', kernel: kernel.name, source: kernel.source, message })
  }
}

/** Throws where gpu.js refuses the kernel, or would run it in another mode. */
const compile = async (
  { gpu }: OpenGpu,
  mode: Mode,
  source: string,
  output: readonly number[],
  args: readonly Argument[],
): Promise<GpujsKernel> => {
  const kernel = gpu.createKernel(source, { ...settingsOf(mode), output: [...output] })
  try {
    await kernel.build(...args)
    const why = elsewhere(gpu, kernel.kernel)
    if (why !== undefined) throw new Error(`it would not run in mode ${mode}: ${why}`)
  } catch (error) {
    kernel.destroy()
    throw error
  }
  unshaped(kernel.kernel)
  return kernel
}
/** Why a kernel does not run in the mode that was asked for; undefined when it does. */
export const elsewhere = (gpu: Gpu, kernel: GpujsKernel['kernel']): string | undefined =>
  kernel.constructor !== gpu.Kernel || kernel.fallbackReason ? (kernel.fallbackReason ?? 'no reason given') : undefined
/** Keeps the result flat, where gpu.js would cut it into rows and cells. */
export const unshaped = (kernel: GpujsKernel['kernel']): void => {
  if (kernel._shapeOutput !== undefined) kernel._shapeOutput = (data) => data
}

const onHost = async (
  o: OpenGpu,
  mode: Mode,
  { source, output, inner, numbers }: KernelSource,
  sizes: readonly number[],
): Promise<Destroyable<CompiledKernel>> => {
  const kernel = await compile(o, mode, source, output, [...sizes.map((n) => new Float32Array(n)), ...numbers])
  const run = (args: readonly Stored[]): Float32Array => {
    const y = flattened(kernel(...args, ...numbers))
    return inner === undefined ? y : inOrder(y, inner)
  }
  return { run, destroy: () => kernel.destroy() }
}

const onDevice = async (
  o: OpenGpu,
  standIn: Handle,
  mode: Mode,
  { source, output, inner, numbers }: KernelSource,
  sizes: readonly number[],
): Promise<Destroyable<CompiledKernel>> => {
  const kernel = await compile(o, mode, source, output, [...sizes.map(() => standIn), ...numbers])
  const call = (args: readonly Stored[]): Handle | Promise<Handle> => handle(kernel(...args, ...numbers))
  if (inner === undefined) return { run: (args) => inOneAxis(standIn, call(args)), destroy: () => kernel.destroy() }
  const order = await compileOrdering(o, standIn, mode, lanes * sizeOf(output), inner).catch((error: unknown) => {
    kernel.destroy()
    throw error
  })
  const ordered = (found: Handle): Handle | Promise<Handle> => {
    const cells = cellsOf(o, found)
    const y = inOneAxis(standIn, handle(order(cells)))
    // the device has its command already, and keeps the array until it is done
    free(cells)
    return y
  }
  return {
    run: (args) => {
      const found = call(args)
      return found instanceof Promise ? found.then(ordered) : ordered(found)
    },
    destroy: () => {
      kernel.destroy()
      order.destroy()
    },
  }
}
/** On a device every kernel returns a handle: see settingsOf. */
const handle = (result: unknown): Handle | Promise<Handle> => result as Handle | Promise<Handle>
/** The kernel that puts n elements in row-major order. */
const compileOrdering = (o: OpenGpu, standIn: Handle, mode: Mode, n: number, inner: number) => {
  const source = orderingOf(n, inner, o.fours !== undefined, traits[mode].syntax)
  return compile(o, mode, source, [n], [o.fours ?? standIn])
}
/** Cells of four numbers, as the ordering kernel takes them. */
const cellsOf = ({ fours }: OpenGpu, x: Handle): Handle => (fours ? inOneAxis(fours, x) : asNumbers(x))
