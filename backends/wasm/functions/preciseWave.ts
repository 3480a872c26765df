/** Functions of angles, on two float64. Source: fdlibm (Sun Microsystems), k_sin.c, k_cos.c */
import { choose, f64x2, i32x4, v128 } from '../assembler/index.ts'
import type { Site, V } from './double.ts'
import { type Angle, farAngle, nearAngle, pieces, quarterNumber, quarterRest } from './preciseAngle.ts'
import { bits, c, halfPi, horner, inf, type PreciseCall, type PreciseFamily, signBit } from './preciseSite.ts'

const { add, sub, mul, div, lt, gt, eq, abs, neg } = f64x2
const { and, select } = v128

const sinTail = [
  8.33333333332248946124e-3, -1.98412698298579493134e-4, 2.75573137070700676789e-6, -2.50507602534068634195e-8,
  1.58969099521155010221e-10,
]
const cosTail = [
  4.16666666666666019037e-2, -1.38888888888741095749e-3, 2.48015872894767294178e-5, -2.75573143513906633035e-7,
  2.0875723212981748279e-9, -1.13596475577881948265e-11,
]
const sinNear = ({ bind }: Site, { y0: x, y1: y }: Angle): V => {
  const z = bind(mul(x, x))
  const v = bind(mul(z, x))
  const r = horner(z, sinTail)
  return bind(sub(x, add(sub(mul(z, sub(mul(c(0.5), y), mul(v, r))), y), mul(v, c(1.66666666666666324348e-1)))))
}
const cosNear = ({ bind }: Site, { y0: x, y1: y }: Angle): V => {
  const z = bind(mul(x, x))
  const r = mul(z, horner(z, cosTail))
  const half = bind(mul(c(0.5), z))
  const w = bind(sub(c(1), half))
  return bind(add(w, add(sub(sub(c(1), w), half), sub(mul(z, r), mul(x, y)))))
}
/** From quarter turns to an angle, in twice the precision. */
const fromTurns = ({ bind }: Site, [t, rest]: readonly [V, V]): readonly [V, V] => {
  const split = (x: V): readonly [V, V] => {
    const high = bind(and(x, bits(-1, -(2 ** 27))))
    return [high, bind(sub(x, high))]
  }
  const p = bind(mul(t, c(halfPi[0])))
  const [th, tl] = split(t)
  const [ph, pl] = split(c(halfPi[0]))
  const lost = add(add(sub(mul(th, ph), p), add(mul(th, pl), mul(tl, ph))), mul(tl, pl))
  const low = bind(add(lost, add(mul(t, c(halfPi[1])), mul(rest, c(halfPi[0])))))
  const y0 = bind(add(p, low))
  return [y0, bind(add(sub(p, y0), low))]
}
const farRest = (s: Site, call: PreciseCall, x: V): V => fromTurns(s, quarterRest(s, call, x))[0]
const farTail = (s: Site, call: PreciseCall, x: V): V => fromTurns(s, quarterRest(s, call, x))[1]
const angleOf = (s: Site, call: PreciseCall, x0: V): Angle => {
  const { bind } = s
  const x = bind(x0)
  const near = nearAngle(s, x)
  const far = bind(gt(abs(x), c(farAngle)))
  const chosen = (name: 'farRest' | 'farTail' | 'quarterNumber', usual: V): V =>
    bind(choose(v128.any(far), select(far, call(name, x), usual), usual))
  const proper = bind(lt(abs(x), c(inf)))
  const y0 = chosen('farRest', near.y0)
  return {
    y0: bind(select(proper, y0, c(Number.NaN))),
    y1: chosen('farTail', near.y1),
    n: chosen('quarterNumber', near.n),
  }
}
/** n as an integer in both halves of each lane, right modulo 4. */
const quadrant = (n: V): V => and(add(n, c(1.5 * 2 ** 52)), bits(0, 3))
const bit = (n: V, k: 1 | 2): V =>
  f64x2.widened(v128.shuffle(i32x4.eq(and(n, bits(0, k)), bits(0, k)), n, [0, 2, 4, 4]))
/** sin(r + n pi/2): cos where n is odd, negative where n has its second bit. */
const wave =
  (ahead: 0 | 1) =>
  (s: Site, call: PreciseCall, x: V): V => {
    const { bind } = s
    const angle = angleOf(s, call, x)
    const n = bind(quadrant(ahead === 0 ? angle.n : add(angle.n, c(1))))
    const y = select(bind(bit(n, 1)), cosNear(s, angle), sinNear(s, angle))
    return v128.xor(y, and(bind(bit(n, 2)), signBit))
  }
const tan = (s: Site, call: PreciseCall, x: V): V => {
  const { bind } = s
  const angle = angleOf(s, call, x)
  const odd = bind(bit(bind(quadrant(angle.n)), 1))
  const [sine, cosine] = [sinNear(s, angle), cosNear(s, angle)]
  return div(select(odd, neg(cosine), sine), select(odd, sine, cosine))
}
/** The sign of a zero is lost in the reduction. */
const zeroKept =
  (f: (s: Site, call: PreciseCall, x: V) => V) =>
  (s: Site, call: PreciseCall, x0: V): V => {
    const x = s.bind(x0)
    return select(eq(x, c(0)), x, s.bind(f(s, call, x)))
  }

export const waves: PreciseFamily<'sin' | 'cos' | 'tan' | 'pieces' | 'quarterNumber' | 'farRest' | 'farTail'> = {
  sin: [1, zeroKept(wave(0))],
  cos: [1, wave(1)],
  tan: [1, zeroKept(tan)],
  pieces: [1, (_, __, k) => pieces(k)],
  quarterNumber: [1, quarterNumber],
  farRest: [1, farRest],
  farTail: [1, farTail],
}
