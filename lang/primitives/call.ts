/** Running a program as one step. A call may be inlined; a checkpoint never is, so that its pull recomputes the body. */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, numbered, outTypes } from '../syntax/closed.ts'
import { ill } from '../syntax/error.ts'
import type { Expr } from '../syntax/expr.ts'
import type { Plain } from '../syntax/plain.ts'
import { real, sameTypes } from '../syntax/shape.ts'
import { asClosed, asPlain, bodiesMap, signature } from './bodies.ts'
import { add, mul, sin } from './elementwise.ts'
import { applyAll, type Entry, type Words } from './entry.ts'

export type Body = { readonly body: Plain }
const example = closeOver(numbered([real(2), real(2)]), ([x, y]) => [mul(sin(x as Expr), add(x as Expr, y as Expr)), mul(x as Expr, y as Expr)])

const caller = (name: string, sentence: Words): Entry<Body> => {
  const run = (body: Closed, args: readonly Expr[]): readonly Expr[] => applyAll(entry, { body: asPlain(body) }, args, body.outputs.length)
  const entry: Entry<Body> = {
    name, latex: `\\mathrm{${name}}`, sentence, algebra: {},
    examples: [{ attrs: { body: asPlain(example) }, args: [real(2), real(2)] }],
    batch: {
      rule: ({ body }, args, batched, rec) => {
        const outs = run(rec.vmap(asClosed(body), batched), args)
        return { outs, batched: outs.map(() => true) }
      },
    },
    type: ({ body }, args) => {
      const { ins, outs } = signature(body)
      return sameTypes(ins, args) ? E.right(outs) : ill({ _tag: 'BodyMismatch', what: 'the arguments are not the inputs of the program', expected: ins, found: args })
    },
    derivative: ({ body }, args, _, rec) => bodiesMap([asClosed(body)], 0, args, rec, ([b], xs) => run(b as Closed, xs)),
    meaning: ({ body }) => ({ _tag: 'Inline', body: asClosed(body) }),
  }
  return entry
}
export const callEntry = caller('call', { en: 'runs a program', fr: 'exécute un programme' })
export const checkpointEntry = caller('checkpoint', { en: 'runs a program; reverse mode recomputes its values instead of keeping them', fr: 'exécute un programme ; le mode inverse recalcule ses valeurs au lieu de les garder' })
export const callClosed = (body: Closed) => (...args: readonly Expr[]): readonly Expr[] => applyAll(callEntry, { body: asPlain(body) }, args, outTypes(body).length)
export const checkpointClosed = (body: Closed) => (...args: readonly Expr[]): readonly Expr[] => applyAll(checkpointEntry, { body: asPlain(body) }, args, outTypes(body).length)

export const calls: readonly Entry[] = [callEntry, checkpointEntry]
