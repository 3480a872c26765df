/**
 * Polynomials for the error function in float32, to 2e-9: interpolated at Chebyshev's points, from 40 digits. The first
 * coefficient is the constant.
 */

/** (erf(x) - x) / x in x^2, for |x| < 1. The sum x + x p has one rounding that counts, where a product x q has two. */
export const erfNear0 = [
  0.1283791658, -0.3761262667, 0.1128359472, -0.02685421201, 0.005189087423, -8.016864287e-4, 7.875875063e-5,
]
/**
 * e^(y^2) erfc(y) = (1 + w p(w)) / (1 + y) with w = y / (y + 2), for 0 <= y <= 10.3, where erfc(y) leaves the range of
 * float32. It is 1 at 0, and falls slowly, so that rounding y costs nothing.
 */
export const erfcScaled = [
  -0.2567583313, -0.7702758251, 0.6982253144, 0.1118531606, -0.1850768333, -0.1380745472, 0.1495815384, -0.2241047388,
  0.3796047548, -0.2648886963, 0.06410057615,
]
