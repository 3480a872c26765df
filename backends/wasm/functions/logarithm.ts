/** Logarithms, on four float32 at once. test/accuracy/coefficients.py computes the coefficients. */
import { f32x4, i32x4, v128, when } from '../assembler/index.ts'
import type { V } from './double.ts'
import { type Body, oddOf, polynomial, type Surroundings, through } from './polynomial.ts'

const c = f32x4.const
const { add, sub, mul, div } = f32x4
const int = i32x4.const

/** The bits of sqrt(1/2): a mantissa from here to sqrt(2) is near 1. */
const nearOne = 0x3f3504f3
/** x = 2^e m, sqrt(1/2) <= m < sqrt(2). */
const parts = ({ bind }: Surroundings, x: V) => {
  const e = bind(i32x4.shr(i32x4.sub(x, int(nearOne)), 23))
  return { e, m: i32x4.sub(x, i32x4.shl(e, 23)) }
}
/** e ln 2 + log(1 + f) = e ln 2 + f - f^2/2 + s (f^2/2 + r(s^2)) with s = f / (2 + f), as in fdlibm's logf. */
const logOf = (s: Surroundings, e0: V, f: V): V => {
  const { bind } = s
  const e = bind(f32x4.ofI32(e0))
  const t = bind(div(f, add(f, c(2))))
  const z = bind(mul(t, t))
  const square = bind(mul(mul(f, f), c(0.5)))
  const r = mul(z, polynomial(s, z, [0.666667819, 0.3997673988, 0.2989580929]))
  const rest = add(mul(t, add(square, r)), mul(e, c(-2.1219444e-4)))
  return sub(mul(e, c(0.693359375)), sub(sub(square, rest), f))
}
/** Where an argument is not a positive normal number, the result is that of the function on doubles. */
const whereNormal = (s: Surroundings, x: V, u: V, result: V, otherwise: Body): V => {
  const y = s.local('v128')
  const abnormal = s.bind(i32x4.above(i32x4.sub(u, int(0x00800000)), int(0x7effffff)))
  s.emit(y.set(result))
  const slow = y.set(v128.select(abnormal, otherwise(s, x, x), y.get))
  s.emit(when(v128.any(abnormal), slow))
  return y.get
}
export const log: Body = (s, x0) => {
  const x = s.bind(x0)
  const { e, m } = parts(s, x)
  return whereNormal(s, x, x, logOf(s, e, s.bind(sub(m, c(1)))), through('log'))
}
/** log(u) for u = 1 + x rounded; what the rounding lost is added to the mantissa. 2^(1-e) is 0 where e is 128. */
export const log1p: Body = (s, x0) => {
  const { bind } = s
  const x = bind(x0)
  const u = bind(add(x, c(1)))
  const { e, m } = parts(s, u)
  const lost = sub(x, sub(u, c(1)))
  const twice = i32x4.shl(i32x4.sub(int(128), e), 23)
  const f = bind(add(sub(m, c(1)), mul(lost, mul(twice, c(0.5)))))
  return whereNormal(s, x, u, oddOf(logOf(s, e, f), x), through('log1p'))
}
