/**
 * The exponential and the functions made of it, on four float32 at once. test/accuracy/coefficients.py computes the
 * coefficients.
 */
import { f32x4, i32x4, v128 } from '../assembler/index.ts'
import type { V } from './double.ts'
import { type Body, type OddQuotient, oddOf, oddQuotient, polynomial, type Surroundings } from './polynomial.ts'

const c = f32x4.const
const { add, sub, mul, div, lt, pmin, pmax } = f32x4
const int = i32x4.const

/** (1 + rest) 2^n: n + 254 in the low bits of `power`. */
export interface Scaled {
  readonly rest: V
  readonly power: V
}
/** A sum with 1.5 * 2^23 is rounded to an integer, which the low bits of the sum hold. */
const rounder = 1.5 * 2 ** 23 + 254
const [ln2High, ln2Low] = [0.693359375, -2.1219444e-4]
/** n and r, |r| <= ln 2 / 2, with x + rest = n ln 2 + r. */
const reduced = ({ bind }: Surroundings, x: V, rest?: V) => {
  const power = bind(add(mul(rest ? add(x, rest) : x, c(Math.LOG2E)), c(rounder)))
  const n = bind(sub(power, c(rounder)))
  const whole = sub(sub(x, mul(n, c(ln2High))), mul(n, c(ln2Low)))
  return { power, n, r: bind(rest ? add(whole, rest) : whole) }
}
/** e^(x + rest), to 1e-9 before rounding. */
export const expScaled = (s: Surroundings, x: V, rest?: V): Scaled => {
  const { power, r } = reduced(s, x, rest)
  const p = polynomial(s, r, [0.4999999404, 0.1666651964, 0.04166824743, 0.00836883951, 0.001382261165])
  return { rest: s.bind(add(mul(p, s.bind(mul(r, r))), r)), power }
}
/** y 2^n, the power in two halves, so that subnormal results are rounded once, and large ones overflow. */
const scaled = ({ bind }: Surroundings, y: V, power: V): V => {
  const half = bind(i32x4.shr(power, 1))
  return mul(mul(y, i32x4.shl(half, 23)), i32x4.shl(i32x4.sub(power, half), 23))
}
export const unscaled = (s: Surroundings, { rest, power }: Scaled): V => scaled(s, add(c(1), rest), power)
/** factor (1 + rest), without the rounding of 1 + rest. */
export const times = (factor: V, { rest }: Scaled): V => add(factor, mul(factor, rest))
export const scaledBy = (s: Surroundings, y: V, { power }: Scaled): V => scaled(s, y, power)
/** Beyond these bounds e^x is 0 or infinity. A NaN passes. */
const clamped = (x: V): V => pmax(pmin(x, c(89)), c(-104))
export const exp: Body = (s, x) => unscaled(s, expScaled(s, s.bind(clamped(x))))
/** e^-|x| */
const expDown = (s: Surroundings, x: V): V =>
  s.bind(unscaled(s, expScaled(s, s.bind(pmax(v128.or(x, c(-0)), c(-104))))))
/** (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2. */
const expm1Rest = [0.4999999702, 0.1666654348, 0.04166751727, 0.008366570808, 0.001386332791]
/** (e^r - 1 + (1 - 2^-n)) 2^n. The number 2^(1-n) is 0 where n is 128. */
export const expm1: Body = (s, x0) => {
  const { bind } = s
  const x = bind(x0)
  const { power, r } = reduced(s, bind(pmax(pmin(x, c(89)), c(-18))))
  const p = polynomial(s, r, expm1Rest)
  const twice = i32x4.shl(i32x4.sub(int(128 + 254), power), 23)
  const y = add(add(mul(p, bind(mul(r, r))), r), sub(c(1), mul(twice, c(0.5))))
  return oddOf(scaled(s, bind(y), power), x)
}
const tanhQuotient: OddQuotient = {
  above: [1, 0.1292152405, 0.002923093503, 9.286100067e-6, -1.282678053e-8, 1.834971411e-11],
  below: [1, 0.4625482261, 0.02377307788, 0.0002284048242],
  most: 9.02,
}
export const tanh: Body = (s, x) => oddQuotient(s, x, tanhQuotient)
/** e^|x| / 2, which overflows later than e^|x|. */
const halfExp = (s: Surroundings, a: V): V => {
  const { rest, power } = expScaled(s, s.bind(pmin(a, c(90))))
  return s.bind(unscaled(s, { rest, power: s.bind(i32x4.sub(power, int(1))) }))
}
export const cosh: Body = (s, x) => {
  const h = halfExp(s, s.bind(f32x4.abs(x)))
  return add(h, div(c(0.25), h))
}
/** (sinh(x) - x) / x^3 in x^2, for |x| < 1. */
const sinhNear0 = [0.1666671634, 0.008330274373, 0.0002037282975]
export const sinh: Body = (s, x0) => {
  const x = s.bind(x0)
  const a = s.bind(f32x4.abs(x))
  const h = halfExp(s, a)
  const far = v128.or(sub(h, div(c(0.25), h)), v128.and(x, c(-0)))
  const z = s.bind(mul(x, x))
  const near = add(x, mul(x, mul(z, polynomial(s, z, sinhNear0))))
  return v128.select(lt(a, c(1)), near, far)
}
/** e^x / (1 + e^x) below 0, 1 / (1 + e^-x) above: the exponential never overflows. */
export const logistic: Body = (s, x0) => {
  const x = s.bind(x0)
  const e = expDown(s, x)
  return div(v128.select(lt(x, c(0)), e, c(1)), add(c(1), e))
}
/** 2 e^-|x| / (1 + e^-2|x|) */
export const sech: Body = (s, x) => {
  const e = expDown(s, x)
  return div(add(e, e), add(c(1), mul(e, e)))
}
