/**
 * The normal distribution and the error function, on four float32 at once. test/accuracy/coefficients.py computes the
 * coefficients.
 */
import { f32x4, i32x4, v128 } from '../assembler/index.ts'
import type { V } from './double.ts'
import { expScaled, type Scaled, scaledBy, times, unscaled } from './exponential.ts'
import { type Body, from0, type OddQuotient, oddQuotient, type Surroundings } from './polynomial.ts'

const c = f32x4.const
const { add, sub, mul, div, abs, lt, pmin } = f32x4

/**
 * e^(-factor x^2), for a factor 1 or 1/2. x is split into its first 12 bits and the rest: the square of the first is exact,
 * and the rest is added to the remainder. exp would magnify the rounding error of x * x. Beyond e^-104 the result is 0.
 * normalCdf and normalPdf of one argument, as in the derivative of gelu, share it.
 */
const bell = (s: Surroundings, x: V, factor: 1 | 0.5): Scaled =>
  s.shared(`bell ${factor}`, x, () => {
    const a = s.bind(pmin(abs(x), c(Math.sqrt(104 / factor))))
    const high = s.bind(v128.and(a, i32x4.const(-4096)))
    return expScaled(
      s,
      s.bind(mul(mul(high, high), c(-factor))),
      s.bind(mul(mul(sub(a, high), add(a, high)), c(-factor))),
    )
  })
/** A quotient of polynomials: it changes slowly, so that the rounding of its argument costs nothing. */
interface Ratio {
  readonly above: readonly number[]
  readonly below: readonly number[]
  readonly most: number
}
const ratio = (s: Surroundings, x: V, { above, below }: Ratio): readonly [V, V] => [
  from0(s, x, above),
  from0(s, x, below),
]
/** e^(x^2) erfc(x), up to where erfc(x) leaves the range of float32. */
const erfcRatio: Ratio = {
  above: [1, 1.238521338, 0.7316308022, 0.2291936427, 0.03277452663],
  below: [1, 2.366900921, 2.40238452, 1.325400233, 0.4062611759, 0.05809065327],
  most: 10.25,
}
/** e^(x^2/2) normalCdf(-x), up to where it leaves the range. */
const cdfRatio: Ratio = {
  above: [0.5, 0.4379514456, 0.1829472035, 0.04052621126, 0.00409736624],
  below: [1, 1.673787713, 1.201380014, 0.468701154, 0.1015905887, 0.01027045492],
  most: 14.5,
}
/** The tail beyond |x|, from e^(-factor x^2). */
const tail = (s: Surroundings, x: V, e: Scaled, r: Ratio): V => {
  const [above, below] = ratio(s, s.bind(pmin(abs(x), c(r.most))), r)
  return s.bind(scaledBy(s, s.bind(div(times(s.bind(above), e), below)), e))
}
export const gaussian: Body = (s, x) => unscaled(s, bell(s, x, 1))
export const normalPdf: Body = (s, x) => {
  const e = bell(s, x, 0.5)
  return scaledBy(s, times(c(1 / Math.sqrt(2 * Math.PI)), e), e)
}
export const erfc: Body = (s, x0) => {
  const x = s.bind(x0)
  const t = tail(s, x, bell(s, x0, 1), erfcRatio)
  return v128.select(lt(x, c(0)), sub(c(2), t), t)
}
export const normalCdf: Body = (s, x0) => {
  const x = s.bind(x0)
  const t = tail(s, x, bell(s, x0, 0.5), cdfRatio)
  return v128.select(lt(x, c(0)), t, sub(c(1), t))
}
const erfQuotient: OddQuotient = {
  above: [1.128379226, 0.1964461356, 0.05010398477, 0.003546689637, 0.0001376115106, -1.932246732e-6, 1.984807163e-8],
  below: [1, 0.5074288845, 0.1135509163, 0.01404798403, 0.0009166654781],
  most: 3.93,
}
export const erf: Body = (s, x) => oddQuotient(s, x, erfQuotient)
