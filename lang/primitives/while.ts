/**
 * A loop that runs while a test holds.
 *
 *   args  carries, constants      test  (c, k) -> bool      body  (c, k) -> c'      outs  the first carries that fail it
 *
 * Forward mode is the loop over the doubled carry, tested on the primal half. How often it runs is known only when it has
 * run, so nothing can be kept for the way back: reverse mode is refused, and the refusal names boundedWhile.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import type { Plain } from '../syntax/plain.ts'
import { bool, real, sameTypes } from '../syntax/shape.ts'
import { asClosed, asPlain, signature } from './bodies.ts'
import { broadcast, repeat, sum } from './broadcast.ts'
import { add, lt, mul, select, sin, toInt } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, type Recursion, refuse } from './entry.ts'
import { marked, spread, zero } from './structuralZeros.ts'

export type While = { readonly test: Plain; readonly body: Plain; readonly carries: number }

const run = (test: Closed, body: Closed, carries: number, args: readonly Expr[]): readonly Expr[] =>
  applyAll(whileEntry, { test: asPlain(test), body: asPlain(body), carries }, args, carries)

/** Which arguments move when these do: the least set that the body does not leave. */
const moving = (a: While, args: readonly boolean[], rec: Recursion): readonly boolean[] => {
  const next = rec.jvp(asClosed(a.body), args).active.map((m, i) => m || (args[i] as boolean))
  return next.every((m, i) => m === args[i]) ? args : moving(a, [...next, ...args.slice(a.carries)], rec)
}

/** (c, dc, k, dk) -> (c', dc') while test(c, k) */
const push = (a: While, args: readonly Expr[], rec: Recursion): JointMap['push'] => (ts) => {
  const { ins } = signature(a.body), n = a.carries, live = moving(a, ts.map((t) => t !== undefined), rec), on = live.slice(0, n)
  const d = marked(live, ins), width = marked(on, ins.slice(0, n)).length, tangents = marked(live, args.map((x, i) => ts[i] ?? zero(x.type)))
  const inputs = numbered([...ins.slice(0, n), ...d.slice(0, width), ...ins.slice(n), ...d.slice(width)])
  const primal = (v: readonly Expr[]): readonly Expr[] => [...v.slice(0, n), ...v.slice(n + width, width + ins.length)]
  const pushed = rec.jvp(asClosed(a.body), live).body
  const test = closeOver(inputs, (v) => inline(asClosed(a.test), primal(v)))
  const body = closeOver(inputs, (v) => [
    ...inline(asClosed(a.body), primal(v)),
    ...marked(on, inline(pushed, [...primal(v), ...v.slice(n, n + width), ...v.slice(width + ins.length)])),
  ])
  const outs = run(test, body, n + width, [...args.slice(0, n), ...tangents.slice(0, width), ...args.slice(n), ...tangents.slice(width)])
  return spread(on, outs.slice(n))
}
const pull = (a: While, args: readonly Expr[], rec: Recursion): JointMap['pull'] => (cts, wanted) => {
  const live = moving(a, wanted, rec), asked = cts.some((ct, i) => ct !== undefined && live[i])
  const refused = refuse('while', { _tag: 'NotReversible', alternative: 'boundedWhile' }, args)
  return args.map((_, i) => (asked && wanted[i] ? refused : undefined))
}

/** c' = sin(c) + k c while the sum of c is less than 1 */
const example = numbered([real(2), real(2)])
const demo: While = {
  test: asPlain(closeOver(example, ([c]) => [lt(sum()(c as Expr), 1)])),
  body: asPlain(closeOver(example, ([c, k]) => [add(add(sin(c as Expr), mul(k as Expr, c as Expr)), 0.2)])),
  carries: 1,
}

export const whileEntry: Entry<While> = {
  name: 'while', latex: '\\mathrm{while}', sentence: { en: 'runs a program again and again while a test holds', fr: 'répète un programme tant qu’un test est vrai' }, algebra: {},
  examples: [{ attrs: demo, args: [real(2), real(2)], range: [0.05, 0.3] }],
  type: ({ test, body, carries }, args) => {
    const t = signature(test), b = signature(body)
    if (!sameTypes(t.ins, args)) return ill({ _tag: 'BodyMismatch', what: 'the arguments are not the inputs of the test', expected: t.ins, found: args })
    if (!sameTypes(t.outs, [bool()])) return ill({ _tag: 'BodyMismatch', what: 'the test must give one truth value', expected: [bool()], found: t.outs })
    if (!sameTypes(b.ins, args)) return ill({ _tag: 'BodyMismatch', what: 'the arguments are not the inputs of the body', expected: b.ins, found: args })
    const before = args.slice(0, carries)
    return sameTypes(b.outs, before) ? E.right(before) : ill({ _tag: 'BodyMismatch', what: 'the body changes the type of a carry', expected: before, found: b.outs })
  },
  derivative: (a, args, _, rec) => ({ push: push(a, args, rec), pull: pull(a, args, rec) }),
  // while any example's test holds; an example whose own test fails stays as it is
  batch: {
    rule: (a, args, batched, rec) => {
      const n = a.carries, mask = args.map((_, i) => i < n || (batched[i] as boolean)), full = args.map((x, i) => (mask[i] && !batched[i] ? repeat(rec.size, x) : x))
      const tests = rec.vmap(asClosed(a.test), mask), steps = rec.vmap(asClosed(a.body), mask), inputs = numbered(full.map((x) => x.type))
      const each = (v: readonly Expr[]): Expr => inline(tests, v)[0] as Expr
      const test = closeOver(inputs, (v) => [lt(0, sum()(toInt(each(v))))])
      const body = closeOver(inputs, (v) => inline(steps, v).map((next, i) => select(broadcast(shapeOf(next), [0])(each(v)), next, v[i] as Expr)))
      const outs = run(test, body, n, full)
      return { outs, batched: outs.map(() => true) }
    },
  },
  meaning: ({ test, body, carries }) => ({ _tag: 'While', test: asClosed(test), body: asClosed(body), carries }),
}
/** The low-level form, over a closed test and body. */
export const whileClosed = (test: Closed, body: Closed) => (carries: readonly Expr[], constants: readonly Expr[]): readonly Expr[] =>
  run(test, body, carries.length, [...carries, ...constants])

export const whiles: readonly Entry[] = [whileEntry]
