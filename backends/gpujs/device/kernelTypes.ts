/** Kernels before and after a GPU compiles them. */
import type { Stored } from './memory.ts'

/** A kernel as source, and what it is called with. */
export interface KernelSource {
  /** A name for people: the value that it computes, and the operations in it. */
  readonly name: string
  readonly source: string
  readonly output: readonly number[]
  /** Where a thread computes several elements: see source/interleave.ts. */
  readonly inner?: number | undefined
  /** The arguments that follow the arrays: numbers that the source cannot write. */
  readonly numbers: readonly number[]
}
/** A kernel of a chain. It reads the chain's inputs 0, 1, ... and the results -1, -2, ... of earlier kernels. */
export interface ChainLink {
  readonly printed: KernelSource
  readonly reads: readonly number[]
}

/** A compiled kernel. The result belongs to the caller, who frees it. */
export type CompiledKernel = (args: readonly Stored[]) => Stored | Promise<Stored>
/** A compiled chain: its outputs from its inputs, in host memory. */
export type CompiledChain = (args: readonly Stored[]) => Promise<readonly Stored[]>
/** Something compiled that holds memory of the GPU. */
export interface Destroyable<Run> {
  readonly run: Run
  readonly destroy: () => void
}
