/** What the writers of steps share: the module, its memory, its threads, and the functions that it holds once. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { DType, Shape } from '../../../lang/syntax/shape.ts'
import { formOf } from '../../rewrite/alike.ts'
import type { KernelStep, WhileStep } from '../../schedule/plan.ts'
import type { Code, Locals, ModuleBuilder } from '../assembler/index.ts'
import type { Finite } from '../functions/finite.ts'
import type { FunctionLibrary } from '../functions/library.ts'
import type { Moderate } from '../functions/moderate.ts'
import type { Sorter } from '../functions/sort.ts'
import type { Team } from '../threads/team.ts'
import type { Arena } from './arena.ts'
import type { BoundWork } from './bound.ts'
import type { Region } from './region.ts'

export interface Writer {
  readonly m: ModuleBuilder
  readonly lib: FunctionLibrary
  readonly arena: Arena
  readonly locals: Locals
  readonly relaxed: boolean
  readonly team: Team
  /** What is made first under a key: it is the same for all that have the key. */
  readonly once: <A>(key: string, make: () => A) => A
  /** Whether other kernels have the form of this one. */
  readonly isRepeated: (s: KernelStep) => boolean
  /** The region of constants: one for each list, however often its plan is used. */
  readonly constant: (values: readonly number[]) => Region
  readonly finite: () => Finite
  readonly moderate: () => Moderate
  /** What is computed once for each state that is loaded. */
  readonly bound: BoundWork
  /** Ends the run because a loop has reached its limit. */
  readonly endAtLimit: (loop: WhileStep) => Code
  readonly sorter: (dtype: DType, descending: boolean) => Sorter
}
/** A function that is written once for all that have the key; the module lists the names of all. */
export const functionOnce = <F extends { readonly index: number }>(
  { m, once }: Pick<Writer, 'm' | 'once'>,
  key: string,
  label: string,
  make: () => F,
): F => {
  const f = once(key, make)
  m.named(f, label)
  return f
}
/** The regions of values, by their numbers. */
export type Regions = ReadonlyMap<number, Region>
export const at = (regions: Regions, v: number): Region => regions.get(v) ?? bug(`a value without a region: %${v}`)
/** out[axes] = body: a kernel of a plan over the regions of its values. */
export interface KernelSpec {
  readonly axes: readonly Index[]
  readonly body: Scalar
  readonly shapes: readonly Shape[]
  readonly reads: readonly Region[]
  readonly out: Region
  readonly dtype: DType
  readonly label: string
  /** Whether the plan has several kernels of this form, which then share their functions; absent: no. */
  readonly repeated?: boolean
}
/** What the code of a kernel depends on, but for the addresses. */
export const formOfSpec = ({ axes, body, shapes, dtype }: KernelSpec): string =>
  `${dtype} ${shapes.map((s) => `[${s}]`)} ${formOf({ indices: axes, body })}`
