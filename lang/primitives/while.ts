/**
 * A loop that runs while a test is true.
 *
 *   args  carries, constants   test  (c, k) -> bool   body  (c, k) -> c'   outs  the first carries that fail the test
 *
 * Forward mode is the loop over the doubled carry, tested on the primal half. The number of iterations is known only
 * after the run, so no array can keep the carries for reverse mode: it is refused, and the refusal names boundedWhile.
 * A loop with a limit fails where its test still holds after so many steps; so do its derivatives and its batches.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { invalid } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { bool, isSize, real, sameTypes } from '../syntax/shape.ts'
import { mismatch, moving, programOf, refusing, signature, stackedWhere } from './bodies.ts'
import { anyOf, borrowing, endless, mustBorrow } from './borrow.ts'
import { broadcast, sum } from './broadcast.ts'
import { add, lt, mul, select, sin } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, only, type Recursion, refuse } from './entry.ts'
import { item } from './item.ts'
import { marked, spread, zero } from './structuralZeros.ts'

/** How many steps a loop may take, and the name that the error has where it takes more. */
type LoopLimit = { readonly limit?: number; readonly name?: string }
type WhileAttrs = { readonly test: Closed; readonly body: Closed; readonly carries: number } & LoopLimit

const run = (a: WhileAttrs, args: readonly Expr[]): readonly Expr[] => applyAll(whileEntry, a, args, a.carries)

/** (c, dc, k, dk) -> (c', dc') while test(c, k) */
const push =
  (a: WhileAttrs, args: readonly Expr[], rec: Recursion): JointMap['push'] =>
  (ts) => {
    const { ins } = signature(a.body)
    const n = a.carries
    const live = moving(
      a.body,
      n,
      ts.map((t) => t !== undefined),
      rec,
    )
    const on = live.slice(0, n)
    const d = marked(live, ins)
    const width = marked(on, ins.slice(0, n)).length
    const tangents = marked(
      live,
      args.map((x, i) => ts[i] ?? zero(x.type)),
    )
    const inputs = numbered([...ins.slice(0, n), ...d.slice(0, width), ...ins.slice(n), ...d.slice(width)])
    const primal = (v: readonly Expr[]): readonly Expr[] => [
      ...v.slice(0, n),
      ...v.slice(n + width, width + ins.length),
    ]
    const pushed = rec.jvp(a.body, live).body
    const test = closeOver(inputs, (v) => inline(a.test, primal(v)))
    const body = closeOver(inputs, (v) => [
      ...inline(a.body, primal(v)),
      ...marked(on, inline(pushed, [...primal(v), ...v.slice(n, n + width), ...v.slice(width + ins.length)])),
    ])
    const doubled = [...args.slice(0, n), ...tangents.slice(0, width), ...args.slice(n), ...tangents.slice(width)]
    return spread(on, run({ ...a, test, body, carries: n + width }, doubled).slice(n))
  }
const pull =
  (a: WhileAttrs, args: readonly Expr[], rec: Recursion): JointMap['pull'] =>
  (cts, wanted) => {
    const live = moving(a.body, a.carries, wanted, rec)
    const requested = cts.some((ct, i) => ct !== undefined && live[i])
    const refused = refuse('whileLoop', { _tag: 'NotReversible', alternative: 'boundedWhile' }, args)
    return args.map((_, i) => (requested && wanted[i] ? refused : undefined))
  }

/** c' = sin(c) + k c + 0.2 while the sum of c is less than 1 */
const demo: WhileAttrs = {
  test: programOf([real(2), real(2)], (c) => [lt(sum()(c), 1)]),
  body: programOf([real(2), real(2)], (c, k) => [add(add(sin(c), mul(k, c)), 0.2)]),
  carries: 1,
}

export const whileEntry: Entry<WhileAttrs, readonly unknown[], 'while'> = {
  name: 'while',
  sentence: 'repeats a program while a test is true',
  latex: '\\mathrm{while}',
  algebra: {},
  examples: [demo, { ...demo, limit: 1000, name: 'growth' }].map((attrs) => ({
    attrs,
    args: [real(2), real(2)],
    range: [0.05, 0.3],
  })),
  type: ({ test, body, carries, limit = 0 }, args) => {
    if (!isSize(limit)) return invalid('limit', `is ${limit}; it must be a whole number, 0 or more, within int32`)
    if (!isSize(carries) || carries > args.length)
      return invalid('carries', `must be a number of arguments, of which there are ${args.length}`)
    const [t, b] = [signature(test), signature(body)]
    if (!sameTypes(t.ins, args)) return mismatch('the arguments are not the inputs of the test', t.ins, args)
    if (!sameTypes(t.outs, [bool()])) return mismatch('the test must give one truth value', [bool()], t.outs)
    if (!sameTypes(b.ins, args)) return mismatch('the arguments are not the inputs of the body', b.ins, args)
    const before = args.slice(0, carries)
    return sameTypes(b.outs, before)
      ? E.right(before)
      : mismatch('the body changes the type of a carry', before, b.outs)
  },
  derivative: (a, args, _, rec) => ({ push: push(a, args, rec), pull: pull(a, args, rec) }),
  // The loop runs while the test of any example is true; an example whose own test is false keeps its carry. A loop in
  // the body may not end on that carry, so the body computes with the carry of an example that goes on.
  batch: {
    rule: (a, args, batched, rec) => {
      const problem = endless(a.body, rec)
      if (problem !== undefined) return refusing('whileLoop', problem, args, a.carries)
      const mask = args.map((_, i) => i < a.carries || batched[i] === true)
      const full = stackedWhere(mask, batched, args, rec.size)
      const [tests, steps] = [rec.vmap(a.test, mask), rec.vmap(a.body, mask)]
      const inputs = numbered(full.map((x) => x.type))
      const goesOn = (v: readonly Expr[]): Expr => only(inline(tests, v))
      const lent = mustBorrow(a.body, rec)
      const given = (v: readonly Expr[]): readonly Expr[] => {
        const fill = borrowing(goesOn(v), rec.size)
        return v.map((x, i) => (mask[i] ? fill(x) : x))
      }
      const test = closeOver(inputs, (v) => [anyOf(goesOn(v))])
      const body = closeOver(inputs, (v) =>
        inline(steps, lent ? given(v) : v).map((next, i) =>
          select(broadcast(shapeOf(next), [0])(goesOn(v)), next, item(v, i)),
        ),
      )
      const outs = run({ ...a, test, body }, full)
      return { outs, batched: outs.map(() => true) }
    },
  },
  meaning: (a) => ({ _tag: 'While', name: 'whileLoop', ...a }),
  onSeries: (a, widths, on) => ({
    ...a,
    test: on(a.test),
    body: on(a.body),
    carries: widths.slice(0, a.carries).reduce((m, n) => m + n, 0),
  }),
}
/** Repeats a program while a test is true. The low-level form, over a closed test and body. */
export const whileClosed =
  (test: Closed, body: Closed, limit: LoopLimit = {}) =>
  (carries: readonly Expr[], constants: readonly Expr[]): readonly Expr[] =>
    run({ test, body, carries: carries.length, ...limit }, [...carries, ...constants])

export const whiles = [whileEntry] as const
