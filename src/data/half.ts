/**
 * Numbers in 16 bits.
 *
 *   f16    sign, 5 bits of exponent, 10 of fraction      IEEE-754 binary16
 *   bf16   the upper half of a float32
 *
 * Conversions to fewer bits round to the nearest, ties to even.
 */

const floats = new Float32Array(1)
const words = new Uint32Array(floats.buffer)

/** The value of an f16. */
export const halfToNumber = (h: number): number => {
  const sign = h & 0x8000 ? -1 : 1
  const exponent = (h >>> 10) & 0x1f
  const fraction = h & 0x3ff
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
/** The integer nearest to x, ties to even. */
const nearest = (x: number): number => {
  const down = Math.floor(x)
  const rest = x - down
  return rest > 0.5 || (rest === 0.5 && down % 2 === 1) ? down + 1 : down
}
/** The bits of the nearest f16. */
export const numberToHalf = (x: number): number => {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  const size = Math.abs(x)
  if (Number.isNaN(x)) return 0x7e00
  if (size >= 65520) return sign | 0x7c00
  // the spacing of halves at this size; it is added, so that a carry out of the fraction increases the exponent
  const exponent = Math.max(-14, Math.floor(Math.log2(size || 2 ** -30)))
  const steps = nearest(size / 2 ** (exponent - 10))
  return sign | (steps < 1024 ? steps : ((exponent + 15) << 10) + (steps - 1024))
}
/** The value of a bf16. */
export const bfloatToNumber = (b: number): number => {
  words[0] = b << 16
  return floats[0] ?? 0
}
/** The bits of the nearest bf16. */
export const numberToBfloat = (x: number): number => {
  if (Number.isNaN(x)) return 0x7fc0
  floats[0] = x
  const word = words[0] ?? 0
  const [upper, lower] = [word >>> 16, word & 0xffff]
  return lower > 0x8000 || (lower === 0x8000 && upper % 2 === 1) ? upper + 1 : upper
}
