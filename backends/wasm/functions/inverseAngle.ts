/**
 * Angles of a sine, a cosine or a tangent, on four float32 at once. test/accuracy/coefficients.py computes the coefficients.
 */
import { f32x4, v128 } from '../assembler/index.ts'
import type { V } from './double.ts'
import { type Body, polynomial, type Surroundings, signed } from './polynomial.ts'

const c = f32x4.const
const { add, sub, mul, div, abs, lt, gt, sqrt } = f32x4
const { select } = v128

/** x + x^3 p(x^2) */
const odd = (s: Surroundings, x: V, p: readonly number[]): V => {
  const z = s.bind(mul(x, x))
  return add(x, mul(x, mul(z, polynomial(s, z, p))))
}
/** (atan(t) - t) / t^3 in t^2, up to tan(pi / 8). */
const atanNear0 = [-0.3333294988, 0.19977732, -0.138778761, 0.08054274321]
/** atan(a) is pi/2 - atan(1 / a) from tan(3 pi / 8) on, and pi/4 + atan((a - 1) / (a + 1)) from tan(pi / 8) on. */
export const atan: Body = (s, x0) => {
  const { bind } = s
  const x = bind(x0)
  const a = bind(abs(x))
  const far = bind(gt(a, c(2.414213562)))
  const middle = bind(gt(a, c(0.4142135624)))
  const top = select(far, c(-1), select(middle, sub(a, c(1)), a))
  const bottom = select(far, a, select(middle, add(a, c(1)), c(1)))
  const from = select(far, c(Math.PI / 2), select(middle, c(Math.PI / 4), c(0)))
  return signed(add(from, odd(s, bind(div(top, bottom)), atanNear0)), x)
}
/** (asin(x) - x) / x^3 in x^2, up to 1/2. */
const asinNear0 = [0.166667521, 0.07495311648, 0.04546872154, 0.02418738604, 0.04215326533]
/** asin(x) up to 1/2, else asin(sqrt((1 - |x|) / 2)), which is half of acos(|x|). Beyond 1 the root is no number. */
const parts = (s: Surroundings, x: V): { readonly inner: V; readonly y: V } => {
  const { bind } = s
  const a = bind(abs(x))
  const inner = bind(f32x4.le(a, c(0.5)))
  const root = bind(select(inner, x, sqrt(mul(sub(c(1), a), c(0.5)))))
  return { inner, y: bind(odd(s, root, asinNear0)) }
}
/** pi/2 in two parts. */
const halfPi = [1.5707963705062866, -4.371139e-8] as const
export const asin: Body = (s, x0) => {
  const x = s.bind(x0)
  const { inner, y } = parts(s, x)
  const outer = add(sub(c(halfPi[0]), add(y, y)), c(halfPi[1]))
  return select(inner, y, signed(outer, x))
}
export const acos: Body = (s, x0) => {
  const x = s.bind(x0)
  const { inner, y } = parts(s, x)
  const twice = s.bind(add(y, y))
  const below = add(sub(c(2 * halfPi[0]), twice), c(2 * halfPi[1]))
  const near = add(sub(c(halfPi[0]), y), c(halfPi[1]))
  return select(inner, near, select(lt(x, c(0)), below, twice))
}
