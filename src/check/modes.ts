/**
 * A program and the programs that claim to be its derivative, as functions of flat arrays: those that jvp and vjp
 * build, or any others of the same types.
 */

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { add, mul, sub } from '../../lang/primitives/elementwise.ts'
import { entryOf } from '../../lang/primitives/index.ts'
import { at, type Closed, closeOver, inline, inTypes, numbered, outsOf, outTypes } from '../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import { type Expr, node } from '../../lang/syntax/expr.ts'
import { nth } from '../../lang/syntax/list.ts'
import type { UntypedProgram } from '../../lang/syntax/program.ts'
import { isReal, real, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { jvp } from '../transform/jvp.ts'
import { vjp } from '../transform/vjp.ts'
import type { EvaluationMeter } from './budget.ts'
import type { LineFunction } from './difference.ts'
import type { Interval } from './domain.ts'
import { dot, move, type Point, realOnly, scalesOf } from './point.ts'
import { type EvaluateRounded, evaluateUnder, type Rounding } from './rounding.ts'

/** Where the inputs of a program may be moved, by input; undefined where nothing bounds them. */
export type Bounds = readonly (Interval | undefined)[]
/** A program, and programs that claim to be (x, dx) -> df(x) dx and (x, ct) -> df(x)^T ct. */
interface Claim {
  readonly f: Closed
  readonly push: Closed
  readonly pull: Closed | undefined
}
export interface Modes {
  readonly f: Closed
  readonly meter: EvaluationMeter
  readonly ins: readonly Type[]
  readonly outs: readonly Type[]
  readonly push: (x: Point, v: Point, rounding?: Rounding) => Point
  readonly pull: ((x: Point, w: Point, rounding?: Rounding) => Point) | undefined
  /** The real outputs at x + t v. */
  readonly along: (x: Point, v: Point) => (t: number, rounding?: Rounding) => Point
}

/** The outputs from the given number on. */
const after = (p: Closed, n: number): Closed => ({ ...p, outputs: p.outputs.slice(n) })
/** The programs that jvp and vjp build. */
export const claimOf = (p: UntypedProgram, reverse = true): E.Either<Diagnostics, Claim> => {
  const n = p.closed.outputs.length
  const push = after(jvp(p).closed, n)
  return reverse
    ? pipe(
        vjp(p),
        E.map((q) => ({ f: p.closed, push, pull: after(q.closed, n) })),
      )
    : E.right({ f: p.closed, push, pull: undefined })
}
/** The gradient as a program of its own, (x, ct) -> df(x)^T ct: its derivative is the second one of f. */
export const gradientOf = (p: UntypedProgram): E.Either<Diagnostics, UntypedProgram> =>
  pipe(
    vjp(p),
    E.map((q) => ({
      in: q.in,
      out: q.out[1],
      closed: after(q.closed, p.closed.outputs.length),
    })),
  )

/**
 * Operations that are declared constant, such as stopGradient: along a line they keep the values that they had at x.
 */
const isHeld = (op: string): boolean => {
  const { examples } = entryOf(op)
  return examples.length > 0 && examples.every((e) => e.declared)
}
/** Operations whose derivative is declared to be 1, such as float16: they keep the distance from their argument. */
const isShift = (op: string): boolean => entryOf(op).examples.some((e) => e.declared === 'identity')
/** The program with the values of such operations as further inputs. */
const holding = (p: Closed): { readonly closed: Closed; readonly held: readonly number[] } => {
  const held = p.equations.filter((q) => isHeld(q.op))
  if (held.length === 0) return { closed: p, held: [] }
  const types = held.flatMap((q) => (isShift(q.op) ? [...q.outs, ...q.outs] : q.outs))
  const closed = closeOver([...p.inputs, ...numbered(types, 'held')], (xs) => {
    const v: Expr[] = xs.slice(0, p.inputs.length)
    let next = p.inputs.length
    for (const q of p.equations) {
      if (isShift(q.op)) {
        v.push(add(nth(at(v, q.args), 0), sub(nth(xs, next), nth(xs, next + 1))))
        next += 2
        continue
      }
      const outs = isHeld(q.op) ? q.outs.map(() => nth(xs, next++)) : node(q.op, q.attrs, at(v, q.args), q.outs)
      v.push(...outs)
    }
    return at(v, p.outputs)
  })
  return { closed, held: held.flatMap((q) => (isShift(q.op) ? [q.first, nth(q.args, 0)] : outsOf(q, numbersOf(p)))) }
}
const numbersOf = (p: Closed): readonly number[] => {
  const count = p.equations.reduce((n, q) => n + q.outs.length, p.inputs.length)
  return Array.from({ length: count }, (_, k) => k)
}

/** Whether all numbers are within the bounds. An interval of one number bounds nothing: no step would be possible. */
const isInside = (bounds: Bounds, x: Point): boolean =>
  x.every((a, i) => {
    const [low, high] = bounds[i] ?? [0, 0]
    return !(low < high) || a.every((v) => v >= low && v <= high)
  })
/**
 * (x, kept, v, t) -> the real outputs at (x + t v, kept). An evaluator keeps x and v in its memory while t changes.
 */
const lineOf = (p: Closed, ins: readonly Type[], outs: readonly Type[]): Closed => {
  const velocities = numbered(ins.filter(isReal), 'v')
  return closeOver([...p.inputs, ...velocities, { name: 't', type: real() }], (all) => {
    const [xs, vs, t] = [all.slice(0, p.inputs.length), all.slice(p.inputs.length, -1), nth(all, -1)]
    let next = 0
    const moved = xs.map((x, k) => {
      const type = ins[k]
      return type !== undefined && isReal(type) ? add(x, mul(t, nth(vs, next++))) : x
    })
    return realOnly(outs, inline(p, moved))
  })
}
/** Outside its bounds a program counts as not finite: it is not evaluated there. */
export const modesOf = ({ f, push, pull }: Claim, meter: EvaluationMeter, bounds: Bounds = []): Modes => {
  const under = (p: Closed, x: Point, rounding?: Rounding): Point =>
    evaluateUnder(p, x, rounding, undefined, meter.evaluate)
  const ins = inTypes(f)
  const outs = outTypes(f)
  const { closed, held } = holding(f)
  const values: Closed = { ...f, outputs: held }
  const line = meter.hasEvaluator ? lineOf(closed, ins, outs) : undefined
  const isBounded = bounds.some((b) => b !== undefined && b[0] < b[1])
  return {
    f,
    meter,
    ins,
    outs,
    push: (x, v, rounding) => under(push, [...x, ...v], rounding),
    pull: pull && ((x, w, rounding) => under(pull, [...x, ...w], rounding)),
    along: (x, v) => {
      const kept = held.length === 0 ? [] : meter.evaluate(values, x)
      const bounded = isBounded && isInside(bounds, x)
      const given = [...x, ...kept, ...v]
      const moved = (t: number, rounding: Rounding | undefined, evaluate: EvaluateRounded): Point =>
        realOnly(outs, evaluateUnder(closed, [...move(ins, x, v, t), ...kept], rounding, undefined, evaluate))
      return (t, rounding) => {
        if (bounded && !isInside(bounds, move(ins, x, v, t)))
          return outs.filter(isReal).map((o) => new Float64Array(sizeOf(o.shape)).fill(Number.NaN))
        return line === undefined
          ? moved(t, rounding, meter.evaluate)
          : meter.evaluateOn(line, [...given, Float64Array.of(t)], rounding, (evaluate) => moved(t, rounding, evaluate))
      }
    },
  }
}

/** All arrays, concatenated. */
export const flat = (xs: Point): Float64Array => {
  const [only] = xs
  if (xs.length === 1 && only instanceof Float64Array) return only
  const all = new Float64Array(xs.reduce((n, x) => n + x.length, 0))
  let from = 0
  for (const x of xs) {
    all.set(x, from)
    from += x.length
  }
  return all
}
/** All real outputs along a direction. */
export const lineFunctionOf = (m: Modes, x: Point, v: Point): LineFunction => {
  const along = m.along(x, v)
  return (t, rounding) => flat(along(t, rounding))
}
/** <w, f(x + t v)> */
export const weighed = (m: Modes, x: Point, v: Point, w: Point): LineFunction => {
  const along = m.along(x, v)
  return (t, rounding) => Float64Array.of(dot(along(t, rounding), w))
}

/** A change of the function by this share of its size shows its scale. */
const telling = 1e-3
/** Inputs below this may be small by chance: their scale is increased, up to 1, until the function changes. */
const small = 1e-2
/**
 * How far each real number may sensibly move: its own size, or more where so small a move does not change the function.
 */
export const scalesAt = (m: Modes, x: Point): Point => {
  const own = scalesOf(realOnly(m.ins, x))
  if (own.every((s) => s.every((v) => v >= small))) return own
  const still = own.map((s) => s.map(() => 0))
  const here = flat(m.along(x, still)(0))
  const size = here.reduce((n, v) => Math.max(n, Math.abs(v)), 0)
  const unnoticed = (v: Point): boolean =>
    flat(m.along(x, v)(1)).every((y, k) => Math.abs(y - nth(here, k)) <= telling * size)
  return own.map((s, leaf) => {
    const widest = s.reduce((n, v) => Math.max(n, v), 0)
    let factor = 1
    while (widest * factor < small && unnoticed(still.map((z, i) => (i === leaf ? s.map((v) => v * factor) : z))))
      factor *= 1e3
    const least = Math.min(1, factor * widest)
    return factor === 1 ? s : s.map((v) => Math.max(v, least))
  })
}
