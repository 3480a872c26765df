/** Principal components, as a program: the best that a linear auto-encoder can do. */
import {
  cholesky,
  cumSum,
  div,
  type Expr,
  fori,
  matmul,
  mean,
  type Program,
  programOrThrow,
  real,
  square,
  sub,
  sum,
  swapAxes,
  type Type,
  triangularSolve,
} from '../src/index.ts'

const rounds = 80
type Matrix = Expr<readonly [number, number], 'real'>
const transposed: (a: Matrix) => Matrix = swapAxes(0, 1)
/** Orthonormal columns with the span of Y's: Y L^-T, where L L^T = Y^T Y. */
const orthonormal = (y: Matrix): Matrix =>
  transposed(triangularSolve()(cholesky(matmul(transposed(y), y)), transposed(y)))

type Input = {
  /** The rows whose components are sought, and the rows that are measured. */
  readonly x: Type<readonly [number, number], 'real'>
  readonly z: Type<readonly [number, number], 'real'>
  /** The first guess, one column per component: random numbers. */
  readonly start: Type<readonly [number, number], 'real'>
}
/**
 * The mean squared error per number that 1, 2, ..., d principal components of the rows x leave of the rows z, found by
 * orthogonal iteration, Q <- orthonormal(C Q), C the covariance.
 *
 * Shape:   x [n, size], z [m, size], start [size, d] -> [d]
 * Law:     it falls, and no other affine map through d numbers leaves less of x itself (Eckart and Young, 1936)
 * Source:  Golub and Van Loan, "Matrix computations", section 8.2.4
 */
export const componentErrors = (
  n: number,
  m: number,
  size: number,
  d: number,
): Program<Input, Type<readonly [number], 'real'>> =>
  programOrThrow({ x: real(n, size), z: real(m, size), start: real(size, d) }, ({ x, z, start }) => {
    const centre = mean(0)(x)
    const centred: Matrix = sub(x, centre)
    const covariance: Matrix = div(matmul(transposed(centred), centred), n)
    const axes: Matrix = fori(rounds, (_, q: Matrix) => orthonormal(matmul(covariance, q)))(orthonormal(start))
    const away: Matrix = sub(z, centre)
    const found = cumSum(0)(sum(0)(square(matmul(away, axes))))
    return div(sub(sum()(square(away)), found), m * size)
  })
