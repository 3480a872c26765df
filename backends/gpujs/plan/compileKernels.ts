/** Every kernel of a plan compiled on a device, before anything runs. */
import * as E from 'fp-ts/lib/Either.js'
import { bug } from '../../../lang/syntax/error.ts'
import type { CompileError } from '../../error.ts'
import type { Device } from '../device/device.ts'
import type { CompiledChain, CompiledKernel } from '../device/kernelTypes.ts'
import type { Chain, KernelPlan, PrintedKernel } from './kernels.ts'

export interface CompiledKernels {
  readonly kernel: (k: PrintedKernel) => CompiledKernel
  readonly chain: (c: Chain) => CompiledChain
}

/** Errors: KernelFailed, for the first kernel that the device refuses. */
export const compileKernels = async (
  { units }: KernelPlan,
  device: Device,
): Promise<E.Either<CompileError, CompiledKernels>> => {
  const kernels = new Map<PrintedKernel, CompiledKernel>()
  const chains = new Map<Chain, CompiledChain>()
  for (const u of [...units.values()].flat()) {
    if (u._tag === 'Kernel' && u.kernel) {
      const compiled = await device.build(u.kernel.printed, u.kernel.sizes)
      if (E.isLeft(compiled)) return compiled
      kernels.set(u.kernel, compiled.right)
    } else if (u._tag === 'Chain') {
      const compiled = await compileChain(u, device)
      if (E.isLeft(compiled)) return compiled
      chains.set(u, compiled.right)
    }
  }
  return E.right({
    kernel: (k) => kernels.get(k) ?? bug('a kernel that was not compiled'),
    chain: (c) => chains.get(c) ?? bug('a chain that was not compiled'),
  })
}
/** Values by their sources: inputs of the chain are 0, 1, ..., results of its kernels -1, -2, ... */
const compileChain = ({ kernels, reads, sizes, writes }: Chain, device: Device): ReturnType<Device['chain']> => {
  const sources = new Map([
    ...reads.map((v, i) => [v, i] as const),
    ...kernels.map(({ step }, i) => [step.out, -1 - i] as const),
  ])
  const source = (v: number): number => sources.get(v) ?? bug('a chain reads a value that it does not have')
  const links = kernels.map(({ step, printed }) => ({ printed, reads: step.reads.map(source) }))
  return device.chain(
    links,
    sizes,
    writes.map((v) => -1 - source(v)),
  )
}
