/** What the vector functions share: the code around them, for both element types; and polynomials on four float32. */
import { f32x4, f64x2, v128 } from '../assembler/index.ts'
import type { Call, Double, Site, V } from './double.ts'
import type { Precise } from './preciseSite.ts'

/** The code around the functions, as far as they use it. */
export interface Surroundings extends Site {
  readonly call: Call<Double | Precise>
  /** Computed once for an argument, and used again. */
  readonly shared: <T>(kind: string, x: V, make: () => T) => T
}
export type Body = (s: Surroundings, x: V, y: V) => V

const { add, mul, div, pmin, pmax } = f32x4
const c = f32x4.const
const signBit = c(-0)
/** The magnitude of one number with the sign of another. */
export const signed = (magnitude: V, sign: V): V => v128.or(v128.andnot(magnitude, signBit), v128.and(sign, signBit))
/** Gives a result that is positive or zero the sign of its argument. */
export const oddOf = (magnitude: V, x: V): V => v128.or(magnitude, v128.and(x, signBit))

/**
 * c0 + c1 x + c2 x^2 + ..., in pairs (Estrin's scheme): the processor computes the pairs of a level at the same time, where
 * Horner's scheme waits for each product. An odd number of terms is c0 + x (...), which takes fewer products.
 */
export const polynomial = (s: Site, x: V, coefficients: readonly number[]): V =>
  coefficients.length % 2 === 1 ? from0(s, x, coefficients) : inPairs(s, x, coefficients.map(c))
/** c0 + x (c1 + ...): near 0 only the last sum rounds. */
export const from0 = (s: Site, x: V, [first = 0, ...others]: readonly number[]): V =>
  others.length === 0 ? c(first) : add(c(first), mul(x, inPairs(s, x, others.map(c))))
const inPairs = (s: Site, x: V, terms: readonly V[]): V => {
  const [first, second, ...others] = terms as [V, ...V[]] // a polynomial has a coefficient
  if (second === undefined) return first
  if (others.length === 0) return add(first, mul(second, x))
  const pairs = terms.flatMap((even, k) => {
    const odd = terms[k + 1]
    return k % 2 === 1 ? [] : [odd === undefined ? even : s.bind(add(even, mul(odd, x)))]
  })
  return inPairs(s, s.bind(mul(x, x)), pairs)
}

/** A quotient x above(x^2) / below(x^2), for an odd function that is 1 or -1 beyond `most`. */
export interface OddQuotient {
  readonly above: readonly number[]
  readonly below: readonly number[]
  readonly most: number
}
export const oddQuotient = (s: Site, x: V, { above, below, most }: OddQuotient): V => {
  const a = s.bind(within(x, most))
  const z = s.bind(mul(a, a))
  return within(s.bind(div(mul(a, polynomial(s, z, above)), polynomial(s, z, below))), 1)
}
/** The nearest number from -most to most. A NaN passes. */
const within = (x: V, most: number): V => pmax(pmin(x, c(most)), c(-most))

// -- through doubles -------------------------------------------------------------------------------------------------

const upper = (x: V): V => f64x2.ofF32(v128.shuffle(x, x, [2, 3, 2, 3]))
const lower = (x: V): V => f64x2.ofF32(x)
const join = (low: V, high: V): V => v128.shuffle(f32x4.ofF64(low), f32x4.ofF64(high), [0, 1, 4, 5])
export const through =
  (name: Double): Body =>
  ({ bind, call }, x0) => {
    const x = bind(x0)
    return join(call(name, lower(x)), call(name, upper(x)))
  }
export const through2 =
  (name: Double): Body =>
  ({ bind, call }, x0, y0) => {
    const x = bind(x0)
    const y = bind(y0)
    return join(call(name, lower(x), lower(y)), call(name, upper(x), upper(y)))
  }
