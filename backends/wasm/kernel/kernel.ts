/**
 * A kernel as a function of a range of its outermost axis: nested loops, every scalar in the outermost loop where it is
 * known, a vector of elements at a time along the chosen indices.
 *
 * The axes of the output are written as reductions whose body is the store, so that one code motion serves both.
 */
import type { Code, Func, Locals, ModuleBuilder } from '../assembler/index.ts'
import type { FunctionLibrary } from '../functions/library.ts'
import { makeAxes } from './axes.ts'
import { contextOf, type LoweredKernel, type WriteBlock } from './context.ts'
import { asLoops } from './demand.ts'
import { makeReductions } from './reductions.ts'
import { writeStore, writeValue } from './values.ts'

type Int = Code<'i32'>
export interface KernelFunction {
  /** Computes the elements whose outermost index is in a range. */
  readonly run: Pick<Func<readonly ['i32', 'i32'], 'none'>, 'call'>
  /** The size of the outermost axis. */
  readonly count: number
  /** The range may be divided at multiples of this. */
  readonly grain: number
}

export const writeKernel = (m: ModuleBuilder, lib: FunctionLibrary, kernel: LoweredKernel): KernelFunction => {
  const written = writeKernelOver(m, lib, kernel, 0, () => kernel)
  m.named(written.run, kernel.label)
  return written
}
/** A kernel whose arrays begin at addresses that are its last arguments; without a name. */
export const writeKernelOver = (
  m: ModuleBuilder,
  lib: FunctionLibrary,
  kernel: LoweredKernel,
  addresses: number,
  arrays: (bases: readonly Int[]) => Pick<LoweredKernel, 'reads' | 'out'>,
) => {
  const { axes, lanes } = kernel.nest
  const outer = axes[0]
  const run = m.func(
    ['i32', 'i32', ...Array.from({ length: addresses }, () => 'i32' as const)],
    'none',
    (locals, from, to, ...bases) =>
      writeBody({ ...kernel, ...arrays(bases.map((b) => b.get)) }, locals, lib, [from.get, to.get]),
  )
  return { run, count: outer?.size ?? 1, grain: outer !== undefined && lanes.has(outer) ? lib.element.lanes : 1 }
}
const writeBody = (kernel: LoweredKernel, locals: Locals, lib: FunctionLibrary, range: readonly [Int, Int]): Code => {
  const context = contextOf(kernel, locals, lib)
  const { store, block } = asLoops(kernel.nest)
  const writeBlock: WriteBlock = (b, active) => {
    for (const s of b) {
      if (s._tag === 'For') (kernel.nest.axes.includes(s.index) ? writeAxis : writeReductions)(s, active)
      else if (s.scalar === store) writeStore(context, active)
      else writeValue(context, s.scalar)
    }
  }
  const writeAxis = makeAxes(context, range, writeBlock)
  const writeReductions = makeReductions(context, writeBlock)
  return context.scope.nested(() => writeBlock(block, { stored: lib.element.lanes }))
}
