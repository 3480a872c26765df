/**
 * The error function and the normal distribution in float64, to a few units in the last place, in the far tails too.
 * Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Math. Comp. 23 (1969), with the
 * coefficients of SPECFUN's calerf.
 */
/** The coefficients of a quotient, in Cody's order: see `ratio`. */
export interface Cody {
  readonly top: readonly number[]
  readonly bottom: readonly number[]
}
/** Of erf(x) / x in x^2, up to 0.46875. */
export const codyNear: Cody = {
  top: [3.1611237438705656, 113.864154151050156, 377.485237685302021, 3209.37758913846947, 0.185777706184603153],
  bottom: [23.6012909523441209, 244.024637934444173, 1282.61652607737228, 2844.23683343917062],
}
/** Of exp(y^2) erfc(y), up to 4. */
export const codyMiddle: Cody = {
  top: [
    0.564188496988670089, 8.88314979438837594, 66.1191906371416295, 298.635138197400131, 881.95222124176909,
    1712.04761263407058, 2051.07837782607147, 1230.33935479799725, 2.15311535474403846e-8,
  ],
  bottom: [
    15.7449261107098347, 117.693950891312499, 537.181101862009858, 1621.38957456669019, 3290.79923573345963,
    4362.61909014324716, 3439.36767414372164, 1230.33935480374942,
  ],
}
/** Of what is left of 1 / sqrt(pi) beyond 4, in 1 / y^2. */
export const codyFar: Cody = {
  top: [
    0.305326634961232344, 0.360344899949804439, 0.125781726111229246, 0.0160837851487422766, 6.58749161529837803e-4,
    0.0163153871373020978,
  ],
  bottom: [
    2.56852019228982242, 1.87295284992346047, 0.527905102951428412, 0.0605183413124413191, 0.00233520497626869185,
  ],
}
const inverseRootPi = 0.56418958354775628695, inverseRootTwoPi = 0.3989422804014327

/** (.. ((last x + top0) x + top1) ..) / (.. ((x + bottom0) x + bottom1) ..), Cody's order of coefficients. */
const ratio = (x: number, { top, bottom }: Cody): number => {
  const n = bottom.length
  let numerator = (top[n] as number) * x, denominator = x
  for (let i = 0; i < n - 1; i++) {
    numerator = (numerator + (top[i] as number)) * x
    denominator = (denominator + (bottom[i] as number)) * x
  }
  return (numerator + (top[n - 1] as number)) / (denominator + (bottom[n - 1] as number))
}
/**
 * exp(-c x^2) for c = 1 or 1/2. x^2 = high^2 + (x - high)(x + high), where high^2 is exact: exp would magnify the
 * rounding error of x * x. Beyond 40 the result is 0.
 */
const bell = (x: number, c: number): number => {
  const y = Math.min(Math.abs(x), 40), high = Math.trunc(y * 16) / 16
  return Math.exp(-c * high * high) * Math.exp(-c * (y - high) * (y + high))
}
/** exp(y^2) erfc(y) for y > 0.46875: it falls as 1 / y, so that rounding y costs nothing. */
const scaledErfc = (y: number): number => {
  if (y <= 4) return ratio(y, codyMiddle)
  const z = 1 / (y * y)
  return (inverseRootPi - z * ratio(z, codyFar)) / y
}
const small = 0.46875
const erfNear0 = (x: number): number => x * ratio(Math.abs(x) > 1.11e-16 ? x * x : 0, codyNear)
/** erfc(y) for y > 0.46875 */
const tail = (y: number): number => bell(y, 1) * scaledErfc(y)

/** erf(x) = 2 / sqrt(pi) * integral of exp(-t^2) from 0 to x. */
export const erf = (x: number): number =>
  Math.abs(x) <= small ? erfNear0(x) : Number.isNaN(x) ? x : x < 0 ? tail(-x) - 1 : 1 - tail(x)
/** erfc(x) = 1 - erf(x), without cancellation. */
export const erfc = (x: number): number =>
  Math.abs(x) <= small ? 1 - erfNear0(x) : Number.isNaN(x) ? x : x < 0 ? 2 - tail(-x) : tail(x)
/** exp(-x^2) */
export const gaussian = (x: number): number => bell(x, 1)
/** exp(-x^2 / 2) / sqrt(2 pi) */
export const normalPdf = (x: number): number => inverseRootTwoPi * bell(x, 0.5)
/** The probability that a standard normal number is at most x: erfc(-x / sqrt 2) / 2, without rounding x / sqrt 2. */
export const normalCdf = (x: number): number => {
  const y = x * Math.SQRT1_2
  if (Math.abs(y) <= small) return 0.5 + 0.5 * erfNear0(y)
  if (Number.isNaN(x)) return x
  const beyond = 0.5 * bell(x, 0.5) * scaledErfc(Math.abs(y))
  return x < 0 ? beyond : 1 - beyond
}
