/**
 * Activations. How each is written fixes its derivative at the kink: relu is a select, so 0 at 0. What could overflow
 * in the branch not taken is kept out of it.
 */

import { abs, add, div, erf, exp, expm1, log1p, logistic, mul, neg, select, tanh } from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { gt, type Pointwise } from './comparison.ts'

/** x where positive, else 0. Derivative 0 at 0. A NaN gives 0, since it is not positive. */
export const relu: Pointwise = (x: Expr) => select(gt(x, 0), x, 0)
/** x where positive, else slope x. Derivative `slope` at 0. */
export const leakyRelu =
  (slope = 0.01): Pointwise =>
  (x: Expr) =>
    select(gt(x, 0), x, mul(slope, x))
/** x where positive, else alpha (e^x - 1). Derivative alpha at 0. */
export const elu =
  (alpha = 1): Pointwise =>
  (x: Expr) =>
    select(gt(x, 0), x, mul(alpha, expm1(select(gt(x, 0), 0, x))))
/** elu, scaled so that mean 0 and variance 1 are kept. Source: Klambauer et al. 2017, section 2 */
export const selu: Pointwise = (x: Expr) =>
  mul(1.0507009873554804934193349852946, elu(1.6732632423543772848170429916717)(x))

/** 1 / (1 + e^-x) */
export const sigmoid: Pointwise = (x: Expr) => logistic(x)
/**
 * ln(1 + e^(beta x)) / beta, without overflow. As max(z, 0) + ln(1 + e^m) with m = -|z| written as a select: then m has
 * slope 1 at 0, so that all derivatives are right there.
 */
export const softplus =
  (beta = 1): Pointwise =>
  (x: Expr) => {
    const z = beta === 1 ? x : mul(beta, x)
    const m = select(gt(z, 0), neg(z), z)
    const y = add(select(gt(z, 0), z, 0), log1p(exp(m)))
    return beta === 1 ? y : div(y, beta)
  }
/** ln(sigmoid(x)) */
export const logSigmoid: Pointwise = (x: Expr) => neg(softplus()(neg(x)))
/** x sigmoid(x) */
export const silu: Pointwise = (x: Expr) => mul(x, logistic(x))
/** x tanh(softplus(x)) */
export const mish: Pointwise = (x: Expr) => mul(x, tanh(softplus()(x)))
/** x / (1 + |x|) */
export const softsign: Pointwise = (x: Expr) => div(x, add(1, abs(x)))

/** x P(X <= x) for a standard normal X: x (1 + erf(x / sqrt 2)) / 2. Source: Hendrycks and Gimpel 2016 */
export const gelu: Pointwise = (x: Expr) => mul(mul(0.5, x), add(1, erf(mul(x, Math.SQRT1_2))))
/** Its approximation by tanh: x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
export const geluTanh: Pointwise = (x: Expr) => {
  const inner = mul(Math.sqrt(2 / Math.PI), mul(x, add(1, mul(0.044715, mul(x, x)))))
  return mul(mul(0.5, x), add(1, tanh(inner)))
}
