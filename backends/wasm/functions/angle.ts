/** Functions of angles, on four float32 at once. Source of the polynomials: Cephes (S. Moshier), sinf and cosf. */
import { f32x4, i32x4, v128, when } from '../assembler/index.ts'
import type { V } from './double.ts'
import { type Body, polynomial, type Surroundings, through } from './polynomial.ts'

const c = f32x4.const
const { add, sub, mul, div, neg, abs, le, eq } = f32x4

/** Up to here the products with the parts of pi / 2 are exact. Greater angles take the functions on doubles. */
const largest = 400
/** pi / 2 in two parts of 16 bits and a rest: a product with an integer up to 256 is exact. */
const halfPi = [1.570770263671875, 2.6063062250614166e-5, 6.0771005065e-11] as const
/** A sum with it is rounded to an integer, which the low bits of the sum hold. */
const rounder = 1.5 * 2 ** 23
/** x = k pi/2 + r, |r| <= pi/4: k in the low bits of `quadrant`; the sine and cosine of r. Computed once for an argument. */
const waves = (s: Surroundings, x: V) =>
  s.shared('waves', x, () => {
    const { bind } = s
    const quadrant = bind(add(mul(x, c(2 / Math.PI)), c(rounder)))
    const k = bind(sub(quadrant, c(rounder)))
    const first = bind(sub(x, mul(k, c(halfPi[0]))))
    const second = bind(mul(k, c(halfPi[1])))
    const near = bind(sub(first, second))
    const lost = sub(sub(first, near), second)
    const r = bind(add(near, sub(lost, mul(k, c(halfPi[2])))))
    const z = bind(mul(r, r))
    const p = polynomial(s, z, [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4])
    const q = polynomial(s, z, [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5])
    const sine = bind(add(mul(mul(p, z), r), r))
    const cosine = bind(add(sub(c(1), mul(z, c(0.5))), mul(q, bind(mul(z, z)))))
    return { sine, cosine, quadrant, large: bind(v128.not(le(abs(x), c(largest)))) }
  })
/** y, but for large angles another function. */
const beyond = (s: Surroundings, x: V, large: V, y0: V, otherwise: Body): V => {
  const y = s.local('v128')
  s.emit(y.set(y0))
  s.emit(when(v128.any(large), y.set(v128.select(large, otherwise(s, x, x), y.get))))
  return y.get
}
/** sin(r + k pi/2): cos where k is odd, negative where k has its second bit. */
const wave = (s: Surroundings, x: V, ahead: 0 | 1, otherwise: Body): V => {
  const { sine, cosine, quadrant, large } = waves(s, x)
  const k = ahead === 0 ? quadrant : s.bind(i32x4.add(quadrant, i32x4.const(1)))
  const odd = i32x4.shr(i32x4.shl(k, 31), 31)
  const y = v128.xor(v128.select(odd, cosine, sine), v128.and(i32x4.shl(k, 30), c(-0)))
  return beyond(s, x, large, y, otherwise)
}
/** The sign of a zero is lost in the subtraction of k pi/2. */
const zeroKept =
  (f: Body): Body =>
  (s, x, y) =>
    v128.select(eq(x, c(0)), x, f(s, x, y))
export const sin: Body = zeroKept((s, x) => wave(s, x, 0, through('sin')))
export const cos: Body = (s, x) => wave(s, x, 1, through('cos'))
export const tan: Body = zeroKept((s, x) => {
  const { sine, cosine, quadrant, large } = waves(s, x)
  const odd = s.bind(i32x4.shr(i32x4.shl(quadrant, 31), 31))
  const quotient = div(v128.select(odd, neg(cosine), sine), v128.select(odd, sine, cosine))
  return beyond(s, x, large, quotient, through('tan'))
})
