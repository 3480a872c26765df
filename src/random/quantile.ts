/**
 * The quantile function of the standard normal distribution. Only + - * / and sqrt are used: IEEE-754 fixes every bit
 * of them, but not of Math.log. vectors.ts does the same operations, two numbers at a time.
 *
 * Source: P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003)
 */

/** From here to the end of the interval the tail has a formula of its own. */
export const tail = 0.02425
/** Acklam's a and b. The last coefficient below, of the power 0, is 1. */
export const central = {
  above: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
    2.506628277459239,
  ],
  below: [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1],
} as const
/** Acklam's c and d. */
export const tails = {
  above: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  below: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416],
} as const
/** By Horner's rule: the first coefficient belongs to the highest power. */
const polynomial = (coefficients: readonly number[], x: number): number => {
  let sum = coefficients[0] as number
  for (let k = 1; k < coefficients.length; k++) sum = sum * x + (coefficients[k] as number)
  return sum
}

/**
 * The x with P(X <= x) = p, for 0 < p < 1. Its relative error is below 1.2e-9.
 *
 * Law: normalQuantile(1 - p) = -normalQuantile(p)
 */
export const normalQuantile = (p: number): number => {
  if (p > 1 - tail) return -lowerTail(1 - p)
  if (p < tail) return lowerTail(p)
  const q = p - 0.5
  const r = q * q
  return (q * polynomial(central.above, r)) / (polynomial(central.below, r) * r + 1)
}
const lowerTail = (p: number): number => {
  const q = Math.sqrt(-2 * naturalLog(p))
  return polynomial(tails.above, q) / (polynomial(tails.below, q) * q + 1)
}

/** 1/33, 1/31, ..., 1/3, 1 */
export const reciprocals = Float64Array.from({ length: 17 }, (_, i) => 1 / (33 - 2 * i))
/** ln p for 0 < p <= 1, the same bits on every engine: ln(2^-k m) = 2 artanh((m-1)/(m+1)) - k ln 2, 1/2 < m <= 1 */
const naturalLog = (p: number): number => {
  let m = p
  let k = 0
  while (m <= 0.5) {
    m *= 2
    k++
  }
  const s = (m - 1) / (m + 1)
  // artanh s = s + s^3/3 + s^5/5 + ...; |s| <= 1/3, so 17 terms reach the last bit
  let series = 0
  for (let i = 0; i < 17; i++) series = series * s * s + (reciprocals[i] as number)
  return 2 * s * series - k * Math.LN2
}
