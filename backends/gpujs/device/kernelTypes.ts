/** Kernels before and after they are brought to a GPU. */
import type { Stored } from './memory.ts'

/** A kernel that is built. The result belongs to the caller, who frees it. */
export type CompiledKernel = (args: readonly Stored[]) => Stored | Promise<Stored>

/** Kernels that run as one: the outputs from the inputs, in host memory. */
export type CompiledChain = (args: readonly Stored[]) => Promise<readonly Stored[]>

/** A kernel as source, and what it is called with. */
export interface KernelSource {
  /** For people: the value it makes and the operations in it. */
  readonly name: string
  readonly source: string
  readonly output: readonly number[]
  /** Of threads that compute several elements each: see interleave.ts. */
  readonly inner?: number | undefined
  /** Numbers that follow the arrays among the arguments: those that cannot be written in the source. */
  readonly numbers: readonly number[]
}
/** A kernel of a chain; it reads inputs 0, 1, ... of the chain, and results -1, -2, ... of the kernels before it. */
export interface ChainLink {
  readonly printed: KernelSource
  readonly reads: readonly number[]
}
