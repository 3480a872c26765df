/**
 * Steps of Dormand and Prince for dy/dt = f(t, y, k), from one time to the next. An error estimate chooses each step; values
 * between steps are those of a polynomial.
 */
import { type Closed, inline } from '../syntax/closed.ts'
import { type Expr, rankOf, shapeOf } from '../syntax/expr.ts'
import { axesOf, real } from '../syntax/shape.ts'
import { programOf } from './bodies.ts'
import { broadcast } from './broadcast.ts'
import { filled } from './constant.ts'
import { abs, add, and, div, eq, exp, le, log, lt, max, min, mul, not, select, sub } from './elementwise.ts'
import { item } from './item.ts'
import { reduceMax } from './reduction.ts'
import { reshape } from './reindex.ts'
import { parts, scanClosed } from './scan.ts'
import { zero } from './structuralZeros.ts'
import { whileClosed } from './while.ts'
import { boxAlong, slice } from './window.ts'

export type Ode = {
  readonly field: Closed
  /** How many arrays y is. */
  readonly states: number
  /** A step is accepted where no element errs by more than absolute + relative |y|. */
  readonly relative: number
  readonly absolute: number
  /** The most steps, refused ones included, from one time to the next; y is NaN where they do not suffice. */
  readonly limit: number
  /** The arguments in which y is linear: the field is, for fixed others, and the sizes of steps do not count. */
  readonly linearIn?: readonly number[]
}
export type Exprs = readonly Expr[]

// -- one step ---------------------------------------------------------------------------------------------------------

const nodes = [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1] as const
const stages = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
] as const
const weights = [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84]
const errors = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40]
/** Of the polynomial between two steps. */
const middle = [
  -12715105075 / 11282082432,
  0,
  87487479700 / 32700410799,
  -10690763975 / 1880347072,
  701980252875 / 199316789632,
  -1453857185 / 822651844,
  69997945 / 29380423,
]
/** A number beside every element of x. */
const wide = (c: Expr, x: Expr): Expr => broadcast(shapeOf(x), [])(c)
export const scaled = (c: Expr, x: Expr): Expr => mul(wide(c, x), x)
/** The sum of c_j k_j, for every array of the state. */
const combined = (cs: readonly number[], ks: readonly Exprs[]): Exprs =>
  item(ks, 0).map((_, i) =>
    cs.flatMap((c, j) => (c === 0 ? [] : [mul(c, item(item(ks, j), i))])).reduce((a, b) => add(a, b)),
  )
const stepped = (y: Exprs, h: Expr, slope: Exprs): Exprs => y.map((x, i) => add(x, scaled(h, item(slope, i))))
const largest = (xs: Exprs): Expr => xs.map((x) => reduceMax(axesOf(rankOf(x)))(x)).reduce((a, b) => max(a, b))

const both = (p: Expr, q: Expr): Expr => and(p as never, q as never) as Expr

interface Solver {
  readonly field: (t: Expr, y: Exprs) => Exprs
  readonly a: Ode
}
const isBounded = (x: Expr): Expr => lt(abs(x), Number.POSITIVE_INFINITY) as Expr
/**
 * The largest error of an element, in units of what it may be: at most 1 where the step is accepted. No step is small enough
 * for an element that is not finite already, so it has no say: under vmap the other examples go on without it.
 */
const excess = ({ a }: Solver, y: Exprs, slope: Exprs, next: Exprs, error: Exprs): Expr =>
  largest(
    y.map((x, i) => {
      const size = max(abs(x), abs(item(next, i)))
      const own = div(abs(item(error, i)), add(a.absolute, mul(a.relative, size)))
      return select(both(isBounded(x), isBounded(item(slope, i))), own, 0) as Expr
    }),
  )
/** y at t + h, its slope there, the error, and the polynomial's coefficients. */
const step = (s: Solver, t: Expr, h: Expr, to: Expr, y: Exprs, slope: Exprs) => {
  const ks: Exprs[] = [slope]
  stages.forEach((cs, j) => {
    ks.push(s.field(add(t, mul(h, item(nodes, j))), stepped(y, h, combined(cs, ks))))
  })
  const next = stepped(y, h, combined(weights, ks))
  const last = s.field(to, next)
  ks.push(last)
  const error = combined(errors, ks).map((e) => scaled(h, e))
  const rise = next.map((x, i) => sub(x, item(y, i)))
  const bend = slope.map((k, i) => sub(scaled(h, k), item(rise, i)))
  const turn = rise.map((r, i) => sub(sub(r, scaled(h, item(last, i))), item(bend, i)))
  const rest = combined(middle, ks).map((r) => scaled(h, r))
  return { next, last, error: excess(s, y, slope, next, error), polynomial: [y, rise, bend, turn, rest].flat() }
}
/** The polynomial at a part of the step, 0 to 1. */
const between = (polynomial: Exprs, part: Expr, n: number): Exprs => {
  const [y, rise, bend, turn, rest] = parts(polynomial, n, n, n, n)
  const other = sub(1, part)
  return y.map((x, i) => {
    const inner = add(item(turn, i), scaled(other, item(rest, i)))
    const middleTerm = add(item(bend, i), scaled(part, inner))
    return add(x, scaled(part, add(item(rise, i), scaled(other, middleTerm))))
  })
}

// -- the solver -------------------------------------------------------------------------------------------------------

/** Whether a time lies in the last step, from `last` to t. */
const isReached = (time: Expr, t: Expr, last: Expr): Expr => {
  const [far, span] = [sub(time, last), sub(t, last)]
  return both(le(abs(far), abs(span)), le(0, mul(far, span)))
}
/** A first step, of which the slope changes y by a hundredth of its size. */
const firstStep = ({ a }: Solver, y: Exprs, slope: Exprs): Expr => {
  const scale = y.map((x) => add(a.absolute, mul(a.relative, abs(x))))
  const size = largest(y.map((x, i) => div(abs(x), item(scale, i))))
  const speed = largest(slope.map((x, i) => div(abs(x), item(scale, i))))
  const usual = both(lt(1e-5, size), lt(1e-5, speed))
  return select(usual, div(mul(0.01, size), select(usual, speed, 1)), 1e-3)
}
/** (t, h, last, count, y, slope, polynomial) after a step towards a time, accepted or not; it does not pass the end. */
const advanced = (s: Solver, v: Exprs, time: Expr, end: Expr): Exprs => {
  const n = s.a.states
  const [t, h, last, count] = [item(v, 0), item(v, 1), item(v, 2), item(v, 3)]
  const [y, slope, polynomial] = parts(v.slice(4), n, n)
  const direction = select(lt(time, t), -1, 1)
  const [usual, left] = [mul(abs(h), direction), sub(end, t)]
  const isLast = both(lt(0, mul(left, direction)), le(abs(left), abs(usual)))
  const size = select(isLast, left, usual)
  const to = select(isLast, end, add(t, size))
  const made = step(s, t, size, to, y, slope)
  const accepted = le(made.error, 1)
  const bounded = lt(made.error, Number.POSITIVE_INFINITY)
  const by = max(0.2, min(10, mul(0.9, exp(mul(-0.2, log(select(bounded, made.error, 1)))))))
  const resized = mul(size, select(bounded, by, 0.2))
  const keep = (xs: Exprs, olds: Exprs): Exprs =>
    xs.map((x, i) => select(broadcast(shapeOf(x), [])(accepted), x, item(olds, i)) as Expr)
  return [
    select(accepted, to, t),
    select(both(accepted, isLast), usual, resized),
    select(accepted, t, last),
    add(count, 1),
    ...keep(made.next, y),
    ...keep(made.last, slope),
    ...keep(made.polynomial, polynomial),
  ]
}
export const first = (x: Expr, k = 0): Expr => reshape(shapeOf(x).slice(1))(slice(boxAlong(shapeOf(x), 0, k, 1))(x))
/** From one time to the next: a scan over the times, of a loop over steps. */
export const solved = (a: Ode, args: Exprs): Exprs => {
  const [times, start, ks] = [item(args, 0), args.slice(1, a.states + 1), args.slice(a.states + 1)]
  const count = item(shapeOf(times), 0)
  const on = (k: Exprs): Solver => ({ a, field: (t, y) => inline(a.field, [t, ...y, ...k]) })
  const [t0, end] = [first(times), first(times, count - 1)]
  const slope = on(ks).field(t0, start)
  const flat = [...start, ...[1, 2, 3, 4].flatMap(() => start.map((x) => zero(x.type)))]
  const carries = [t0, firstStep(on(ks), start, slope), t0, filled('int', [], 0), ...start, ...slope, ...flat]
  const types = carries.map((x) => x.type)
  const n = types.length
  const inner = [...types, real(), real(), ...ks.map((k) => k.type)]
  const test = programOf(inner, (...v) => {
    const [time, steps] = [item(v, n), item(v, 3)]
    return [both(not(isReached(time, item(v, 0), item(v, 2)) as never) as Expr, lt(steps, a.limit))]
  })
  const body = programOf(inner, (...v) => advanced(on(v.slice(n + 2)), v.slice(0, n), item(v, n), item(v, n + 1)))
  const each = programOf([...types, real(), real(), ...ks.map((k) => k.type)], (...v) => {
    const time = item(v, n)
    const fresh = v.slice(0, n).map((x, i) => (i === 3 ? filled('int', [], 0) : x))
    const r = whileClosed(test, body)(fresh, v.slice(n))
    const [t, last] = [item(r, 0), item(r, 2)]
    const span = sub(t, last)
    const none = eq(span, 0)
    const part = select(none, 0, div(sub(time, last), select(none, 1, span)))
    const reached = isReached(time, t, last)
    const y = between(r.slice(4 + 2 * a.states), part, a.states)
    return [...r, ...y.map((x) => select(broadcast(shapeOf(x), [])(reached), x, Number.NaN) as Expr)]
  })
  return scanClosed(count, false, each)(carries, [times], [end, ...ks]).slice(n, n + a.states)
}
