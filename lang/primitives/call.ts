/**
 * Running a program as one step. A call may be inlined; a checkpoint never is, so that its pull recomputes the body.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, outTypes } from '../syntax/closed.ts'
import type { Expr } from '../syntax/expr.ts'
import { real, sameTypes } from '../syntax/shape.ts'
import { bodiesMap, mismatch, programOf, signature } from './bodies.ts'
import { add, mul, sin } from './elementwise.ts'
import { applyAll, type Entry } from './entry.ts'

type Called = { readonly body: Closed }
const example = programOf([real(2), real(2)], (x, y) => [mul(sin(x), add(x, y)), mul(x, y)])

const caller = <Name extends string>(name: Name, sentence: string): Entry<Called, readonly unknown[], Name> => {
  const run = (body: Closed, args: readonly Expr[]): readonly Expr[] =>
    applyAll(entry, { body }, args, body.outputs.length)
  const entry: Entry<Called, readonly unknown[], Name> = {
    name,
    sentence,
    latex: `\\mathrm{${name}}`,
    algebra: {},
    examples: [{ attrs: { body: example }, args: [real(2), real(2)] }],
    batch: {
      rule: ({ body }, args, batched, rec) => {
        const outs = run(rec.vmap(body, batched), args)
        return { outs, batched: outs.map(() => true) }
      },
    },
    type: ({ body }, args) => {
      const { ins, outs } = signature(body)
      return sameTypes(ins, args)
        ? E.right(outs)
        : mismatch('the arguments are not the inputs of the program', ins, args)
    },
    derivative: ({ body }, args, _, rec) =>
      bodiesMap([body], 0, args, rec, ([b], xs) => (b === undefined ? [] : run(b, xs))),
    meaning: ({ body }) => ({ _tag: 'Inline', body }),
    onSeries: ({ body }, _, on) => ({ body: on(body) }),
  }
  return entry
}
export const callEntry = caller('call', 'runs a program')
const checkpointEntry = caller(
  'checkpoint',
  'runs a program; reverse mode recomputes its values instead of keeping them',
)
const closed =
  (entry: Entry<Called>) =>
  (body: Closed) =>
  (...args: readonly Expr[]): readonly Expr[] =>
    applyAll(entry, { body }, args, outTypes(body).length)
/** Runs a program. The low-level form, over a closed body. */
export const callClosed = closed(callEntry)
/**
 * Runs a program; reverse mode recomputes its values instead of keeping them. The low-level form, over a closed body.
 */
export const checkpointClosed = closed(checkpointEntry)

export const calls = [callEntry, checkpointEntry] as const
