/** Orthogonal polynomials by their recurrences. The degree is known when a program is built, as an integer. */
import { add, type Expr, lt, mul, select, sub, trunc } from '../../../src/index.ts'
import type { Saying } from '../call.ts'
import type { Sayings } from './common.ts'

type Next = (k: number, x: Expr, p: Expr, before: Expr) => Expr
/** p_0 = 1, p_1, and p_k from the two before it; of negative degree 0. */
const polynomial =
  (first: (x: Expr) => Expr, next: Next): Saying =>
  (c) => {
    const [x, n] = [c.x, trunc(c.tensor(1))]
    const degree = Math.max(0, ...c.elements(1).map(Math.trunc))
    const one = add(mul(0, x), 1) as Expr
    const list = [one, first(x)]
    for (let k = 2; k <= degree; k++) list.push(next(k, x, list[k - 1] as Expr, list[k - 2] as Expr))
    const whole = mul(0, mul(x, n)) as Expr
    return list.reduce((y, p, k) => select(lt(n, k), y, p) as Expr, whole)
  }
const chebyshev: Next = (_, x, p, before) => sub(mul(mul(2, x), p), before)
const shifted = (f: (y: Expr) => Expr): Saying =>
  polynomial(
    (x) => f(sub(mul(2, x), 1)),
    (k, x, p, before) => chebyshev(k, sub(mul(2, x), 1), p, before),
  )
const t = (x: Expr): Expr => x
const u = (x: Expr): Expr => mul(2, x)
const v = (x: Expr): Expr => sub(mul(2, x), 1)
const w = (x: Expr): Expr => add(mul(2, x), 1)

export const polynomials: Sayings = {
  'special.chebyshev_polynomial_t|': polynomial(t, chebyshev),
  'special.chebyshev_polynomial_u|': polynomial(u, chebyshev),
  'special.chebyshev_polynomial_v|': polynomial(v, chebyshev),
  'special.chebyshev_polynomial_w|': polynomial(w, chebyshev),
  'special.hermite_polynomial_h|': polynomial(
    (x) => mul(2, x),
    (k, x, p, before) => sub(mul(mul(2, x), p), mul(2 * (k - 1), before)),
  ),
  'special.hermite_polynomial_he|': polynomial(
    (x) => x,
    (k, x, p, before) => sub(mul(x, p), mul(k - 1, before)),
  ),
  'special.laguerre_polynomial_l|': polynomial(
    (x) => sub(1, x),
    (k, x, p, before) => mul(1 / k, sub(mul(sub(2 * k - 1, x), p), mul(k - 1, before))),
  ),
  'special.legendre_polynomial_p|': polynomial(
    (x) => x,
    (k, x, p, before) => mul(1 / k, sub(mul(mul(2 * k - 1, x), p), mul(k - 1, before))),
  ),
  'special.shifted_chebyshev_polynomial_t|': shifted(t),
  'special.shifted_chebyshev_polynomial_u|': shifted(u),
  'special.shifted_chebyshev_polynomial_v|': shifted(v),
  'special.shifted_chebyshev_polynomial_w|': shifted(w),
}
