/**
 * What the scalar functions mean, in float64: IEEE-754 and JavaScript's Math. NaN propagates through max and min.
 * Integers are int32: sums and products wrap; a quotient is rounded towards 0, and is 0 when the divisor is 0.
 */
import { erf, erfc, gaussian, normalCdf, normalPdf } from './erf.ts'
import type { Fn, Monoid } from './scalar.ts'

type Numeric = (x: number, y: number, z: number) => number
type Table = { readonly [F in Fn]: Numeric }
const truth = (b: boolean): number => (b ? 1 : 0)

/** Half to even, as IEEE-754's default (Math.round rounds halves up). */
export const roundHalfEven = (x: number): number => {
  const down = Math.floor(x), gap = x - down
  const nearest = gap < 0.5 || (gap === 0.5 && down % 2 === 0) ? down : down + 1
  return Number.isFinite(x) ? (nearest === 0 ? x * 0 : nearest) : x
}
/** Saturates at the ends of int32; NaN becomes 0. */
const saturate = (x: number): number =>
  Number.isNaN(x) ? 0 : Math.max(-2147483648, Math.min(2147483647, Math.trunc(x))) + 0

/** 1 / (1 + e^-x). e^-|x| cannot overflow. */
const logistic = (x: number): number => {
  const e = Math.exp(-Math.abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}
/** 2 / (e^x + e^-x) = 2 e^-|x| / (1 + e^-2|x|) */
const sech = (x: number): number => {
  const e = Math.exp(-Math.abs(x))
  return (2 * e) / (1 + e * e)
}
const floorMod = (x: number, y: number): number => x - y * Math.floor(x / y)

const reals: Table = {
  neg: (x) => -x, abs: Math.abs, sign: Math.sign, floor: Math.floor, ceil: Math.ceil, round: roundHalfEven,
  sqrt: Math.sqrt, rsqrt: (x) => 1 / Math.sqrt(x), exp: Math.exp, expm1: Math.expm1, log: Math.log, log1p: Math.log1p,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh, asinh: Math.asinh, acosh: Math.acosh, atanh: Math.atanh,
  erf, erfc, gaussian, normalCdf, normalPdf, logistic, sech,
  add: (x, y) => x + y, sub: (x, y) => x - y, mul: (x, y) => x * y, div: (x, y) => x / y, rem: (x, y) => x % y,
  pow: (x, y) => x ** y, atan2: Math.atan2, hypot: Math.hypot,
  max: (x, y) => Math.max(x, y), min: (x, y) => Math.min(x, y),
  idiv: (x, y) => Math.floor(x / y), mod: floorMod,
  lt: (x, y) => truth(x < y), le: (x, y) => truth(x <= y), eq: (x, y) => truth(x === y), ne: (x, y) => truth(x !== y),
  and: (x, y) => truth(x !== 0 && y !== 0), or: (x, y) => truth(x !== 0 || y !== 0), not: (x) => truth(x === 0),
  select: (c, x, y) => (c !== 0 ? x : y), toReal: (x) => x, toInt: saturate,
}
const ints: Table = {
  ...reals,
  neg: (x) => -x | 0, abs: (x) => Math.abs(x) | 0,
  add: (x, y) => (x + y) | 0, sub: (x, y) => (x - y) | 0, mul: Math.imul,
  div: (x, y) => (x / y) | 0, rem: (x, y) => (x % y) | 0,
}
/** The function on numbers of an element type. */
export const functionOf = (f: Fn, dtype: 'real' | 'int' | 'bool'): Numeric => (dtype === 'int' ? ints[f] : reals[f])

/** The neutral element; the starting value of a reduction. */
export const unitOf: { readonly [M in Monoid]: number } = {
  add: 0, mul: 1, max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY,
}
