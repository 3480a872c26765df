/**
 * A kernel as a function of the range of its outermost axis: nested loops, every scalar in the outermost loop where it is
 * known, four elements at a time along the indices that were chosen for it.
 *
 * The axes of the output are written as loops of reductions whose value is an effect, the store; so one code motion serves
 * both.
 */
import type { Code, Func, Locals, ModuleBuilder } from '../assembler/index.ts'
import type { Library } from '../functions/library.ts'
import { makeAxes } from './axes.ts'
import { contextOf, type Kernel, type WriteBlock } from './context.ts'
import { asLoops } from './demand.ts'
import { makeReductions } from './reductions.ts'
import { writeStore, writeValue } from './values.ts'

type Int = Code<'i32'>
export interface Written {
  /** Computes the elements whose outermost index is in a range. */
  readonly run: Func<readonly ['i32', 'i32'], 'none'>
  /** The size of the outermost axis. */
  readonly count: number
  /** Where the range may be cut. */
  readonly grain: number
}

export const writeKernel = (m: ModuleBuilder, lib: Library, kernel: Kernel): Written => {
  const { axes, lanes } = kernel.nest
  const outer = axes[0]
  const run = m.func(
    ['i32', 'i32'],
    'none',
    (locals, from, to) => writeBody(kernel, locals, lib, [from.get, to.get]),
    kernel.label,
  )
  return { run, count: outer?.size ?? 1, grain: outer !== undefined && lanes.has(outer) ? 4 : 1 }
}
const writeBody = (kernel: Kernel, locals: Locals, lib: Library, range: readonly [Int, Int]): Code => {
  const context = contextOf(kernel, locals, lib)
  const { store, block } = asLoops(kernel.nest)
  const writeBlock: WriteBlock = (b, turn) => {
    for (const s of b) {
      if (s._tag === 'For') (kernel.nest.axes.includes(s.index) ? writeAxis : writeReductions)(s, turn)
      else if (s.scalar === store) writeStore(context, turn)
      else writeValue(context, s.scalar)
    }
  }
  const writeAxis = makeAxes(context, range, writeBlock)
  const writeReductions = makeReductions(context, writeBlock)
  return context.scope.nested(() => writeBlock(block, { stored: 4 }))
}
