/**
 * The exponential and the functions made of it, on four float32 at once. test/accuracy/coefficients.py computes the
 * coefficients.
 */
import { f32x4, i32x4, v128 } from '../assembler/index.ts'
import type { V } from './double.ts'
import { type Body, oddOf, polynomial, type Surroundings } from './polynomial.ts'

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
/** (1 - e) / (1 + e) with e = e^-2|x| = 2^n (1 + p): 1 - e = (1 - 2^n) - 2^n p loses nothing near 0. */
export const tanh: Body = (s, x0) => {
  const { bind } = s
  const x = bind(x0)
  const y = bind(pmax(mul(v128.or(x, c(-0)), c(2)), c(-18.7)))
  const shifted = bind(add(mul(y, c(Math.LOG2E)), c(rounder - 127)))
  const r = bind(sub(y, mul(sub(shifted, c(rounder - 127)), c(Math.LN2))))
  const power = bind(i32x4.shl(shifted, 23))
  const p = add(mul(polynomial(s, r, expm1Rest), bind(mul(r, r))), r)
  const rest = bind(mul(p, power))
  return oddOf(div(sub(sub(c(1), power), rest), add(add(c(1), power), rest)), x)
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
