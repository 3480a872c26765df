/** Free axes: names of axes that a program reads, as `psum` does, and that no vmap has mapped yet. */
import * as E from 'fp-ts/lib/Either.js'
import { entryOf } from './primitives/index.ts'
import { type Closed, isClosed, outsOf, typesOf } from './syntax/closed.ts'
import type { Diagnostics } from './syntax/error.ts'
import { eitherOfProgram, ofProgram } from './syntax/ofProgram.ts'
import type { Attrs } from './syntax/plain.ts'
import { callSite } from './syntax/site.ts'

/** The axes that an operation reads, including those that its bodies read. */
export const axesOfOperation = (op: string, attrs: Attrs): readonly string[] => [
  ...(entryOf(op).axes?.(attrs) ?? []),
  ...Object.values(attrs).flatMap((v) => (isClosed(v) ? freeAxes(v) : [])),
]
const known = new WeakMap<Closed, readonly string[]>()
/**
 * The names of the axes that a program reads and no vmap has mapped.
 *
 * @example
 * const f = programOrThrow(real(), (x) => psum('batch')(x))
 * freeAxes(f.closed) // => ['batch']
 */
export const freeAxes: (p: Closed) => readonly string[] = ofProgram('freeAxes(f: closed)', (p: Closed) => {
  const found = known.get(p) ?? [...new Set(p.equations.flatMap((q) => axesOfOperation(q.op, q.attrs)))]
  known.set(p, found)
  return found
})
/**
 * The program, if it has no free axes, so that a back end can run it.
 *
 * Errors:  UnboundAxis, one per operation that reads one
 */
export const checkAxes = eitherOfProgram(
  'checkAxes(f: closed)',
  (p: Closed): E.Either<Diagnostics, Closed> => (freeAxes(p).length === 0 ? E.right(p) : E.left(unbound(p))),
)
const unbound = (p: Closed): Diagnostics => {
  const types = typesOf(p),
    site = callSite()
  return p.equations.flatMap((q) =>
    axesOfOperation(q.op, q.attrs).map(
      (axis) => ({ problem: { _tag: 'UnboundAxis', axis }, op: q.op, types: outsOf(q, types), site }) as const,
    ),
  )
}
