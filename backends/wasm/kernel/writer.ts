/** What the writers of steps share: the module, its memory, its threads, and the functions that it holds once. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import { bug } from '../../../lang/syntax/error.ts'
import type { DType, Shape } from '../../../lang/syntax/shape.ts'
import type { WhileStep } from '../../schedule/plan.ts'
import type { Code, Locals, ModuleBuilder } from '../assembler/index.ts'
import type { Finite } from '../functions/finite.ts'
import type { FunctionLibrary } from '../functions/library.ts'
import type { Moderate } from '../functions/moderate.ts'
import type { Sorter } from '../functions/sort.ts'
import type { Team } from '../threads/team.ts'
import type { Arena } from './arena.ts'
import type { Region } from './region.ts'

export interface Writer {
  readonly m: ModuleBuilder
  readonly lib: FunctionLibrary
  readonly arena: Arena
  readonly locals: Locals
  readonly relaxed: boolean
  readonly team: Team
  /** The region of constants: one for each list, however often its plan is used. */
  readonly constant: (values: readonly number[]) => Region
  readonly finite: () => Finite
  readonly moderate: () => Moderate
  /** Ends the run because a loop has reached its limit. */
  readonly endAtLimit: (loop: WhileStep) => Code
  readonly sorter: (dtype: DType, descending: boolean) => Sorter
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
}
