/**
 * A fold along the first axis.
 *
 *   args  carries, rows, constants      body  (c, x, k) -> (c', y)      outs  last carries, ys, incoming carries
 *
 * The third group of outputs holds the carry that each step began with. With it, push and pull are linear maps at a
 * point: both read these carries and need not compute them again. Forward mode is a second scan, linear in the tangent
 * carry; simplify fuses the two into one scan over both carries (fuseScans.ts). Reverse mode is the transposed body,
 * run backwards.
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { ill, invalid, sizeProblem } from '../syntax/error.ts'
import { type Expr, shapeOf } from '../syntax/expr.ts'
import { axesOf, isReal, isSize, real, sameTypes, type Type } from '../syntax/shape.ts'
import { leading, mismatch, moving, narrowed, programOf, refusals, signature, stackedWhere } from './bodies.ts'
import { stacked } from './broadcast.ts'
import { add, mul, sin } from './elementwise.ts'
import { applyAll, type Each, type Entry, type JointMap, type Recursion } from './entry.ts'
import { item } from './item.ts'
import { permute } from './reindex.ts'
import { marked, present, spread, zero } from './structuralZeros.ts'

export type Scan = {
  readonly body: Closed
  readonly length: number
  readonly reverse: boolean
  readonly carries: number
  readonly rows: number
}
interface Groups<T> {
  readonly carries: readonly T[]
  readonly rows: readonly T[]
  readonly constants: readonly T[]
}
const groups = <T>(a: Pick<Scan, 'carries' | 'rows'>, all: readonly T[]): Groups<T> => {
  const [carries, rows, constants] = parts(all, a.carries, a.rows)
  return { carries, rows, constants }
}
const count = (marks: readonly boolean[]): number => marks.filter(Boolean).length
const total = (widths: readonly number[]): number => widths.reduce((m, n) => m + n, 0)
const row = (t: Type): Type => ({ ...t, shape: t.shape.slice(1) })
/** Consecutive parts of a list, of these lengths; one more part holds the rest. */
export const parts = <T, const N extends readonly number[]>(
  xs: readonly T[],
  ...sizes: N
): readonly [...Each<N, readonly T[]>, readonly T[]] => {
  const starts = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b, 0))
  const lists = [0, ...starts].map((from, i) => xs.slice(from, starts[i]))
  // one list per size, and the rest: map does not say how many
  return lists as unknown as readonly [...Each<N, readonly T[]>, readonly T[]]
}

const run = (a: Omit<Scan, 'body'>, body: Closed, args: readonly Expr[]): readonly Expr[] =>
  applyAll(scanEntry, { ...a, body }, args, body.outputs.length + a.carries)

/** The same without the rows and constants that the body does not read. */
const runLean = (a: Omit<Scan, 'body'>, body: Closed, args: readonly Expr[]): readonly Expr[] => {
  const read = leading(body)
  const kept = args.map((_, i) => i < a.carries || read[i] === true)
  return run({ ...a, rows: count(groups(a, kept).rows) }, narrowed(body, kept), marked(kept, args))
}

/** (dc, [c, x, dx], [k, dk]) -> (dc', dy) */
const push =
  (a: Scan, args: readonly Expr[], residual: readonly Expr[], rec: Recursion): JointMap['push'] =>
  (ts) => {
    const { ins } = signature(a.body)
    const live = moving(
      a.body,
      a.carries,
      ts.map((t) => t !== undefined),
      rec,
    )
    const on = groups(a, live)
    const pushed = rec.jvp(a.body, live)
    const { rows, constants } = groups(a, args)
    const [nc, nx, width] = [count(on.carries), count(on.rows), a.carries + a.rows]
    const yOn = pushed.active.slice(a.carries)
    const [dC, dX, dK] = parts(marked(live, ins), nc, nx)
    const inputs = numbered([...dC, ...ins.slice(0, width), ...dX, ...ins.slice(width), ...dK])
    const body = closeOver(inputs, (v) => {
      const [dc, cx, dx, k, dk] = parts(v, nc, width, nx, constants.length)
      const r = inline(pushed.body, [...cx, ...k, ...dc, ...dx, ...dk])
      return [...marked(on.carries, r.slice(0, a.carries)), ...marked(yOn, r.slice(a.carries))]
    })
    const tangents = marked(
      live,
      args.map((x, i) => ts[i] ?? zero(x.type)),
    )
    const [dc, dx, dk] = parts(tangents, nc, nx)
    const all = [...dc, ...residual, ...rows, ...dx, ...constants, ...dk]
    return spread([...on.carries, ...yOn, ...on.carries], runLean({ ...a, carries: nc, rows: width + nx }, body, all))
  }

/**
 * The steps in reverse order: (c~, k~, [c, x, y~, carry~]) -> (c~', k~'), x~, where ~ marks a cotangent. The cotangents
 * of constants are carries: every step adds its share to them.
 */
const pull =
  (a: Scan, args: readonly Expr[], residual: readonly Expr[], rec: Recursion): JointMap['pull'] =>
  (cts, wanted) => {
    const { ins, outs } = signature(a.body)
    const ys = outs.length - a.carries
    const width = a.carries + a.rows
    const live = moving(
      a.body,
      a.carries,
      args.map((x, i) => wanted[i] === true && isReal(x.type)),
      rec,
    )
    const on = groups(a, live)
    const canMove = rec.jvp(a.body, live).active
    const given = outs.map(
      (t, i) => isReal(t) && canMove[i] === true && (i < a.carries ? on.carries[i] === true : cts[i] !== undefined),
    )
    const transposed = rec.vjp(a.body, live, given)
    if (E.isLeft(transposed)) return refusals(live, transposed.left)
    const back = transposed.right
    const stackGiven = on.carries.map((m, i) => m && cts[a.carries + ys + i] !== undefined)
    const yGiven = given.slice(a.carries)
    const { rows, constants } = groups(a, args)
    const [dC, dK] = [marked(on.carries, ins), marked(on.constants, ins.slice(width))]
    const [dY, dS] = [marked(yGiven, outs.slice(a.carries)), marked(stackGiven, ins)]
    const inputs = numbered([...dC, ...dK, ...ins.slice(0, width), ...dY, ...dS, ...ins.slice(width)])
    const body = closeOver(inputs, (v) => {
      const [c, k, cx, y, s, rest] = parts(v, dC.length, dK.length, width, dY.length, dS.length)
      // a carry whose new value has no tangent passes nothing back
      const cGiven = marked(marked(on.carries, given), c)
      const shares = inline(back, [...cx, ...rest, ...cGiven, ...y])
      const [rc, rx, rk] = parts(shares, dC.length, count(on.rows))
      const extra = spread(marked(on.carries, stackGiven), s)
      const carried = rc.map((e, i) => {
        const x = extra[i]
        return x === undefined ? e : add(e, x)
      })
      return [...carried, ...rk.map((e, i) => add(item(k, i), e)), ...rx]
    })
    const seeds = marked(
      on.carries,
      cts.slice(0, a.carries).map((ct, i) => ct ?? zero(item(ins, i))),
    )
    const stacks = [
      ...marked(yGiven, cts.slice(a.carries, a.carries + ys)),
      ...marked(stackGiven, cts.slice(a.carries + ys)),
    ]
    const sizes = { carries: dC.length + dK.length, rows: width + dY.length + dS.length }
    const r = runLean({ ...a, ...sizes, reverse: !a.reverse }, body, [
      ...seeds,
      ...dK.map(zero),
      ...residual,
      ...rows,
      ...present(stacks),
      ...constants,
    ])
    const [c, k, x] = parts(r, dC.length, dK.length, count(on.rows))
    return [...spread(on.carries, c), ...spread(on.rows, x), ...spread(on.constants, k)]
  }

/** The first two axes exchanged: scan needs its own axis first, vmap the batch. */
const swap = (x: Expr): Expr => permute([1, 0, ...axesOf(shapeOf(x).length).slice(2)])(x)
/** c' = sin(c k) + x, y = c c */
const demo = programOf([real(2), real(2), real(2)], (c, x, k) => [add(sin(mul(c, k)), x), mul(c, c)])

export const scanEntry: Entry<Scan, readonly unknown[], 'scan'> = {
  name: 'scan',
  sentence: 'folds a program along the first axis',
  latex: '\\mathrm{scan}',
  algebra: {},
  examples: [false, true].map((reverse) => ({
    attrs: { body: demo, length: 3, reverse, carries: 1, rows: 1 },
    args: [real(2), real(3, 2), real(2)],
  })),
  type: (a, args) => {
    const length = sizeProblem('the number of steps', a.length)
    if (length !== undefined) return ill(length)
    if (!isSize(a.carries) || !isSize(a.rows) || a.carries + a.rows > args.length)
      return invalid('carries and rows', `must be numbers of arguments, of which there are ${args.length}`)
    const { ins, outs } = signature(a.body)
    const { carries, rows, constants } = groups(a, args)
    const found = [...carries, ...rows.map(row), ...constants]
    const stack = stacked(a.length)
    if (!sameTypes(found, ins))
      return mismatch('carries, rows and constants are not the inputs of the body', ins, found)
    if (rows.some((x) => x.shape[0] !== a.length))
      return mismatch(
        `rows are not ${a.length} long`,
        rows.map((x) => stack(row(x))),
        rows,
      )
    return sameTypes(outs.slice(0, a.carries), carries)
      ? E.right([...carries, ...outs.slice(a.carries).map(stack), ...carries.map(stack)])
      : mismatch('the body changes the type of a carry', carries, outs.slice(0, a.carries))
  },
  derivative: (a, args, outs, rec) => {
    const residual = outs.slice(outs.length - a.carries)
    return { push: push(a, args, residual, rec), pull: pull(a, args, residual, rec) }
  },
  batch: {
    rule: (a, args, batched, rec) => {
      const mask = args.map((_, i) => i < a.carries + a.rows || batched[i] === true)
      const { carries, rows, constants } = groups(a, stackedWhere(mask, batched, args, rec.size))
      const outs = run(a, rec.vmap(a.body, mask), [...carries, ...rows.map(swap), ...constants])
      return { outs: outs.map((e, i) => (i < a.carries ? e : swap(e))), batched: outs.map(() => true) }
    },
  },
  meaning: (a) => ({ _tag: 'Loop', ...a }),
  onSeries: (a, widths, on) => {
    const sizes = groups(a, widths)
    return { ...a, body: on(a.body), carries: total(sizes.carries), rows: total(sizes.rows) }
  },
}
/**
 * Folds a program along the first axis. The low-level form: returns last carries, ys, every step's incoming carries.
 */
export const scanClosed =
  (length: number, reverse: boolean, body: Closed) =>
  (carries: readonly Expr[], rows: readonly Expr[], constants: readonly Expr[]): readonly Expr[] =>
    run({ length, reverse, carries: carries.length, rows: rows.length }, body, [...carries, ...rows, ...constants])

export const scans = [scanEntry] as const
