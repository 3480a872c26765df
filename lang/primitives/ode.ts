/**
 * The solution of an ordinary differential equation dy/dt = f(t, y, k) at given times.
 *
 *   args  times, y at the first of them, k      field  (t, y, k) -> dy/dt      outs  y at every time: [times, ...]
 *
 * By steps of Dormand and Prince of order 5, whose error, of order 4, chooses the next step; values between steps by their
 * polynomial of order 4. The derivative is that of the equation, and each of its maps is an equation again:
 *
 *   forward   (y, dy)' = (f, df/dy dy + df/dk dk)
 *   reverse   from each time back to the one before: (y, a, g)' = (f, -(df/dy)^T a, -(df/dk)^T a); a grows by the cotangent
 *             of y at that time, and ends as that of the first y; g ends as that of k
 *
 * Under vmap all examples take the same steps, the smallest that one of them needs.
 *
 * Sources: Dormand and Prince (1980); Hairer, Norsett and Wanner, Solving Ordinary Differential Equations I, II.4-II.6;
 * Pontryagin's adjoint, as in Chen et al., Neural Ordinary Differential Equations (2018)
 */
import * as E from 'fp-ts/lib/Either.js'
import { type Closed, closeOver, inline, numbered } from '../syntax/closed.ts'
import { invalid } from '../syntax/error.ts'
import { type Expr, type Maybe, rankOf, shapeOf } from '../syntax/expr.ts'
import { axesOf, isReal, isSize, real, sameTypes, type Type } from '../syntax/shape.ts'
import { mismatch, programOf, refusals, signature, stackedWhere } from './bodies.ts'
import { broadcast, stacked, sum } from './broadcast.ts'
import { concat } from './concat.ts'
import { constant } from './constant.ts'
import { add, mul, neg, sub } from './elementwise.ts'
import { applyAll, type Entry, type JointMap, type Recursion } from './entry.ts'
import { item } from './item.ts'
import { type Exprs, first, type Ode, scaled, solved } from './odeSteps.ts'
import { permute, reshape } from './reindex.ts'
import { parts, scanClosed } from './scan.ts'
import { marked, present, spread, zero } from './structuralZeros.ts'
import { boxAlong, slice } from './window.ts'

const run = (a: Ode, args: Exprs): Exprs => applyAll(odeEntry, a, args, a.states)

// -- derivatives ------------------------------------------------------------------------------------------------------

/** f at every time. */
const slopes = (a: Ode, times: Expr, outs: Exprs, ks: Exprs): Exprs =>
  scanClosed(item(shapeOf(times), 0), false, a.field)([], [times, ...outs], ks)
const along = (dt: Expr, f: Expr): Expr => mul(broadcast(shapeOf(f), axesOf(rankOf(dt)))(dt), f)

const push =
  (a: Ode, args: Exprs, outs: Exprs, rec: Recursion): JointMap['push'] =>
  ([dt, ...ts]) => {
    const n = a.states
    const [times, y0, ks] = [item(args, 0), args.slice(1, n + 1), args.slice(n + 1)]
    const dk = ts.slice(n)
    const later = dt && inline(a.field, [first(times), ...y0, ...ks])
    // a later start is a start from a point that the field has not moved yet
    const dy = y0.map((_, i) => {
      const shift = dt && later && along(first(dt), item(later, i))
      const d = ts[i]
      return d && shift ? sub(d, shift) : (d ?? (shift && neg(shift)))
    })
    const marks = [false, ...y0.map(() => true), ...dk.map((d) => d !== undefined)]
    const { body, active } = rec.jvp(a.field, marks)
    const moved = present(dk)
    const field = closeOver(numbered([real(), ...[...y0, ...y0, ...ks, ...moved].map((x) => x.type)]), (v) => {
      const [y, d, k, dks] = parts(v.slice(1), n, n, ks.length)
      const t = item(v, 0)
      const tangents = inline(body, [t, ...y, ...k, ...d, ...dks])
      return [...inline(a.field, [t, ...y, ...k]), ...tangents.map((x, i) => (active[i] ? x : zero(x.type)))]
    })
    const some = dy.some((d) => d !== undefined) || moved.length > 0
    const starts = y0.map((y, i) => dy[i] ?? zero(y.type))
    const linearIn = [...starts.map((_, i) => 1 + n + i), ...moved.map((_, i) => 1 + 2 * n + ks.length + i)]
    const made = some
      ? run({ ...a, field, states: 2 * n, linearIn }, [times, ...y0, ...starts, ...ks, ...moved]).slice(n)
      : []
    const speed = dt ? slopes(a, times, outs, ks) : []
    return outs.map((_, i) => {
      const [x, v] = [made[i], dt && along(dt, item(speed, i))]
      return x && v ? add(x, v) : (x ?? v)
    })
  }

/** The cotangents of the first y and of the marked k. */
const adjoint = (a: Ode, args: Exprs, outs: Exprs, cts: Exprs, back: Closed, inK: readonly boolean[]): Exprs => {
  const n = a.states
  const [times, ks] = [item(args, 0), args.slice(n + 1)]
  const g = marked(inK, ks)
  const count = item(shapeOf(times), 0)
  const start = [...cts.map((ct) => zero({ ...ct.type, shape: shapeOf(ct).slice(1) })), ...g.map((k) => zero(k.type))]
  const [yTypes, kTypes] = [signature(a.field).outs, ks.map((k) => k.type)]
  const states = [...yTypes, ...yTypes, ...g.map((k) => k.type)]
  const field = programOf([real(), ...states, ...kTypes] as readonly Type[], (...v) => {
    const [y, ct, _, k] = parts(v.slice(1), n, n, g.length)
    const t = item(v, 0)
    return [...inline(a.field, [t, ...y, ...k]), ...inline(back, [t, ...y, ...k, ...ct]).map((x) => neg(x))]
  })
  const tail = (x: Expr): Expr => slice(boxAlong(shapeOf(x), 0, 1, count - 1))(x)
  const rows = [tail(times), slice(boxAlong([count], 0, 0, count - 1))(times), ...outs.map(tail), ...cts.map(tail)]
  const types = start.map((x) => x.type)
  const body = programOf([...types, real(), real(), ...yTypes, ...yTypes, ...kTypes] as readonly Type[], (...v) => {
    const [ct, gs, ends, y, more, k] = parts(v, n, g.length, 2, n, n)
    const interval = concat(0)(ends.map((x) => reshape([1])(x)) as unknown as readonly [Expr])
    const at = ct.map((c, i) => add(c, item(more, i)))
    const linearIn = [...at, ...gs].map((_, i) => 1 + n + i)
    return run({ ...a, field, states: states.length, linearIn }, [interval, ...y, ...at, ...gs, ...k])
      .slice(n)
      .map((x) => first(x, 1))
  })
  const ended = count > 1 ? scanClosed(count - 1, true, body)(start, rows, ks).slice(0, start.length) : start
  return ended.map((x, i) => (i < n ? add(x, first(item(cts, i))) : x))
}
const pull =
  (a: Ode, args: Exprs, outs: Exprs, rec: Recursion): JointMap['pull'] =>
  (given, wanted) => {
    const n = a.states
    const [times, y0, ks] = [item(args, 0), args.slice(1, n + 1), args.slice(n + 1)]
    const cts = outs.map((y, i) => given[i] ?? zero(y.type))
    const inK = ks.map((k, i) => wanted[n + 1 + i] === true && isReal(k.type))
    const back = rec.vjp(
      a.field,
      [false, ...y0.map(() => true), ...inK],
      outs.map(() => true),
    )
    if (E.isLeft(back)) return refusals(wanted, back.left)
    const r = adjoint(a, args, outs, cts, back.right, inK)
    const ofStart = r.slice(0, n)
    const ofK = spread(inK, r.slice(n))
    return [wanted[0] ? ofTimes(a, times, y0, outs, cts, ofStart, ks) : undefined, ...ofStart, ...ofK].map((c, i) =>
      wanted[i] ? c : undefined,
    )
  }
/** <ct, f> at every time; at the first one less <a, f>, since a later start has moved less. */
const ofTimes = (a: Ode, times: Expr, y0: Exprs, outs: Exprs, cts: Exprs, ofStart: Exprs, ks: Exprs): Maybe => {
  const rest = (x: Expr): readonly number[] => axesOf(rankOf(x)).slice(1)
  const each = slopes(a, times, outs, ks)
    .map((f, i) => mul(f, item(cts, i)))
    .map((x) => sum(rest(x))(x))
    .reduce((x, y) => add(x, y))
  const start = inline(a.field, [first(times), ...y0, ...ks])
    .map((f, i) => sum()(mul(f, item(ofStart, i))))
    .reduce((x, y) => add(x, y))
  const others = zero({ dtype: 'real', shape: [item(shapeOf(times), 0) - 1] })
  return sub(each, concat(0)([reshape([1])(start), others]))
}

// -- the entry --------------------------------------------------------------------------------------------------------

/** The same, from one time to the next by the part of the way: for times that differ from example to example. */
const byParts = (a: Ode, args: Exprs): Exprs => {
  const n = a.states
  const [times, y0, ks] = [item(args, 0), args.slice(1, n + 1), args.slice(n + 1)]
  const count = item(shapeOf(times), 0)
  const [yTypes, kTypes] = [y0.map((y) => y.type), ks.map((k) => k.type)]
  const field = programOf([real(), ...yTypes, real(), real(), ...kTypes] as readonly Type[], (...v) => {
    const [y, part, k] = parts(v.slice(1), n, 2)
    const [from, span] = [item(part, 0), item(part, 1)]
    return inline(a.field, [add(from, mul(item(v, 0), span)), ...y, ...k]).map((f) => scaled(span, f))
  })
  const linearIn = a.linearIn?.map((i) => (i > n ? i + 2 : i))
  const body = programOf([...yTypes, real(), real(), ...kTypes] as readonly Type[], (...v) => {
    const [y, ends, k] = parts(v, n, 2)
    const [from, to] = [item(ends, 0), item(ends, 1)]
    const unit = concat(0)([constant([1], 0), constant([1], 1)])
    const next = run({ ...a, field, ...(linearIn && { linearIn }) }, [unit, ...y, from, sub(to, from), ...k]).map((x) =>
      first(x, 1),
    )
    return [...next, ...next]
  })
  const [from, to] = [0, 1].map((k) => slice(boxAlong([count], 0, k, count - 1))(times)) as [Expr, Expr]
  const made = scanClosed(count - 1, false, body)(y0, [from, to], ks).slice(n, 2 * n)
  return made.map((rows, i) => concat(0)([reshape([1, ...shapeOf(item(y0, i))])(item(y0, i)), rows]))
}

const r2 = real(2)
/** u' = t k, v' = u: polynomials in t, of which every step is exact, so that the laws hold to the last digits */
const demo: Ode = {
  field: programOf([real(), r2, r2, r2], (t, u, _, k) => [scaled(t, k), u]),
  states: 2,
  relative: 0.01,
  absolute: 0.01,
  limit: 12,
}
const odeEntry: Entry<Ode, readonly unknown[], 'ode'> = {
  name: 'ode',
  sentence: 'solves a differential equation; its derivative is that of the equation',
  adaptive: true,
  latex: '\\mathrm{ode}',
  algebra: {},
  examples: [{}, { linearIn: [1, 2, 3] }].map((also) => ({
    attrs: { ...demo, ...also },
    args: [real(2), r2, r2, r2],
    range: [0.3, 0.9],
    declared: true,
  })),
  type: (a, args) => {
    const { ins, outs } = signature(a.field)
    const [times, ...rest] = args
    const expected = ins.slice(1)
    if (times === undefined || times.dtype !== 'real' || times.shape.length !== 1 || times.shape[0] === 0)
      return mismatch('the times', [real(1)], times === undefined ? [] : [times])
    if (!isSize(a.states) || a.states < 1 || a.states > expected.length)
      return invalid('states', `must be a number of arrays, 1 to ${expected.length}`)
    if (a.linearIn?.some((i) => !isSize(i) || i >= args.length))
      return invalid('linearIn', 'must be numbers of arguments')
    if (!isSize(a.limit) || !(a.relative >= 0) || !(a.absolute >= 0))
      return invalid('the tolerances and the limit', 'must be numbers, 0 or more, and a whole number')
    if (!sameTypes(ins.slice(0, 1), [real()]))
      return mismatch('the first input of the field', [real()], ins.slice(0, 1))
    if (!sameTypes(expected, rest)) return mismatch('the arguments are not the inputs of the field', expected, rest)
    const states = expected.slice(0, a.states)
    if (!sameTypes(outs, states) || !outs.every(isReal))
      return mismatch('the field must give the slope of each real array of y', states, outs)
    return E.right(outs.map(stacked(times.shape[0] as number)))
  },
  derivative: (a, args, outs, rec) => ({ push: push(a, args, outs, rec), pull: pull(a, args, outs, rec) }),
  batch: {
    rule: (a, args, batched, rec) => {
      const n = a.states
      const all = (outs: Exprs) => ({ outs, batched: outs.map(() => true) })
      if (batched[0]) {
        const q = programOf(
          args.map((x, i) => (batched[i] ? { ...x.type, shape: shapeOf(x).slice(1) } : x.type)),
          (...v) => byParts(a, v),
        )
        return all(inline(rec.vmap(q, batched), args))
      }
      const on = batched.map((b, i) => b || (i >= 1 && i <= n))
      const outs = run({ ...a, field: rec.vmap(a.field, on) }, stackedWhere(on, batched, args, rec.size))
      // the batch stands behind the times
      return all(outs.map((x) => permute([1, 0, ...axesOf(rankOf(x)).slice(2)])(x)))
    },
  },
  meaning: (a, args) => ({
    _tag: 'Inline',
    ...(a.linearIn && { linearIn: a.linearIn }),
    body: programOf(
      args.map((x) => x.type),
      (...v) => solved(a, v),
    ),
  }),
}
/** Solves a differential equation; its derivative is that of the equation. The low-level form, over a closed field. */
export const odeClosed =
  (a: Ode) =>
  (...args: Exprs): Exprs =>
    run(a, args)

export const odes = [odeEntry] as const
