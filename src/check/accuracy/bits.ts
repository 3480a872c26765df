/** How many bits of a computed number are right, against the exact one. */
import type { Decimal } from 'decimal.js'
import { exactOf, kindOf } from './decimals.ts'

/** A format of floats: the bits of its significand, and the exponents of its smallest and largest numbers. */
export interface FloatFormat {
  readonly name: 'float64' | 'float32'
  readonly bits: number
  readonly least: number
  readonly most: number
}
export const float64: FloatFormat = { name: 'float64', bits: 53, least: -1022, most: 1023 }
export const float32: FloatFormat = { name: 'float32', bits: 24, least: -126, most: 127 }
/** The largest and the smallest normal number of a format. */
const largest = (f: FloatFormat): number => (2 - 2 ** (1 - f.bits)) * 2 ** f.most
export const smallest = (f: FloatFormat): number => 2 ** f.least

/** The computed number less the exact one. */
const gap = (exact: Decimal, computed: number): Decimal => exactOf(kindOf(exact), computed).minus(exact)
/** The error relative to the exact number, in units of 2^-bits; exponents have no limit. */
export const relativeError = (exact: Decimal, computed: number, bits: number): number => {
  if (exact.isNaN() || Number.isNaN(computed)) return exact.isNaN() && Number.isNaN(computed) ? 0 : Infinity
  if (!exact.isFinite() && exact.eq(computed)) return 0
  if (exact.isZero() && computed === 0) return 0
  if (exact.isZero() || !exact.isFinite() || !Number.isFinite(computed)) return Infinity
  return gap(exact, computed).div(exact).abs().toNumber() * 2 ** bits
}
/**
 * How many bits of the computed number are right: all bits of the format where it is the nearest float to the exact
 * number, none where the error is as large as the number. What the format cannot hold is right as an infinity, as 0 or as a
 * neighbouring subnormal number.
 */
export const bitsRight = (exact: Decimal, computed: number, f: FloatFormat): number => {
  const size = exact.abs()
  if (size.gt(largest(f)) && Math.abs(computed) === Infinity) return computed > 0 === exact.gt(0) ? f.bits : 0
  const subnormal = 2 ** (f.least - f.bits + 1)
  const error = size.lt(smallest(f))
    ? gap(exact, computed)
        .abs()
        .minus(exactOf(kindOf(exact), subnormal))
        .div(size)
        .toNumber() *
      2 ** f.bits
    : relativeError(exact, computed, f.bits)
  return Math.max(0, f.bits - Math.log2(Math.max(1, Number.isNaN(error) ? Infinity : error)))
}
