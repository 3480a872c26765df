/**
 * t-SNE: points in the plane whose neighbours are the neighbours of points in many dimensions. It is a descent; its gradient
 * is derived by `grad`.
 *
 *   p_ij = (p(j | i) + p(i | j)) / 2n     p(j | i) = softmax over j of -beta_i |x_i - x_j|^2
 *   q_ij = w_ij / sum w                   w_ij = 1 / (1 + |y_i - y_j|^2)
 *   loss = sum p_ij log(p_ij / q_ij)
 *
 * Source: van der Maaten, Hinton, "Visualizing data using t-SNE" (2008)
 */
import {
  add,
  apply,
  div,
  type Expr,
  eq,
  exp,
  fori,
  gradOrThrow,
  gt,
  iota,
  log,
  log1p,
  logsumexp,
  lt,
  matmul,
  max,
  mean,
  mul,
  neg,
  type Program,
  programOrThrow,
  real,
  reciprocal,
  select,
  softmax,
  square,
  sub,
  sum,
  swapAxes,
  type Type,
  unsqueeze,
} from '../src/index.ts'

type Matrix = Expr<readonly [number, number], 'real'>
type Rows = Type<readonly [number, number], 'real'>
const transposed: (a: Matrix) => Matrix = swapAxes(0, 1)
/** |x_i - x_j|^2 = |x_i|^2 + |x_j|^2 - 2 x_i . x_j. Shape: [n, d] -> [n, n] */
const distances = (x: Matrix): Matrix => {
  const lengths: Expr<readonly [number], 'real'> = sum(1)(square(x))
  return max(add(unsqueeze(1)(lengths), sub(lengths, mul(2, matmul(x, transposed(x))))), 0)
}
/** 0 for a point and itself. */
const offDiagonal = (n: number, a: Matrix): Matrix => select(eq(iota([n, n], 0), iota([n, n], 1)), 0, a)

/** Halvings of the interval in which beta is sought. */
const halvings = 40
/**
 * The p_ij of points. Each beta_i is found by bisection, such that the distribution p(. | i) has the perplexity, as many as
 * that equally near neighbours would have.
 *
 * Shape:   [n, d] -> [n, n]
 * Law:     p is symmetric, and its sum is 1
 */
export const affinities = (n: number, d: number, perplexity: number): Program<Rows, Rows> =>
  programOrThrow(real(n, d), (x) => {
    const raw = distances(x)
    // the mean is 1, so that one interval serves all data
    const far: Matrix = div(raw, mean()(raw))
    const scores = (logBeta: Matrix): Matrix =>
      select(eq(iota([n, n], 0), iota([n, n], 1)), Number.NEGATIVE_INFINITY, neg(mul(exp(logBeta), far)))
    const entropy = (logBeta: Matrix): Matrix => {
      const s = scores(logBeta)
      const expected: Expr<readonly [number], 'real'> = sum(1)(mul(softmax(1)(s), far))
      return add(unsqueeze(1)(logsumexp(1)(s)), mul(exp(logBeta), unsqueeze(1)(expected)))
    }
    type Interval = readonly [Matrix, Matrix]
    const halve = (_: unknown, [low, high]: Interval): Interval => {
      const middle: Matrix = div(add(low, high), 2)
      const wide = gt(entropy(middle), Math.log(perplexity))
      return [select(wide, middle, low), select(wide, high, middle)]
    }
    const zero: Matrix = mul(0, unsqueeze(1)(sum(1)(x)))
    const [found] = fori(halvings, halve)([sub(zero, 10), add(zero, 15)])
    const p = softmax(1)(scores(found))
    return div(add(p, transposed(p)), 2 * n)
  })
/** The loss without sum p log p, which does not depend on y. Shape: { p: [n, n], y: [n, 2] } -> [] */
export const scatterLoss = (n: number): Program<{ readonly p: Rows; readonly y: Rows }, Type<readonly [], 'real'>> =>
  programOrThrow({ p: real(n, n), y: real(n, 2) }, ({ p, y }) => {
    const far = distances(y)
    const total = sum()(offDiagonal(n, reciprocal(add(1, far))))
    return add(sum()(mul(p, log1p(far))), log(total))
  })

/** Momentum and exaggeration change after so many steps. */
const [early, exaggeration] = [100, 12] as const
/**
 * The places of points, by steps with momentum. A coordinate whose gradient keeps its sign takes longer steps. At first p is
 * exaggerated, so that neighbours come together before the others keep them apart.
 *
 * Shape:   { p: [n, n], start: [n, 2] } -> [n, 2]
 */
export const scatter = (n: number, steps: number): Program<{ readonly p: Rows; readonly start: Rows }, Rows> => {
  const slope = gradOrThrow(scatterLoss(n), { wrt: { y: true } })
  return programOrThrow({ p: real(n, n), start: real(n, 2) }, ({ p, start }) => {
    type State = readonly [y: Matrix, moved: Matrix, gain: Matrix]
    const step = (k: Expr<readonly [], 'int'>, [y, moved, gain]: State): State => {
      const first = lt(k, early)
      const g: Matrix = apply(slope)({ p: mul(select(first, exaggeration, 1), p), y }).y
      const turned = lt(mul(g, moved), 0)
      const next: Matrix = max(select(turned, add(gain, 0.2), mul(gain, 0.8)), 0.01)
      const by: Matrix = sub(mul(select(first, 0.5, 0.8), moved), mul(Math.max(n / exaggeration / 4, 50), mul(next, g)))
      return [add(y, by), by, next]
    }
    const zero: Matrix = mul(0, start)
    const [y] = fori(steps, step)([start, zero, add(zero, 1)])
    return sub(y, mean(0)(y))
  })
}
