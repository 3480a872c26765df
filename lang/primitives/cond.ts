/**
 * A choice between two programs of one signature. Only the one taken runs. Over a batched condition both run on every
 * example and results are selected; operands are masked on the way in too, so that reverse mode sends nothing back through
 * a branch that was not taken, not even the NaN that a cotangent of 0 makes of an infinite derivative. (Not so where a
 * branch sums over the examples: there one that does not take it counts, in the sum and in its derivative.)
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import type { Plain } from '../syntax/plain.ts'
import { bool, isReal, real, sameType, sameTypes, type Type } from '../syntax/shape.ts'
import { asClosed, asPlain, bodiesMap, signature } from './bodies.ts'
import { broadcast, repeat } from './broadcast.ts'
import { add, mul, not, select, sin, stopGradient } from './elementwise.ts'
import { applyAll, type Entry } from './entry.ts'

export type Branches = { readonly yes: Plain; readonly no: Plain }
const pair = numbered([real(2), real(2)])
const demo = {
  yes: asPlain(closeOver(pair, ([x, y]) => [mul(x as Expr, add(x as Expr, y as Expr))])),
  no: asPlain(closeOver(pair, ([x, y]) => [sin(mul(x as Expr, y as Expr))])),
}
const run = ([yes, no]: readonly Closed[], args: readonly Expr[]): readonly Expr[] =>
  applyAll(condEntry, { yes: asPlain(yes as Closed), no: asPlain(no as Closed) }, args, (yes as Closed).outputs.length)

/** x, which moves for the examples that take the branch only. */
const moving = (taken: Expr, x: Expr): Expr => select(broadcast(shapeOf(x), [0])(taken), x, stopGradient(x))

export const condEntry: Entry<Branches> = {
  name: 'cond', latex: '\\mathrm{if}', sentence: { en: 'runs the first program where the condition holds, else the second', fr: 'exécute le premier programme si la condition est vraie, sinon le second' }, algebra: {},
  examples: [{ attrs: demo, args: [bool(), real(2), real(2)] }],
  batch: {
    rule: ({ yes, no }, [p, ...xs], [choosing, ...batched], rec) => {
      if (!choosing) {
        const outs = run([yes, no].map((b) => rec.vmap(asClosed(b), batched)), [p as Expr, ...xs])
        return { outs, batched: outs.map(() => true) }
      }
      const full = xs.map((x, i) => (isReal(x.type) && !batched[i] ? repeat(rec.size, x) : x))
      const mapped = xs.map((x, i) => isReal(x.type) || (batched[i] as boolean))
      const branch = (body: Plain, taken: Expr): readonly Expr[] => inline(rec.vmap(asClosed(body), mapped), full.map((x) => (isReal(x.type) && !rec.reads(asClosed(body)) ? moving(taken, x) : x)))
      const [a, b] = [branch(yes, p as Expr), branch(no, not(p as Expr))]
      const outs = a.map((x, k) => select(broadcast(shapeOf(x), [0])(p as Expr), x, b[k] as Expr))
      return { outs, batched: outs.map(() => true) }
    },
  },
  type: ({ yes, no }, [p, ...xs]) => {
    const a = signature(yes), b = signature(no)
    if (p === undefined || !sameType(p, bool())) return ill({ _tag: 'BodyMismatch', what: 'the condition', expected: [bool()], found: p === undefined ? [] : [p] })
    if (!sameTypes(a.ins, xs)) return ill({ _tag: 'BodyMismatch', what: 'the operands are not the inputs of the first branch', expected: a.ins, found: xs })
    if (!sameTypes(b.ins, xs)) return ill({ _tag: 'BodyMismatch', what: 'the operands are not the inputs of the second branch', expected: b.ins, found: xs })
    return sameTypes(a.outs, b.outs) ? E.right(a.outs) : ill({ _tag: 'BodyMismatch', what: 'the branches give different types', expected: a.outs, found: b.outs as readonly Type[] })
  },
  derivative: ({ yes, no }, args, _, rec) => bodiesMap([asClosed(yes), asClosed(no)], 1, args, rec, run),
  meaning: ({ yes, no }) => ({ _tag: 'Branch', bodies: [asClosed(yes), asClosed(no)] }),
}
/** The low-level form, over closed branches. */
export const condClosed = (p: Expr, yes: Closed, no: Closed) => (...xs: readonly Expr[]): readonly Expr[] => run([yes, no], [p, ...xs])

export const conds: readonly Entry[] = [condEntry]
