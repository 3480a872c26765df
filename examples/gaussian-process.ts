/** A Gaussian process: its kernel, the likelihood of its scales, and predictions. */
import {
  add,
  cholesky,
  diagonal,
  div,
  dot,
  type Expr,
  exp,
  eye,
  log,
  logabsdet,
  matmul,
  mul,
  neg,
  permute,
  programOrThrow,
  real,
  reshape,
  solve,
  sqrt,
  square,
  sub,
  sum,
  triangularSolve,
  unsqueeze,
} from '../src/index.ts'

/** Logarithms, so that every value is allowed. */
const scales = { length: real(), signal: real(), noise: real() }
interface Scales {
  readonly length: Expr<readonly []>
  readonly signal: Expr<readonly []>
  readonly noise: Expr<readonly []>
}
const twice = (x: Expr<readonly []>) => exp(mul(2, x))
/** signal^2 exp(-(x - z)^2 / (2 length^2)) */
const covariance = ({ length, signal }: Scales, x: Expr, z: Expr): Expr => {
  const apart = sub(unsqueeze(1)(x), unsqueeze(0)(z))
  return mul(twice(signal), exp(neg(div(square(apart), mul(2, twice(length))))))
}
const ofSeen = (s: Scales, x: Expr, n: number): Expr => add(covariance(s, x, x), mul(twice(s.noise), eye(n)))
const column = (y: Expr): Expr => reshape([y.type.shape[0] ?? 0, 1])(y)
/** -log p(y | x), by the Cholesky factor of the covariance. */
export const surprise = (n: number) =>
  programOrThrow([scales, { x: real(n), y: real(n) }], ([s, { x, y }]) => {
    const factor = cholesky(ofSeen(s, x, n) as Expr<readonly [number, number]>)
    const white = triangularSolve()(factor, column(y) as Expr<readonly [number, number]>)
    return add(mul(0.5, sum()(square(white))), add(sum()(log(diagonal(factor))), (n / 2) * Math.log(2 * Math.PI)))
  })
/** The same from the definition: determinant and inverse. */
export const defined = (n: number) =>
  programOrThrow([scales, { x: real(n), y: real(n) }], ([s, { x, y }]) => {
    const k = ofSeen(s, x, n) as Expr<readonly [number, number]>
    const solved = reshape([n])(solve(k, column(y) as Expr<readonly [number, number]>))
    return add(mul(0.5, add(dot(y, solved), logabsdet(k) as Expr<readonly []>)), (n / 2) * Math.log(2 * Math.PI))
  })
/** The mean and the deviation of a new measurement at every z. */
export const expected = (n: number, m: number) =>
  programOrThrow([scales, { x: real(n), y: real(n), z: real(m) }], ([s, { x, y, z }]) => {
    const factor = cholesky(ofSeen(s, x, n) as Expr<readonly [number, number]>)
    const white = (b: Expr) => triangularSolve()(factor, b as Expr<readonly [number, number]>)
    const across = white(covariance(s, x, z))
    const mean = reshape([m])(matmul(permute([1, 0])(across), white(column(y))) as Expr)
    const spread = sub(add(twice(s.signal), twice(s.noise)), sum(0)(square(across)))
    return { mean, deviation: sqrt(spread) }
  })
