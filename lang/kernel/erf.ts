/**
 * The error function in float64, to a few units in the last place.
 * Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), with the
 * coefficients of SPECFUN's calerf.
 */
const a = [3.1611237438705656, 113.864154151050156, 377.485237685302021, 3209.37758913846947, 0.185777706184603153]
const b = [23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062]
const c = [
  0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.95222124176909,
  1712.04761263407058, 2051.07837782607147, 1230.33935479799725, 2.15311535474403846e-8,
]
const d = [
  15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963,
  4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
]
const p = [
  0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 6.58749161529837803e-4,
  0.0163153871373020978,
]
const q = [
  2.56852019228982242, 1.87295284992346047, 0.527905102951428412, 0.0605183413124413191, 0.00233520497626869185,
]
const inverseRootPi = 0.56418958354775628695

/** (.. ((last x + top0) x + top1) ..) / (.. ((x + bottom0) x + bottom1) ..), Cody's order of coefficients. */
const ratio = (x: number, top: readonly number[], bottom: readonly number[]): number => {
  const n = bottom.length
  let numerator = (top[n] as number) * x, denominator = x
  for (let i = 0; i < n - 1; i++) {
    numerator = (numerator + (top[i] as number)) * x
    denominator = (denominator + (bottom[i] as number)) * x
  }
  return (numerator + (top[n - 1] as number)) / (denominator + (bottom[n - 1] as number))
}
/**
 * exp(-y^2). y^2 = high^2 + (y - high)(y + high), where high^2 is exact: exp would magnify the rounding error of y * y.
 */
const gauss = (y: number): number => {
  const high = Math.trunc(y * 16) / 16
  return Math.exp(-high * high) * Math.exp(-(y - high) * (y + high))
}
/** erfc(y) = 1 - erf(y) for y > 0.46875 */
const erfc = (y: number): number => {
  if (y <= 4) return gauss(y) * ratio(y, c, d)
  if (y > 27) return 0
  const z = 1 / (y * y)
  return (gauss(y) * (inverseRootPi - z * ratio(z, p, q))) / y
}
/** erf(x) = 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x. */
export const erf = (x: number): number => {
  const y = Math.abs(x)
  if (y <= 0.46875) return x * ratio(y > 1.11e-16 ? y * y : 0, a, b)
  return Number.isNaN(x) ? x : x < 0 ? erfc(y) - 1 : 1 - erfc(y)
}
