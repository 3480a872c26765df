/** Principal components, as a program: what linear auto-encoders are measured against. */
import { fori } from '../../lang/control/scan.ts'
import { swapAxes } from '../../lang/operations/arranging.ts'
import { square } from '../../lang/operations/comparison.ts'
import { cholesky, triangularSolve } from '../../lang/operations/linalg.ts'
import { matmul } from '../../lang/operations/product.ts'
import { mean } from '../../lang/operations/statistics.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { div, sub } from '../../lang/primitives/elementwise.ts'
import { cumSum } from '../../lang/primitives/reduction.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, programOrThrow } from '../../lang/syntax/program.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'

const rounds = 80
type Matrix = Expr<readonly [number, number], 'real'>
const turned: (a: Matrix) => Matrix = swapAxes(0, 1)
/** Orthonormal columns that span what Y's do: Y L^-T, with L L^T = Y^T Y. */
const orthonormal = (y: Matrix): Matrix => turned(triangularSolve()(cholesky(matmul(turned(y), y)), turned(y)))

type Input = {
  /** The rows whose components are sought, and the rows that are measured. */
  readonly x: Type<readonly [number, number], 'real'>
  readonly z: Type<readonly [number, number], 'real'>
  /** Any columns, as many as components: random ones. */
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
    const covariance: Matrix = div(matmul(turned(centred), centred), n)
    const axes: Matrix = fori(rounds, (_, q: Matrix) => orthonormal(matmul(covariance, q)))(orthonormal(start))
    const away: Matrix = sub(z, centre)
    const found = cumSum(0)(sum(0)(square(matmul(away, axes))))
    return div(sub(sum()(square(away)), found), m * size)
  })
