/** What the writers of steps share: the module, its memory, its threads, and functions made once. */
import type { Index, Scalar } from '../../../lang/kernel/index.ts'
import type { DType, Shape } from '../../../lang/syntax/shape.ts'
import type { Locals, ModuleBuilder } from '../assembler/index.ts'
import type { Finite } from '../functions/finite.ts'
import type { Library } from '../functions/library.ts'
import type { Sorter } from '../functions/sort.ts'
import type { Team } from '../threads/team.ts'
import type { Arena } from './arena.ts'
import type { Place } from './place.ts'

export interface Writer {
  readonly m: ModuleBuilder
  readonly lib: Library
  readonly arena: Arena
  readonly locals: Locals
  readonly relaxed: boolean
  readonly team: Team
  /** Constants, one place for each step however often its plan is used. */
  readonly constant: (values: readonly number[]) => Place
  readonly finite: () => Finite
  readonly sorter: (dtype: DType, descending: boolean) => Sorter
}
/** Where values stand, by their numbers. */
export type Places = ReadonlyMap<number, Place>
export const at = (places: Places, v: number): Place => places.get(v) as Place
/** out[axes] = body, over arrays of which the shapes are known. */
export interface Elements {
  readonly axes: readonly Index[]
  readonly body: Scalar
  readonly shapes: readonly Shape[]
  readonly reads: readonly Place[]
  readonly out: Place
  readonly dtype: DType
  readonly label: string
}
