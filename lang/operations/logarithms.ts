/** Logarithms of sums and of probabilities, and products with a logarithm, right at their ends. */
import { declareJvp } from '../control/custom.ts'
import {
  abs,
  add,
  and,
  atanh,
  div,
  eq,
  exp,
  expm1,
  le,
  log,
  log1p,
  logistic,
  lt,
  max,
  mul,
  neg,
  or,
  select,
  sub,
} from '../primitives/elementwise.ts'
import type { Pairwise } from '../primitives/pointwise.ts'
import type { Expr } from '../syntax/expr.ts'
import type { Pointwise } from './comparison.ts'
import { gt } from './comparison.ts'
import { ofReal, ofReals } from './pairwise.ts'

type Two = readonly [Expr, Expr]
const infinity = Number.POSITIVE_INFINITY

/** x - y, 0 at equal infinities. */
const gap = ([x, y]: Two): Expr => {
  const same = and(eq(x, y), eq(abs(x), infinity))
  return sub(select(same, 0, x), select(same, 0, y))
}
const addExponentials = declareJvp(
  ([x, y]: Two): Expr => add(max(x, y), log1p(exp(neg(abs(gap([x, y])))))),
  ([x, y], [dx, dy], z): Expr => {
    const d = gap([x, y])
    const weighted = add(mul(dx, logistic(d)), mul(dy, logistic(neg(d))))
    return select(eq(z, -infinity), 0, weighted)
  },
)
/**
 * ln(e^x + e^y), without overflow. The derivatives are the shares of e^x and e^y in the sum, one half each at equal
 * infinities; as for logsumexp they are 0 where the result is -Infinity.
 *
 * Shape:   broadcast
 * Law:     logaddexp(x, y) = logsumexp of both
 * Errors:  ShapeMismatch, ElementType
 *
 * @example
 * const f = programOrThrow([real(), real()], ([x, y]) => logaddexp(x, y))
 * evaluate(f.closed, [Float64Array.of(1000), Float64Array.of(1000)]) // => [[1000.6931471805599]]
 */
export const logaddexp: Pairwise<'real', 'real'> = ofReals('logaddexp', (x, y) => addExponentials([x, y]))
/** log2(2^x + 2^y), without overflow. Derivatives, shape and errors: as logaddexp */
export const logaddexp2: Pairwise<'real', 'real'> = ofReals('logaddexp2', (x, y) =>
  div(addExponentials([mul(x, Math.LN2), mul(y, Math.LN2)]), Math.LN2),
)
/**
 * ln(1 - e^-x) for x > 0: -Infinity at 0, NaN below. Derivative: 1 / (e^x - 1).
 *
 * Source:  M. Maechler, "Accurately computing log(1 - exp(-|a|))" (2012)
 */
export const log1mexp: Pointwise = ofReal(
  'log1mexp',
  declareJvp(
    (x: Expr): Expr => {
      const small = lt(x, Math.LN2)
      return select(small, log(neg(expm1(neg(x)))), log1p(neg(exp(neg(select(small, 1, x))))))
    },
    (x, dx) => div(dx, expm1(x)),
  ),
)
/**
 * x ln y, 0 where x = 0 unless y is NaN. Derivatives: ln y and x / y, 0 where x = 0 and ln y is not finite.
 *
 * Shape:   broadcast
 * Errors:  ShapeMismatch, ElementType
 */
export const xlogy: Pairwise<'real', 'real'> = ofReals('xlogy', (x, y) => {
  const off = and(eq(x, 0), or(le(y, 0), eq(y, infinity)))
  return mul(x, log(select(off, 1, y)))
})
/** x ln(1 + y), 0 where x = 0 unless y is NaN. Derivatives, shape and errors: as xlogy */
export const xlog1py: Pairwise<'real', 'real'> = ofReals('xlog1py', (x, y) => {
  const off = and(eq(x, 0), or(le(y, -1), eq(y, infinity)))
  return mul(x, log1p(select(off, 0, y)))
})
/** -x ln x, 0 at 0, -Infinity below. Derivative: -1 - ln x, infinite at 0. */
export const entr: Pointwise = ofReal(
  'entr',
  declareJvp(
    (x: Expr): Expr => select(lt(x, 0), -infinity, neg(mul(x, log(select(eq(x, 0), 1, x))))),
    (x, dx) => mul(dx, sub(-1, log(x))),
  ),
)

/** ln(x / y), by log1p where x is near y. */
const logRatio = declareJvp(
  ([x, y]: Two): Expr => {
    const near = and(lt(mul(0.5, y), x), lt(x, mul(2, y)))
    return select(near, log1p(div(sub(x, y), select(near, y, 1))), sub(log(x), log(y)))
  },
  ([x, y], [dx, dy]): Expr => sub(div(dx, x), div(dy, y)),
)
/** f(x, y) where both are positive; `low` where x = 0 <= y; Infinity elsewhere; NaN of NaN. */
const divergence = (x: Expr, y: Expr, f: (x: Expr, y: Expr) => Expr, low: Expr): Expr => {
  const inside = and(gt(x, 0), gt(y, 0))
  const value = f(select(inside, x, 1), select(inside, y, 1))
  const known = and(eq(x, x), eq(y, y))
  const edge = select(and(eq(x, 0), le(0, y)), low, infinity)
  return select(inside, value, select(known, edge, Number.NaN))
}
/**
 * x ln(x / y) for x, y > 0; 0 where x = 0 <= y; Infinity elsewhere. The derivatives are 0 at and beyond the edges.
 *
 * Shape:   broadcast
 * Source:  scipy.special.rel_entr
 * Errors:  ShapeMismatch, ElementType
 */
export const relEntr: Pairwise<'real', 'real'> = ofReals('relEntr', (x, y) =>
  divergence(x, y, (p, q) => mul(p, logRatio([p, q])), mul(x, 0)),
)
/** x ln(x / y) - x + y for x, y > 0; y where x = 0 <= y; Infinity elsewhere. Shape and errors: as relEntr */
export const klDiv: Pairwise<'real', 'real'> = ofReals('klDiv', (x, y) =>
  divergence(x, y, (p, q) => add(sub(mul(p, logRatio([p, q])), p), q), y),
)
/**
 * ln(p / (1 - p)), the inverse of the sigmoid: infinite at 0 and 1, NaN outside. Derivative: 1 / (p (1 - p)).
 *
 * Law:     sigmoid(logit(p)) = p
 */
export const logit: Pointwise = ofReal(
  'logit',
  declareJvp(
    (p: Expr): Expr => {
      const central = and(lt(0.25, p), lt(p, 0.75))
      const q = select(central, p, 0.5)
      return select(central, mul(2, atanh(sub(mul(2, q), 1))), sub(log(p), log1p(neg(p))))
    },
    (p, dp) => div(dp, mul(p, sub(1, p))),
  ),
)
