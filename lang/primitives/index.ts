/** The dictionary: every primitive, in reading order. */

import { bug } from '../syntax/error.ts'
import type { Attrs } from '../syntax/plain.ts'
import { broadcasts } from './broadcast.ts'
import { calls } from './call.ts'
import { collectives } from './collective.ts'
import { concats } from './concat.ts'
import { conds } from './cond.ts'
import { constants } from './constant.ts'
import { contractions } from './contraction.ts'
import { customs } from './custom.ts'
import { batches } from './customVmap.ts'
import { dynamics } from './dynamic.ts'
import { elementwise } from './elementwise.ts'
import type { Entry } from './entry.ts'
import { halves } from './half.ts'
import { indexing } from './indexing.ts'
import { linearAlgebra } from './linalg.ts'
import { systems } from './linearSolve.ts'
import { odes } from './ode.ts'
import { randoms } from './random.ts'
import { reductions } from './reduction.ts'
import { reindexing } from './reindex.ts'
import { scans } from './scan.ts'
import { whiles } from './while.ts'
import { windows } from './window.ts'

const families = [
  ...constants,
  ...elementwise,
  ...halves,
  ...broadcasts,
  ...reindexing,
  ...windows,
  ...concats,
  ...reductions,
  ...contractions,
  ...indexing,
  ...dynamics,
  ...calls,
  ...conds,
  ...scans,
  ...whiles,
  ...customs,
  ...batches,
  ...randoms,
  ...collectives,
  ...linearAlgebra,
  ...systems,
  ...odes,
] as const
/**
 * The names of the primitives. A table over all of them, such as an exporter's, compiles only if none is missing:
 *
 *   const onnx: { readonly [O in Op]: string } = { add: 'Add', ... }
 */
export type Op = (typeof families)[number]['name']
export const entries: readonly Entry<Attrs, readonly unknown[], Op>[] = families
export const dictionary: ReadonlyMap<string, (typeof entries)[number]> = new Map(entries.map((e) => [e.name, e]))
/** The entry of a primitive that is known to exist, as that of a checked node is. */
export const entryOf = (op: string): (typeof entries)[number] =>
  dictionary.get(op) ?? bug(`no primitive is called ${op}`)
