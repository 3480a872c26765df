/**
 * Are a program's derivatives right? In float64, by the language's own evaluator, from an explicit seed:
 *
 *   forward          df(x) v against finite differences of f along v
 *   reverse          <df(x) v, w> = <v, df(x)^T w>
 *   second forward   the push of the gradient x -> df(x)^T w against its finite differences
 *   second reverse   the same identity for the gradient's own derivative
 *   Taylor           |f(x + hv) - f(x) - h df(x) v| shrinks as h^2, and as h^3 with the second derivative
 *
 * A disagreement counts only beyond the estimated error of the finite difference itself.
 */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { type Closed, inTypes, outTypes } from '../../lang/closed.ts'
import type { Diagnostics } from '../../lang/error.ts'
import { evaluate, type Tensor } from '../../lang/evaluate.ts'
import type { Program } from '../../lang/program.ts'
import { isReal, type Type } from '../../lang/shape.ts'
import { child, key as keyOf, type Key } from '../data/key.ts'
import { jvp } from '../jvp.ts'
import { vjp } from '../vjp.ts'
import { derivative, type Estimate, oneSided } from './difference.ts'
import { direction, dot, dotSize, drawPoint, move, type Point, realOnly, scalesOf } from './point.ts'
import type { Check, GradientReport, Slopes, Worst } from './report.ts'

export interface CheckOptions {
  readonly seed?: number
  /** Points drawn. */
  readonly samples?: number
  /** A point to check at, instead of drawn ones: one flat array per input leaf. */
  readonly at?: readonly ArrayLike<number>[]
  /** Also the second derivatives and the Taylor slopes; true by default. */
  readonly second?: boolean
}

/** Rounding of the evaluator over a whole program, relative to the sizes that meet. */
const rounding = 1e-9
const firstStep = 0.02

/** A program with its derivative both ways, closed: x -> y; (x, dx) -> dy; (x, ct) -> ct'. */
interface Modes {
  readonly f: Closed
  readonly ins: readonly Type[]
  readonly outs: readonly Type[]
  readonly names: readonly string[]
  readonly push: (x: Point, v: Point) => Point
  readonly pull: (x: Point, w: Point) => Point
}
const modesOf = (p: Program<unknown, unknown>): E.Either<Diagnostics, Modes> =>
  pipe(
    vjp(p),
    E.map((reverse) => {
      const forward = jvp(p).closed, f = p.closed, n = f.outputs.length
      const ins = inTypes(f), outs = outTypes(f)
      return {
        f, ins, outs,
        names: f.inputs.filter((i) => isReal(i.type)).map((i) => i.name),
        push: (x: Point, v: Point) => evaluate(forward, [...x, ...v]).slice(n),
        pull: (x: Point, w: Point) => evaluate(reverse.closed, [...x, ...w]).slice(n),
      }
    }),
  )

const curve = (m: Modes, x: Point, v: Point) => (t: number): Float64Array => {
  const y = realOnly(m.outs, evaluate(m.f, move(m.ins, x, v, t)))
  return Float64Array.from(y.flatMap((a) => [...a]))
}
const flat = (xs: Point): readonly number[] => xs.flatMap((x) => [...x])

/** The name and position of the k-th element of all leaves together. */
const locate = (leaves: Point, names: (i: number) => string, k: number): readonly [string, number] => {
  let from = 0
  for (let i = 0; i < leaves.length; i++) {
    const n = (leaves[i] as Tensor).length
    if (k < from + n) return [names(i), k - from]
    from += n
  }
  return ['', k]
}
const nowhere: Worst = { leaf: '', element: 0, analytic: 0, numeric: 0, bar: 0 }

/** Analytic tangents against estimates: beyond the bar and the rounding of the values themselves is wrong. */
const compare = (name: Check['name'], analytic: Point, numeric: readonly Estimate[], leaf: (i: number) => string): Check => {
  const a = flat(analytic), scale = Math.max(...a.map(Math.abs), ...numeric.map((e) => Math.abs(e.value)), Number.MIN_VALUE)
  let error = 0, passed = true, worst = nowhere, excess = -1
  numeric.forEach((e, k) => {
    const gap = Math.abs((a[k] as number) - e.value), allowed = 10 * e.error + rounding * scale
    const bad = !(gap <= allowed)
    error = Math.max(error, gap / scale)
    if (bad) passed = false
    if (!(gap / allowed <= excess)) {
      const [where, element] = locate(analytic, leaf, k)
      excess = gap / allowed
      worst = { leaf: where, element, analytic: a[k] as number, numeric: e.value, bar: e.error }
    }
  })
  return { name, passed, error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, worst }
}
/** <J v, w> = <v, J' w> */
const adjoint = (name: Check['name'], m: Modes, x: Point, v: Point, w: Point): Check => {
  const pushed = m.push(x, v), pulled = m.pull(x, w), left = dot(pushed, w), right = dot(v, pulled)
  const scale = Math.max(dotSize(pushed, w), dotSize(v, pulled), Number.MIN_VALUE), error = Math.abs(left - right) / scale
  const worst = { leaf: m.names.join(', '), element: 0, analytic: right, numeric: left, bar: rounding * scale }
  return { name, passed: error <= rounding, error: Number.isNaN(error) ? Number.POSITIVE_INFINITY : error, worst }
}

/** Is a one-sided derivative along v unlike the other? */
const atKink = (m: Modes, x: Point, v: Point): boolean =>
  (oneSided(curve(m, x, v), firstStep) ?? []).some(([r, l]) => Math.abs(r.value - l.value) > 20 * (r.error + l.error) + 1e-6 * (Math.abs(r.value) + Math.abs(l.value)))

/** The exponent that fits log remainder against log h, where the remainder stands clear of rounding. */
const slope = (points: readonly (readonly [number, number])[], noise: number): number => {
  const clear = points.filter(([, r]) => r > noise).map(([h, r]) => [Math.log(h), Math.log(r)] as const)
  if (clear.length < 3) return Number.POSITIVE_INFINITY
  const n = clear.length, mx = clear.reduce((s, [x]) => s + x, 0) / n, my = clear.reduce((s, [, y]) => s + y, 0) / n
  return clear.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0) / clear.reduce((s, [x]) => s + (x - mx) ** 2, 0)
}
const taylor = (m: Modes, gradient: Modes, x: Point, v: Point, w: Point): Slopes => {
  const phi = (t: number): number => dot(realOnly(m.outs, evaluate(m.f, move(m.ins, x, v, t))), w)
  const here = phi(0), first = dot(m.push(x, v), w)
  const bend = dot(gradient.push([...x, ...w], [...v, ...w.map((a) => a.map(() => 0))]), v)
  const remainders = Array.from({ length: 8 }, (_, i) => {
    const h = 0.02 / 2 ** i, r1 = phi(h) - here - h * first
    return [h, Math.abs(r1), Math.abs(r1 - (h * h * bend) / 2)] as const
  })
  const noise = 1e3 * Number.EPSILON * Math.max(Math.abs(here), Math.abs(first))
  return {
    first: slope(remainders.map(([h, a]) => [h, a]), noise),
    second: slope(remainders.map(([h, , b]) => [h, b]), noise),
    remainders,
  }
}

/** The gradient as a program of its own: (x, ct) -> df(x)^T ct, whose derivative is the second of f. */
const gradientOf = (p: Program<unknown, unknown>): E.Either<Diagnostics, Program<unknown, unknown>> =>
  pipe(
    vjp(p),
    E.map((q) => {
      const n = p.closed.outputs.length, [, out] = q.out
      return { in: q.in, out, closed: { ...q.closed, outputs: q.closed.outputs.slice(n) } }
    }),
  )

interface Sampled { readonly checks: readonly Check[]; readonly slopes: Slopes | undefined }
const sample = (m: Modes, gradient: Modes | undefined, x: Point, key: Key): Sampled | undefined => {
  const realIns = realOnly(m.ins, x), inTs = m.ins.filter(isReal), outTs = m.outs.filter(isReal)
  const v = direction(child(key, 0), inTs, scalesOf(realIns)), w = direction(child(key, 1), outTs)
  const numeric = derivative(curve(m, x, v), firstStep)
  if (numeric === undefined) return undefined
  const outName = (i: number): string => (outTs.length === 1 ? 'output' : `output ${i}`)
  const first = [compare('forward', m.push(x, v), numeric, outName), adjoint('reverse', m, x, v, w)]
  if (gradient === undefined) return { checks: first, slopes: undefined }
  const xw = [...x, ...w], vw = [...v, ...direction(child(key, 2), outTs)]
  const bent = derivative(curve(gradient, xw, vw), firstStep)
  if (bent === undefined) return undefined
  const u = direction(child(key, 3), inTs)
  const second = [
    compare('second forward', gradient.push(xw, vw), bent, (i) => m.names[i] ?? ''),
    adjoint('second reverse', gradient, xw, vw, u),
  ]
  return { checks: [...first, ...second], slopes: taylor(m, gradient, x, v, w) }
}
const worse = (a: Check, b: Check): Check => (a.passed !== b.passed ? (a.passed ? b : a) : a.error >= b.error ? a : b)
const join = (all: readonly (readonly Check[])[]): readonly Check[] =>
  (all[0] ?? []).map((c, k) => all.slice(1).reduce((w, checks) => worse(w, checks[k] as Check), c))

/**
 * Errors:  the diagnostics of vjp, when the program has no reverse derivative
 */
export const checkGradients = <In, Out>(program: Program<In, Out>, options: CheckOptions = {}): E.Either<Diagnostics, GradientReport> => {
  const { seed = 1, samples = options.at === undefined ? 3 : 1, second = true } = options
  const p = program as Program<unknown, unknown>
  return pipe(
    E.Do,
    E.apS('m', modesOf(p)),
    E.bind('gradient', () => (second ? pipe(gradientOf(p), E.chain(modesOf)) : E.right(undefined))),
    E.map(({ m, gradient }) => examine(m, gradient, { seed, samples, at: options.at })),
  )
}
interface Plan { readonly seed: number; readonly samples: number; readonly at: CheckOptions['at'] | undefined }
const examine = (m: Modes, gradient: Modes | undefined, { seed, samples, at }: Plan): GradientReport => {
  const root = keyOf(seed), found: Sampled[] = []
  let kinks = 0, blanks = 0
  for (let k = 0; found.length < samples && kinks + blanks < 8 * samples; k++) {
    const key = child(root, k), x = at === undefined ? drawPoint(m.f, child(key, 0)) : at.map((a) => Float64Array.from(a))
    const s = x && sample(m, gradient, x, child(key, 1))
    if (x === undefined || s === undefined) blanks++
    else if (s.checks.some((c) => !c.passed) && kinky(m, gradient, x, child(key, 1))) kinks++
    else found.push(s)
    if (at !== undefined) break
  }
  const checks = join(found.map((s) => s.checks)), slopes = found[0]?.slopes
  const bent = found.some((s) => s.slopes !== undefined && (s.slopes.first < 1.8 || s.slopes.second < 2.7))
  const verdict = found.length === 0 ? (kinks > 0 ? 'non-smooth' : 'not finite') : checks.some((c) => !c.passed) || bent ? 'wrong' : 'correct'
  return { verdict, seed, samples: found.length, kinks, checks, slopes }
}
/** The directions that `sample` took, tried from both sides. */
const kinky = (m: Modes, gradient: Modes | undefined, x: Point, key: Key): boolean => {
  const v = direction(child(key, 0), m.ins.filter(isReal), scalesOf(realOnly(m.ins, x)))
  const outTs = m.outs.filter(isReal), w = direction(child(key, 1), outTs), vw = [...v, ...direction(child(key, 2), outTs)]
  return atKink(m, x, v) || (gradient !== undefined && atKink(gradient, [...x, ...w], vw))
}
