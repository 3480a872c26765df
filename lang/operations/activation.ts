/**
 * Activation functions, applied element by element. The formula of a function decides its derivative at a kink: relu is
 * a select, so its derivative at 0 is 0. A branch that is not taken is computed where it does not overflow.
 */

import { declareJvp } from '../control/custom.ts'
import {
  abs,
  add,
  div,
  exp,
  expm1,
  hypot,
  log1p,
  logistic,
  lt,
  mul,
  neg,
  normalCdf,
  select,
  sign,
  sub,
  tanh,
} from '../primitives/elementwise.ts'
import type { Expr } from '../syntax/expr.ts'
import { operation } from '../syntax/operation.ts'
import { typed } from '../syntax/typed.ts'
import type { NumberFirst, NumberOrArray } from '../types/index.ts'
import { clamp, gt, type Pointwise, reciprocal, square } from './comparison.ts'
import { derived, notFinite, unless } from './derived.ts'

/**
 * x where x > 0, else 0. The derivative at 0 is 0. NaN gives 0, since it is not greater than 0.
 *
 * @example
 * const f = programOrThrow(real(3), (x) => relu(x))
 * evaluate(f.closed, [Float64Array.of(-1, 0, 2)]) // => [[0, 0, 2]]
 */
export const relu: Pointwise = operation('relu(x)', (x: Expr) => select(gt(x, 0), x, 0))
/** An option that is a number, for TypeScript has refused an array. */
const orElse = (given: NumberOrArray | undefined, standard: number): number => typed(given ?? standard)
/** x where x > 0, else slope x. The derivative at 0 is `slope`. Default: slope = 0.01 */
export const leakyRelu = operation(
  'leakyRelu(slope?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'leakyRelu()(x)'>): Pointwise => {
    const slope = orElse(given, 0.01)
    return (x: Expr) => derived('leakyRelu', [x], notFinite('slope', slope), () => select(gt(x, 0), x, mul(slope, x)))
  },
)
/** x where x > 0, else alpha (e^x - 1). The derivative at 0 is alpha. Default: alpha = 1 */
export const elu = operation(
  'elu(alpha?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'elu()(x)'>): Pointwise => {
    const alpha = orElse(given, 1)
    return (x: Expr) =>
      derived('elu', [x], notFinite('alpha', alpha), () =>
        select(gt(x, 0), x, mul(alpha, expm1(select(gt(x, 0), 0, x)))),
      )
  },
)
/** x where x > 0, else alpha (e^(x / alpha) - 1), whose derivative is 1 at 0. Default: alpha = 1. Source: Barron 2017 */
export const celu = operation(
  'celu(alpha?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'celu()(x)'>): Pointwise => {
    const alpha = orElse(given, 1)
    const problem = unless(Number.isFinite(alpha) && alpha !== 0, 'alpha', 'must be finite and not 0')
    return (x: Expr) =>
      derived('celu', [x], problem, () => select(gt(x, 0), x, mul(alpha, expm1(div(select(gt(x, 0), 0, x), alpha)))))
  },
)
/**
 * A scaled elu that keeps mean 0 and variance 1 from layer to layer.
 *
 * Source:  Klambauer et al., "Self-Normalizing Neural Networks" (2017), section 2
 */
export const selu: Pointwise = operation('selu(x)', (x: Expr) =>
  mul(1.0507009873554804934193349852946, elu(1.6732632423543772848170429916717)(x)),
)

/** 1 / (1 + e^-x), between 0 and 1: the primitive `logistic`. */
export const sigmoid: Pointwise = operation('sigmoid(x)', (x: Expr) => logistic(x))
/**
 * ln(1 + e^(beta x)) / beta, a smooth relu, without overflow. Default: beta = 1
 *
 * It is computed as x (if z > 0) + ln(1 + e^m) / beta, where z = beta x and m = -|z|. Both are selects, so that all
 * derivatives are right at 0.
 *
 * Errors:  InvalidAttribute unless beta is finite and positive
 */
export const softplus = operation(
  'softplus(beta?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'softplus()(x)'>): Pointwise => {
    const beta = orElse(given, 1)
    return (x: Expr) =>
      derived('softplus', [x], unless(Number.isFinite(beta) && beta > 0, 'beta', 'must be finite and positive'), () => {
        const z = beta === 1 ? x : mul(beta, x)
        const m = select(gt(z, 0), neg(z), z)
        const y = log1p(exp(m))
        return add(select(gt(z, 0), x, 0), beta === 1 ? y : div(y, beta))
      })
  },
)
/** ln(sigmoid(x)), without underflow. */
export const logSigmoid: Pointwise = operation('logSigmoid(x)', (x: Expr) => neg(softplus()(neg(x))))
/** x sigmoid(x), also called swish. Source: Elfwing et al. 2017 */
export const silu: Pointwise = operation('silu(x)', (x: Expr) => mul(x, logistic(x)))
/** x tanh(softplus(x)). Source: Misra 2019 */
export const mish: Pointwise = operation('mish(x)', (x: Expr) => mul(x, tanh(softplus()(x))))
/**
 * x / (1 + |x|)
 *
 * It is computed as x r where |x| < 1, else as sign(x) (1 - r), for r = 1 / (1 + |x|). The derivative r^2 of the second
 * has no cancellation; that of x r, which is r - |x| r^2, would lose all digits far out.
 */
export const softsign: Pointwise = operation('softsign(x)', (x: Expr) => {
  const near = lt(abs(x), 1)
  const r = reciprocal(add(1, abs(x)))
  return select(near, mul(select(near, x, 0), r), mul(sign(x), sub(1, r)))
})

/**
 * (x + sqrt(x^2 + b)) / 2, a smooth relu without exponentials. For x < 0 it is b / 2 / (sqrt(x^2 + b) - x), where nothing
 * cancels. Default: b = 4. Derivative: y / sqrt(x^2 + b). Source: Barron 2021
 *
 * Errors:  InvalidAttribute unless b is finite and positive
 */
export const squareplus = operation(
  'squareplus(b?)(x)',
  <A extends NumberOrArray = number>(given?: A & NumberFirst<A, 'squareplus()(x)'>): Pointwise => {
    const b = orElse(given, 4)
    const root = (x: Expr): Expr => hypot(x, Math.sqrt(b))
    const value = (x: Expr): Expr => {
      const up = gt(x, 0)
      const down = select(up, 0, x)
      return select(up, mul(0.5, add(x, root(x))), div(b / 2, sub(root(down), down)))
    }
    const slope = declareJvp(
      (x: Expr): Expr => div(value(x), root(x)),
      (x, dx) => {
        const h = root(x)
        return mul(dx, div(div(div(b / 2, h), h), h))
      },
    )
    const smooth = declareJvp(value, (x, dx) => mul(dx, slope(x)))
    return (x: Expr) =>
      derived('squareplus', [x], unless(Number.isFinite(b) && b > 0, 'b', 'must be finite and positive'), () =>
        smooth(x),
      )
  },
)
/** x - tanh(x), with an absolute error of one rounding of x. Derivative: tanh^2 x. */
export const tanhshrink: Pointwise = operation(
  'tanhshrink(x)',
  declareJvp(
    (x: Expr): Expr => sub(x, tanh(x)),
    (x, dx) => mul(dx, square(tanh(x))),
  ) as Pointwise,
)

/** x P(X <= x) for a standard normal X: the primitive `normalCdf`. Source: Hendrycks and Gimpel 2016 */
export const gelu: Pointwise = operation('gelu(x)', (x: Expr) => mul(x, normalCdf(x)))
/**
 * gelu approximated by tanh: x (1 + tanh u) / 2 with u = sqrt(2 / pi) (x + 0.044715 x^3). It is computed as
 * x sigmoid(2 u), where the tail does not cancel. Beyond 100 the sigmoid is 0 or 1, and x^3 would overflow. Source: as gelu
 */
export const geluTanh: Pointwise = operation('geluTanh(x)', (x: Expr) => {
  const z = clamp(-100, 100)(x)
  const slope = 2 * Math.sqrt(2 / Math.PI)
  return mul(x, logistic(mul(z, add(slope, mul(0.044715 * slope, square(z))))))
})
