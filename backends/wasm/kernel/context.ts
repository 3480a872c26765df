/** What the writers of a kernel's parts share: the kernel, and the function under construction. */
import type { Index } from '../../../lang/kernel/index.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import type { LoopBlock } from '../../rewrite/codeMotion.ts'
import type { Locals } from '../assembler/index.ts'
import type { FunctionLibrary } from '../functions/library.ts'
import { type Demand, demand, type LaneOf, makeLaneOf } from './demand.ts'
import type { Lowered } from './lower.ts'
import { makeReader, type Reader } from './read.ts'
import type { Region } from './region.ts'
import { makeScope, type Scope } from './scope.ts'

/** out[to] = body, with the arrays that it reads. */
export interface LoweredKernel {
  readonly nest: Lowered
  readonly reads: readonly Region[]
  readonly out: Region
  readonly dtype: DType
  /** Its name in profilers. */
  readonly label: string
}
export interface Context extends LoweredKernel {
  readonly locals: Locals
  readonly lib: FunctionLibrary
  readonly scope: Scope
  readonly laneOf: LaneOf
  readonly demand: Demand
  readonly reader: Reader
  /** Notes that a loop is entered: sums of addresses begin with what changes least. */
  readonly enter: (i: Index) => void
}
export const contextOf = (kernel: LoweredKernel, locals: Locals, lib: FunctionLibrary): Context => {
  const { nest, reads } = kernel
  const scope = makeScope(locals, lib, nest.lanes)
  const laneOf = makeLaneOf(nest.lanes)
  const order = [...nest.axes]
  return {
    ...kernel,
    locals,
    lib,
    scope,
    laneOf,
    demand: demand(nest, laneOf),
    reader: makeReader(scope, lib.element, nest, reads, laneOf, order),
    enter: (i) => {
      if (!order.includes(i)) order.push(i)
    },
  }
}
/** Which lanes count: how many are stored, and how many of the first are accumulated; absent: all. */
export interface ActiveLanes {
  readonly stored: number
  readonly added?: number
}
export type WriteBlock = (block: LoopBlock, active: ActiveLanes) => void
