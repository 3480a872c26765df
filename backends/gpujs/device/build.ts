/** A kernel as source, brought to a GPU. */
import * as E from 'fp-ts/lib/Either.js'
import { sizeOf } from '../../../lang/syntax/shape.ts'
import type { CompileError } from '../../error.ts'
import { inOrder, lanes, orderingOf } from '../source/interleave.ts'
import type { CompiledKernel, KernelSource } from './kernelTypes.ts'
import type { Argument, Gpu, GpujsKernel, Handle } from './library.ts'
import { asNumbers, flattened, free, inOneAxis, type Stored } from './memory.ts'
import { type Mode, traits } from './modes.ts'
import { type OpenGpu, settingsOf } from './sharedGpus.ts'

/** The flat result as it is, where gpu.js would cut it into rows and cells. */
export const unshaped = (kernel: GpujsKernel['kernel']): void => {
  if (kernel._shapeOutput !== undefined) kernel._shapeOutput = (data) => data
}
/** Why a kernel does not run in the mode that was asked for, if it does not. */
export const elsewhere = (gpu: Gpu, kernel: GpujsKernel['kernel']): string | undefined =>
  kernel.constructor !== gpu.Kernel || kernel.fallbackReason ? (kernel.fallbackReason ?? 'no reason given') : undefined
/** Throws where the kernel is refused, or would run elsewhere. */
const built = async (
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
/** Cells of four numbers, as the kernel that puts them in order takes them. */
const cellsOf = ({ fours }: OpenGpu, x: Handle): Handle => (fours ? (inOneAxis(fours, x) as Handle) : asNumbers(x))

/** Errors: KernelFailed. */
export const build = async (
  o: OpenGpu,
  mode: Mode,
  { name, source, output, inner, numbers }: KernelSource,
  sizes: readonly number[],
) => {
  const { standIn } = o
  try {
    const kernel = await built(o, mode, source, output, [
      ...sizes.map((n) => standIn ?? new Float32Array(n)),
      ...numbers,
    ])
    if (standIn === undefined) {
      const run: CompiledKernel = (args) => {
        const y = flattened(kernel(...args, ...numbers))
        return inner === undefined ? y : inOrder(y, inner)
      }
      return E.right({ run, destroy: () => kernel.destroy() })
    }
    const result = (x: unknown) => inOneAxis(standIn, x as Handle)
    if (inner === undefined)
      return E.right({
        run: (args: readonly Stored[]) => result(kernel(...args, ...numbers)),
        destroy: () => kernel.destroy(),
      })
    const n = lanes * sizeOf(output)
    const ordering = orderingOf(n, inner, o.fours !== undefined, traits[mode].syntax)
    const order = await built(o, mode, ordering, [n], [o.fours ?? standIn]).catch((error: unknown) => {
      kernel.destroy()
      throw error
    })
    const ordered = (found: Handle): Handle | Promise<Handle> => {
      const cells = cellsOf(o, found)
      const y = result(order(cells))
      // what the device has been told to do it does with the array as it is now
      free(cells)
      return y
    }
    const run: CompiledKernel = (args) => {
      const found = kernel(...args, ...numbers) as Handle | Promise<Handle>
      return found instanceof Promise ? found.then(ordered) : ordered(found)
    }
    const destroy = () => {
      kernel.destroy()
      order.destroy()
    }
    return E.right({ run, destroy })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return E.left<CompileError>({ _tag: 'KernelFailed', kernel: name, source, message })
  }
}
