/**
 * A fold along the first axis.
 *
 *   args  carries, rows, constants      body  (c, x, k) -> (c', y)      outs  last carries, ys, incoming carries
 *
 * The third group of outputs, the carry every step began with, is what makes push and pull linear maps at a point: both
 * read the carries instead of finding them again. Forward mode is a second scan, linear in the tangent carry (and the law
 * "two scans in lockstep are one scan" makes it the doubled carry); reverse mode is the transposed body, run backwards.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { ill } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import type { Plain } from '../syntax/plain.ts'
import { axesOf, isReal, real, sameTypes, type Type } from '../syntax/shape.ts'
import { asClosed, asPlain, leading, narrowed, refusals, signature } from './bodies.ts'
import { repeat, stacked } from './broadcast.ts'
import { add, mul, sin } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, type Recursion } from './entry.ts'
import { permute } from './reindex.ts'
import { marked, present, spread, zero } from './structuralZeros.ts'

export type Scan = { readonly body: Plain; readonly length: number; readonly reverse: boolean; readonly carries: number; readonly rows: number }
interface Groups<T> { readonly carries: readonly T[]; readonly rows: readonly T[]; readonly constants: readonly T[] }
const groups = <T>(a: Pick<Scan, 'carries' | 'rows'>, all: readonly T[]): Groups<T> =>
  ({ carries: all.slice(0, a.carries), rows: all.slice(a.carries, a.carries + a.rows), constants: all.slice(a.carries + a.rows) })
const count = (marks: readonly boolean[]): number => marks.filter(Boolean).length
const row = (t: Type): Type => ({ ...t, shape: t.shape.slice(1) })
/** Consecutive parts of a list, of these lengths; the last takes the rest. */
export const parts = <T>(xs: readonly T[], ...sizes: readonly number[]): readonly (readonly T[])[] =>
  [...sizes, xs.length].map((n, i) => { const from = sizes.slice(0, i).reduce((a, b) => a + b, 0); return xs.slice(from, i < sizes.length ? from + n : undefined) })

const run = (a: Omit<Scan, 'body'>, body: Closed, args: readonly Expr[]): readonly Expr[] =>
  applyAll(scanEntry, { ...a, body: asPlain(body) }, args, body.outputs.length + a.carries)

/** The same without the rows and constants that the body does not read. */
const runLean = (a: Omit<Scan, 'body'>, body: Closed, args: readonly Expr[]): readonly Expr[] => {
  const read = leading(body), kept = args.map((_, i) => i < a.carries || (read[i] as boolean))
  return run({ ...a, rows: count(groups(a, kept).rows) }, narrowed(body, kept), marked(kept, args))
}

/** Which arguments move, carries included, when these do: a least fixed point, reached in at most `carries` rounds. */
const moving = (a: Scan, args: readonly boolean[], rec: Recursion): readonly boolean[] => {
  const next = rec.jvp(asClosed(a.body), args).active.slice(0, a.carries).map((m, i) => m || (args[i] as boolean))
  return next.every((m, i) => m === args[i]) ? args : moving(a, [...next, ...args.slice(a.carries)], rec)
}

/** (dc, [c, x, dx], [k, dk]) -> (dc', dy) */
const push = (a: Scan, args: readonly Expr[], residual: readonly Expr[], rec: Recursion): JointMap['push'] => (ts) => {
  const { ins } = signature(a.body), live = moving(a, ts.map((t) => t !== undefined), rec)
  const on = groups(a, live), t = rec.jvp(asClosed(a.body), live), d = marked(live, ins), { rows, constants } = groups(a, args)
  const nc = count(on.carries), nx = count(on.rows), width = a.carries + a.rows, yOn = t.active.slice(a.carries)
  const inputs = numbered([...d.slice(0, nc), ...ins.slice(0, width), ...d.slice(nc, nc + nx), ...ins.slice(width), ...d.slice(nc + nx)])
  const body = closeOver(inputs, (v) => {
    const [dc, cx, dx, k, dk] = parts(v, nc, width, nx, constants.length) as readonly [readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[]]
    const r = inline(t.body, [...cx, ...k, ...dc, ...dx, ...dk])
    return [...marked(on.carries, r.slice(0, a.carries)), ...marked(yOn, r.slice(a.carries))]
  })
  const tangents = marked(live, args.map((x, i) => ts[i] ?? zero(x.type)))
  const [dc, dx, dk] = parts(tangents, nc, nx) as readonly [readonly Expr[], readonly Expr[], readonly Expr[]]
  const outs = runLean({ ...a, carries: nc, rows: width + nx }, body, [...dc, ...residual, ...rows, ...dx, ...constants, ...dk])
  return spread([...on.carries, ...yOn, ...on.carries], outs)
}

/** The steps in the other order: (c~, k~, [c, x, y~, carry~]) -> (c~', k~'), x~. Constants' cotangents add up as carries. */
const pull = (a: Scan, args: readonly Expr[], residual: readonly Expr[], rec: Recursion): JointMap['pull'] => (cts, wanted) => {
  const { ins, outs } = signature(a.body), ys = outs.length - a.carries, width = a.carries + a.rows
  const live = moving(a, args.map((x, i) => (wanted[i] as boolean) && isReal(x.type)), rec), on = groups(a, live)
  const canMove = rec.jvp(asClosed(a.body), live).active
  const given = outs.map((t, i) => isReal(t) && (canMove[i] as boolean) && (i < a.carries ? (on.carries[i] as boolean) : cts[i] !== undefined))
  const transposed = rec.vjp(asClosed(a.body), live, given)
  if (E.isLeft(transposed)) return refusals(live, transposed.left)
  const back = transposed.right
  const stackGiven = on.carries.map((m, i) => m && cts[a.carries + ys + i] !== undefined), yGiven = given.slice(a.carries)
  const { rows, constants } = groups(a, args)
  const dC = marked(on.carries, ins), dK = marked(on.constants, ins.slice(width)), dY = marked(yGiven, outs.slice(a.carries)), dS = marked(stackGiven, ins)
  const body = closeOver(numbered([...dC, ...dK, ...ins.slice(0, width), ...dY, ...dS, ...ins.slice(width)]), (v) => {
    const [c, k, cx, y, s, rest] = parts(v, dC.length, dK.length, width, dY.length, dS.length) as readonly (readonly Expr[])[] as readonly [readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[], readonly Expr[]]
    // a carry whose new value does not move passes nothing back
    const cGiven = marked(marked(on.carries, given), c)
    const [rc, rx, rk] = parts(inline(back, [...cx, ...rest, ...cGiven, ...y]), dC.length, count(on.rows)) as readonly [readonly Expr[], readonly Expr[], readonly Expr[]]
    const extra = spread(marked(on.carries, stackGiven), s)
    return [...rc.map((e, i) => { const x = extra[i]; return x ? add(e, x) : e }), ...rk.map((e, i) => add(k[i] as Expr, e)), ...rx]
  })
  const seeds = marked(on.carries, cts.slice(0, a.carries).map((ct, i) => ct ?? zero(ins[i] as Type)))
  const stacks = [...marked(yGiven, cts.slice(a.carries, a.carries + ys)), ...marked(stackGiven, cts.slice(a.carries + ys))]
  const r = runLean({ ...a, reverse: !a.reverse, carries: dC.length + dK.length, rows: width + dY.length + dS.length }, body,
    [...seeds, ...dK.map(zero), ...residual, ...rows, ...present(stacks), ...constants])
  const [c, k, x] = parts(r, dC.length, dK.length, count(on.rows)) as readonly [readonly Expr[], readonly Expr[], readonly Expr[]]
  return [...spread(on.carries, c), ...spread(on.rows, x), ...spread(on.constants, k)]
}

const swap = (x: Expr): Expr => permute([1, 0, ...axesOf(shapeOf(x).length).slice(2)])(x)
/** c' = sin(c k) + x, y = c c */
const demo = closeOver(numbered([real(2), real(2), real(2)]), ([c, x, k]) => [add(sin(mul(c as Expr, k as Expr)), x as Expr), mul(c as Expr, c as Expr)])

export const scanEntry: Entry<Scan> = {
  name: 'scan', latex: '\\mathrm{scan}', sentence: { en: 'folds a program along the first axis', fr: 'replie un programme le long du premier axe' }, algebra: {},
  examples: [false, true].map((reverse) => ({ attrs: { body: asPlain(demo), length: 3, reverse, carries: 1, rows: 1 }, args: [real(2), real(3, 2), real(2)] })),
  type: (a, args) => {
    const { ins, outs } = signature(a.body), { carries, rows, constants } = groups(a, args), found = [...carries, ...rows.map(row), ...constants]
    if (!sameTypes(found, ins)) return ill({ _tag: 'BodyMismatch', what: 'carries, rows and constants are not the inputs of the body', expected: ins, found })
    if (rows.some((x) => x.shape[0] !== a.length)) return ill({ _tag: 'BodyMismatch', what: `rows are not ${a.length} long`, expected: rows.map((x) => stacked(a.length)(row(x))), found: rows })
    return sameTypes(outs.slice(0, a.carries), carries)
      ? E.right([...carries, ...outs.slice(a.carries).map(stacked(a.length)), ...carries.map(stacked(a.length))])
      : ill({ _tag: 'BodyMismatch', what: 'the body changes the type of a carry', expected: carries, found: outs.slice(0, a.carries) })
  },
  derivative: (a, args, outs, rec) => {
    const residual = outs.slice(outs.length - a.carries)
    return { push: push(a, args, residual, rec), pull: pull(a, args, residual, rec) }
  },
  batch: {
    rule: (a, args, batched, rec) => {
      const width = a.carries + a.rows, mask = args.map((_, i) => i < width || (batched[i] as boolean))
      const full = args.map((x, i) => (mask[i] && !batched[i] ? repeat(rec.size, x) : x)), { carries, rows, constants } = groups(a, full)
      const outs = run(a, rec.vmap(asClosed(a.body), mask), [...carries, ...rows.map(swap), ...constants])
      return { outs: outs.map((e, i) => (i < a.carries ? e : swap(e))), batched: outs.map(() => true) }
    },
  },
  meaning: (a) => ({ _tag: 'Loop', length: a.length, reverse: a.reverse, carries: a.carries, rows: a.rows, body: asClosed(a.body) }),
}
/** The low-level form, over a closed body: last carries, ys, every step's incoming carries. */
export const scanClosed = (length: number, reverse: boolean, body: Closed) =>
  (carries: readonly Expr[], rows: readonly Expr[], constants: readonly Expr[]): readonly Expr[] =>
    run({ length, reverse, carries: carries.length, rows: rows.length }, body, [...carries, ...rows, ...constants])

export const scans: readonly Entry[] = [scanEntry]
