/**
 * What a derivative is: one function per law, its name the law's, its comment the equation. A law takes the program, does
 * the transformations once, and gives a test of points and directions.
 *
 * Adjointness cannot see a wrong partial (both modes read it) and finite differences cannot see a wrong pull: neither
 * replaces the other. x is a point, v and u are tangents, w is a cotangent; tangents are given for real leaves only.
 */
import * as E from 'fp-ts/lib/Either.js'
import { evaluate } from '../../lang/evaluate.ts'
import { type Closed, inTypes, outTypes } from '../../lang/syntax/closed.ts'
import type { Diagnostics } from '../../lang/syntax/error.ts'
import type { Program } from '../../lang/syntax/program.ts'
import { isReal, sizeOf, type Type } from '../../lang/syntax/shape.ts'
import { jvp } from '../../src/transform/jvp.ts'
import { vjp } from '../../src/transform/vjp.ts'
import { close, closeAll, same, sameDot, type Values } from './close.ts'

export type AnyProgram = Program<unknown, unknown>
type Push = (x: Values, v: Values) => Values

export const realsOf = (types: readonly Type[]): readonly Type[] => types.filter(isReal)
const zerosOf = (types: readonly Type[]): Values => types.map((t) => new Float64Array(sizeOf(t.shape)))
const realPart = (types: readonly Type[], xs: Values): Values => xs.filter((_, i) => isReal(types[i] as Type))
const combine = (as: Values, s: number, bs: Values): Values =>
  as.map((a, i) => a.map((x, k) => x + s * (bs[i]?.[k] as number)))

/** J v */
const pushOf = (p: AnyProgram): Push => {
  const closed = jvp(p).closed
  return (x, v) => evaluate(closed, [...x, ...v]).slice(p.closed.outputs.length)
}
/** The only reason for which a program may have no reverse derivative. */
const excused = (ds: Diagnostics): boolean => ds.every((d) => d.problem._tag === 'NotReversible')
const reverseOf = (p: AnyProgram): E.Either<Diagnostics, AnyProgram> => vjp(p)
/** Whether the program has a reverse derivative. The laws of reverse mode say nothing where it has none. */
export const reversible = (p: AnyProgram): boolean => E.isRight(reverseOf(p))

/** Every output has the type that the typing rules gave it. */
export const wellTyped = (p: AnyProgram): ((x: Values) => boolean) => {
  const types = outTypes(p.closed)
  const fits = (t: Type, y: number): boolean => {
    switch (t.dtype) {
      case 'real':
        return true
      case 'int':
        return (y | 0) === y
      case 'bool':
        return y === 0 || y === 1
    }
  }
  return (x) =>
    evaluate(p.closed, x).every((y, i) => {
      const t = types[i] as Type
      return y.length === sizeOf(t.shape) && y.every((e) => fits(t, e))
    })
}

/** jvp(f)(x, v) = (f(x), ...), bit for bit */
export const primal = (p: AnyProgram): ((x: Values, v: Values) => boolean) => {
  const closed = jvp(p).closed
  return (x, v) => same(evaluate(closed, [...x, ...v]).slice(0, p.closed.outputs.length), evaluate(p.closed, x))
}
/** vjp(f)(x, w) = (f(x), ...), bit for bit */
export const primalOfPullback = (p: AnyProgram): ((x: Values, w: Values) => boolean) => {
  const back = reverseOf(p)
  if (E.isLeft(back)) return () => excused(back.left)
  return (x, w) =>
    same(evaluate(back.right.closed, [...x, ...w]).slice(0, p.closed.outputs.length), evaluate(p.closed, x))
}

/** <J v, w> = <v, J' w> */
export const adjointness = (p: AnyProgram): ((x: Values, v: Values, w: Values) => boolean) => {
  const push = pushOf(p)
  const back = reverseOf(p)
  if (E.isLeft(back)) return () => excused(back.left)
  const pull = (x: Values, w: Values): Values =>
    evaluate(back.right.closed, [...x, ...w]).slice(p.closed.outputs.length)
  return (x, v, w) => sameDot(push(x, v), w, v, pull(x, w))
}

/** J (v + 2 u) = J v + 2 J u */
export const additivity = (p: AnyProgram): ((x: Values, v: Values, u: Values) => boolean) => {
  const push = pushOf(p)
  return (x, v, u) => closeAll(push(x, combine(v, 2, u)), combine(push(x, v), 2, push(x, u)), 1e-8)
}

/** f(x + h v), the integers unmoved. */
const along = (p: AnyProgram, x: Values, v: Values, h: number): Values => {
  const types = inTypes(p.closed)
  const moved = combine(realPart(types, x), h, v)
  let next = 0
  const point = x.map((a, i) => (isReal(types[i] as Type) ? (moved[next++] as (typeof x)[0]) : a))
  return realPart(outTypes(p.closed), evaluate(p.closed, point))
}
/** (f(x + h v) - f(x - h v)) / 2h */
const central = (p: AnyProgram, x: Values, v: Values, h: number): Values =>
  combine(along(p, x, v, h), -1, along(p, x, v, -h)).map((d) => d.map((e) => e / (2 * h)))
/** D(h) = J v + O(h^2), so (4 D(h/2) - D(h)) / 3 = J v + O(h^4). */
const extrapolated = (p: AnyProgram, x: Values, v: Values, h: number): Values => {
  const wide = central(p, x, v, h)
  return central(p, x, v, h / 2).map((d, i) => d.map((e, k) => (4 * e - (wide[i]?.[k] as number)) / 3))
}

export interface Differences {
  /** Tried in turn, until one agrees: a wide step rounds least, a narrow one strides over no kink. */
  readonly steps?: readonly number[]
  /** Differences lose digits that derivatives keep. */
  readonly within?: number
}
/** J v = lim (f(x + h v) - f(x - h v)) / 2h */
export const finiteDifference = (
  p: AnyProgram,
  { steps = [1e-3], within = 1e-7 }: Differences = {},
): ((x: Values, v: Values) => boolean) => {
  const push = pushOf(p)
  return (x, v) => {
    const exact = push(x, v)
    return steps.some((h) => closeAll(exact, extrapolated(p, x, v, h), within))
  }
}
/** 1e-10 to 7e-7: many, since a comparison of two numbers that differ by rounding jumps at one step and not at the next. */
const nearby = Array.from({ length: 24 }, (_, k) => 1e-10 * 10 ** (k / 6))
/** No output jumps at x along v. Where one does there is no derivative to speak of. */
export const continuous = (p: AnyProgram): ((x: Values, v: Values) => boolean) => {
  return (x, v) => {
    const here = along(p, x, v, 0)
    const near = (h: number): boolean =>
      along(p, x, v, h).every((a, i) => a.every((e, k) => close(e, here[i]?.[k] as number, 1e-7 + 1e4 * Math.abs(h))))
    return nearby.every((h) => near(h) && near(-h))
  }
}

/** H v of x -> <w, f(x)>, by pushing along the pullback. */
const forwardOverReverse = (p: AnyProgram, back: AnyProgram): ((x: Values, v: Values, w: Values) => Values) => {
  const closed: Closed = jvp(back).closed
  const kept = realsOf(inTypes(p.closed)).length
  const still = zerosOf(realsOf(outTypes(p.closed)))
  return (x, v, w) => (kept === 0 ? [] : evaluate(closed, [...x, ...w, ...v, ...still]).slice(-kept))
}
/** d/dx <w, J v>, pushing then pulling = d/dv (d/dx <w, f>), pulling then pushing */
export const mixedModes = (p: AnyProgram, finiteOnly = false): ((x: Values, v: Values, w: Values) => boolean) => {
  const back = reverseOf(p)
  if (E.isLeft(back)) return () => excused(back.left)
  const over = forwardOverReverse(p, back.right)
  const under = reverseOf(jvp(p) as AnyProgram)
  if (E.isLeft(under)) return () => false
  const outs = outTypes(p.closed)
  const reals = realsOf(outs)
  const from = outs.length + reals.length
  const ins = realsOf(inTypes(p.closed)).length
  const still = zerosOf(reals)
  return (x, v, w) => {
    const reverse = evaluate(under.right.closed, [...x, ...v, ...still, ...w]).slice(from, from + ins)
    const forward = over(x, v, w)
    return (finiteOnly && !finite([...forward, ...reverse])) || closeAll(forward, reverse, 1e-8)
  }
}
/** <w, d/ds d/dt f(x + s u + t v)> = <u, d/dv (d/dx <w, f>)>: two pushes = a push after a pull. */
export const twoPushes = (p: AnyProgram): ((x: Values, v: Values, u: Values, w: Values) => boolean) => {
  const back = reverseOf(p)
  if (E.isLeft(back)) return () => excused(back.left)
  const over = forwardOverReverse(p, back.right)
  const twice = jvp(jvp(p) as AnyProgram).closed
  const outs = realsOf(outTypes(p.closed)).length
  return (x, v, u, w) => {
    const second = outs === 0 ? [] : evaluate(twice, [...x, ...v, ...u, ...v.map((a) => a.map(() => 0))]).slice(-outs)
    const mixed = over(x, v, w)
    return !finite([...second, ...mixed]) || sameDot(second, w, mixed, u, 1e-8)
  }
}
const finite = (xs: Values): boolean => xs.every((a) => a.every(Number.isFinite))
/**
 * The two laws above at a point of measure zero. Where one of the results is not finite they say nothing: 0 times an
 * infinite derivative is NaN in one order of the modes and 0 in another.
 */
export const secondOrder = (p: AnyProgram): ((x: Values, v: Values, u: Values, w: Values) => boolean) => {
  const pushes = twoPushes(p)
  const modes = mixedModes(p, true)
  return (x, v, u, w) => pushes(x, v, u, w) && modes(x, v, w)
}
/** <u, H v> = <v, H u> where H is the Hessian of x -> <w, f(x)> */
export const hessianSymmetry = (p: AnyProgram): ((x: Values, v: Values, u: Values, w: Values) => boolean) => {
  const back = reverseOf(p)
  if (E.isLeft(back)) return () => excused(back.left)
  const times = forwardOverReverse(p, back.right)
  return (x, v, u, w) => sameDot(u, times(x, v, w), v, times(x, u, w), 1e-8)
}
