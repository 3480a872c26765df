/** Free axes: names in a program that no vmap has mapped yet. */
import * as E from 'fp-ts/lib/Either.js'
import { entryOf } from './primitives/index.ts'
import { type Closed, isClosed, outsOf, typesOf } from './syntax/closed.ts'
import type { Diagnostics } from './syntax/error.ts'
import type { Attrs } from './syntax/plain.ts'
import { callSite } from './syntax/site.ts'

/** The axes that an operation reads, its bodies included. */
export const axesOfOperation = (op: string, attrs: Attrs): readonly string[] => [
  ...(entryOf(op).axes?.(attrs) ?? []),
  ...Object.values(attrs).flatMap((v) => (isClosed(v) ? freeAxes(v) : [])),
]
const known = new WeakMap<Closed, readonly string[]>()
/** The names of the axes that a program reads and nothing in it maps. */
export const freeAxes = (p: Closed): readonly string[] => {
  const found = known.get(p) ?? [...new Set(p.equations.flatMap((q) => axesOfOperation(q.op, q.attrs)))]
  known.set(p, found)
  return found
}
/** The program, if it can be run: for back ends. Errors: UnboundAxis, each at the operation that reads it */
export const checkAxes = (p: Closed): E.Either<Diagnostics, Closed> => {
  if (freeAxes(p).length === 0) return E.right(p)
  const types = typesOf(p),
    site = callSite()
  return E.left(
    p.equations.flatMap((q) =>
      axesOfOperation(q.op, q.attrs).map(
        (axis) => ({ problem: { _tag: 'UnboundAxis', axis }, op: q.op, types: outsOf(q, types), site }) as const,
      ),
    ),
  )
}
