/**
 * Numbers with their derivatives, in arbitrary precision. A jet is v + a e + b d + c e d with e^2 = d^2 = 0: a program
 * on jets gives its value, its derivatives along two directions, and the second derivative along both. They come from
 * the calculus of the scalar functions alone, and from no rule of an entry: so a wrong rule is found too.
 */
import type { Decimal } from 'decimal.js'

type Part = Decimal | undefined
/** A part that is undefined is 0, whatever it is multiplied by. */
export interface Jet {
  readonly v: Decimal
  readonly a: Part
  readonly b: Part
  readonly c: Part
}
export const plain = (v: Decimal): Jet => ({ v, a: undefined, b: undefined, c: undefined })

const plus = (x: Part, y: Part): Part => (x === undefined ? y : y === undefined ? x : x.plus(y))
const times = (x: Part, y: Part): Part => (x === undefined || y === undefined ? undefined : x.times(y))
const by = (f: () => Decimal, x: Part): Part => (x === undefined ? undefined : f().times(x))

/** The first and the second derivative at x, where the value is y. */
export type Slopes1 = (x: Decimal, y: Decimal) => readonly [first: Decimal, second: Decimal]
/** The partial derivatives, each computed only where it is needed. */
export interface Partials {
  readonly x: () => Decimal
  readonly y: () => Decimal
  readonly xx: () => Decimal
  readonly xy: () => Decimal
  readonly yy: () => Decimal
}

/** f(x) = y by the chain rule. */
export const lift1 = (x: Jet, y: Decimal, slopes: Slopes1): Jet => {
  if (x.a === undefined && x.b === undefined && x.c === undefined) return plain(y)
  const [first, second] = slopes(x.v, y)
  const along = (p: Part): Part => times(first, p)
  return { v: y, a: along(x.a), b: along(x.b), c: plus(along(x.c), times(second, times(x.a, x.b))) }
}
/** f(x, y) = z by the chain rule. */
export const lift2 = (x: Jet, y: Jet, z: Decimal, f: Partials): Jet => ({
  v: z,
  a: plus(by(f.x, x.a), by(f.y, y.a)),
  b: plus(by(f.x, x.b), by(f.y, y.b)),
  c: [
    by(f.x, x.c),
    by(f.y, y.c),
    by(f.xx, times(x.a, x.b)),
    by(f.xy, plus(times(x.a, y.b), times(x.b, y.a))),
    by(f.yy, times(y.a, y.b)),
  ].reduce(plus, undefined),
})
/** A linear map at every part. */
export const linear = (x: Jet, f: (p: Decimal) => Decimal): Jet => ({
  v: f(x.v),
  a: x.a && f(x.a),
  b: x.b && f(x.b),
  c: x.c && f(x.c),
})
export const add = (x: Jet, y: Jet): Jet => ({
  v: x.v.plus(y.v),
  a: plus(x.a, y.a),
  b: plus(x.b, y.b),
  c: plus(x.c, y.c),
})
