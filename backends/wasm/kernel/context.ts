/** What the writers of a kernel's parts share: the kernel, and the function that is being written. */
import type { Index } from '../../../lang/kernel/index.ts'
import type { DType } from '../../../lang/syntax/shape.ts'
import type { LoopBlock } from '../../rewrite/codeMotion.ts'
import type { Code, Locals } from '../assembler/index.ts'
import type { Library } from '../functions/library.ts'
import { type Demand, demand, type LaneOf, makeLaneOf } from './demand.ts'
import type { Lowered } from './lower.ts'
import type { Place } from './place.ts'
import { makeReader, type Reader } from './read.ts'
import { makeScope, type Scope } from './scope.ts'

/** out[to] = body, with the arrays that it reads. */
export interface Kernel {
  readonly nest: Lowered
  readonly reads: readonly Place[]
  readonly out: Place
  readonly dtype: DType
  /** What profilers call it. */
  readonly label: string
}
export interface Context extends Kernel {
  readonly locals: Locals
  readonly lib: Library
  readonly scope: Scope
  readonly laneOf: LaneOf
  readonly demand: Demand
  readonly reader: Reader
  /** A loop is entered: sums of addresses begin with what changes least. */
  readonly enter: (i: Index) => void
}
export const contextOf = (kernel: Kernel, locals: Locals, lib: Library): Context => {
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
    reader: makeReader(scope, nest, reads, laneOf, order),
    enter: (i) => {
      if (!order.includes(i)) order.push(i)
    },
  }
}
/** Which of four lanes count: how many are stored, and a mask for what is added up, absent where all are. */
export interface Turn {
  readonly stored: number
  readonly added?: Code<'v128'>
}
export type WriteBlock = (block: LoopBlock, turn: Turn) => void
