/** How far some pictures are from the nearest of others: a measure of whether a generated picture looks like anything. */
import {
  add,
  type Expr,
  matmul,
  mean,
  mul,
  type Program,
  programOrThrow,
  real,
  reduceMin,
  square,
  sub,
  sum,
  swapAxes,
  type Type,
  unsqueeze,
} from '../src/index.ts'

type Rows = Type<readonly [number, number], 'real'>
const squaredLengths = (x: Expr<readonly [number, number], 'real'>): Expr<readonly [number], 'real'> =>
  sum(1)(square(x))
/**
 * The mean over the rows p of the squared distance to the nearest row of q: |p|^2 + |q|^2 - 2 p . q.
 *
 * Shape:   p [m, size], q [n, size] -> []
 */
export const nearestDistance = (
  m: number,
  n: number,
  size: number,
): Program<{ readonly p: Rows; readonly q: Rows }, Type<readonly [], 'real'>> =>
  programOrThrow({ p: real(m, size), q: real(n, size) }, ({ p, q }) => {
    const products = matmul(p, swapAxes(0, 1)(q))
    return mean()(reduceMin(1)(add(unsqueeze(1)(squaredLengths(p)), sub(squaredLengths(q), mul(2, products)))))
  })
