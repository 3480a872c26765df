/** What the functions on two float64 share. */
import { f64x2, i32x4, v128 } from '../assembler/index.ts'
import type { Call, Site, V } from './double.ts'

/** The functions on two float64, and parts of them, each once in a module. */
export type Precise =
  | 'exp'
  | 'halfExp'
  | 'expm1'
  | 'log'
  | 'log1p'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'pieces'
  | 'quarterNumber'
  | 'farRest'
  | 'farTail'
  | 'asin'
  | 'acos'
  | 'atan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'erf'
  | 'erfc'
  | 'gaussian'
  | 'bell'
  | 'scaledErfc'
  | 'normalCdf'
  | 'normalPdf'
  | 'logistic'
  | 'sech'
  | 'pow'
  | 'atan2'
  | 'hypot'
export type PreciseCall = Call<Precise>
type PreciseBody = (s: Site, call: PreciseCall, x: V, y: V) => V
/** Functions of one family: the number of arguments, and the code. */
export type PreciseFamily<N extends Precise> = { readonly [P in N]: readonly [arity: 1 | 2, body: PreciseBody] }

export const c = f64x2.const
const { add, sub, mul } = f64x2
const { and, or, andnot } = v128
export const inf = Number.POSITIVE_INFINITY
export const signBit = c(-0)
export const signed = (magnitude: V, sign: V): V => or(andnot(magnitude, signBit), and(sign, signBit))
/** c0 + x (c1 + x (...)). */
export const horner = (x: V, coefficients: readonly number[]): V =>
  coefficients.slice(0, -1).reduceRight<V>((sum, a) => add(mul(sum, x), c(a)), c(coefficients.at(-1) as number))
/** An integer of 64 bits in both lanes. */
export const bits = (high: number, low = 0): V => i32x4.lanes([low, high, low, high])
/** The first 21 bits of the mantissa. */
export const leading = (x: V): V => and(x, bits(-1))
/** 2^n for whole n from -1022 to 1023. */
export const power = (n: V): V => f64x2.shlInt(add(n, c(2 ** 52 + 1023)), 52)
/** y 2^n, the power in two halves, so that subnormal results are rounded once, and large ones overflow. */
export const scaled = ({ bind }: Site, y: V, n: V): V => {
  const half = bind(f64x2.floor(mul(n, c(0.5))))
  return mul(mul(y, power(half)), power(sub(n, half)))
}
/** ln 2 in two parts. */
export const ln2 = [6.9314718036912381649e-1, 1.90821492927058770002e-10] as const
/** pi/2 in two parts. */
export const halfPi = [Math.PI / 2, 6.123233995736766e-17] as const
/** Of the quotient that gives exp(x) near 0, in x^2. */
export const expTail = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
]
