/** Decimals with so many digits, and float64 numbers as decimals. */
import { Decimal } from 'decimal.js'

export type Decimals = typeof Decimal
/** Decimals with so many digits. */
export const decimals = (digits: number): Decimals => Decimal.clone({ defaults: true, precision: digits, modulo: 1 })
/** The decimals that a number belongs to: they have its precision. */
export const kindOf = (x: Decimal): Decimals => x.constructor as Decimals

/**
 * A float64 with all its bits. The library itself would take the shortest text of the number, which may differ from the
 * number by half a unit in the last place.
 */
export const exactOf = (D: Decimals, x: number): Decimal => {
  if (Number.isSafeInteger(x) || !Number.isFinite(x)) return new D(x)
  const guess = Math.max(-1074, Math.floor(Math.log2(Math.abs(x))) - 52)
  const exponent = Number.isInteger(x / 2 ** guess) ? guess : guess - 1
  const significand = BigInt(x / 2 ** exponent)
  return exponent < 0
    ? new D(significand.toString()).div((1n << BigInt(-exponent)).toString())
    : new D((significand << BigInt(exponent)).toString())
}
