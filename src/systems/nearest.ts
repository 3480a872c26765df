/** How far some pictures are from the nearest of others: whether what a network draws looks like anything. */

import { swapAxes, unsqueeze } from '../../lang/operations/arranging.ts'
import { square } from '../../lang/operations/comparison.ts'
import { matmul } from '../../lang/operations/product.ts'
import { mean } from '../../lang/operations/statistics.ts'
import { sum } from '../../lang/primitives/broadcast.ts'
import { add, mul, sub } from '../../lang/primitives/elementwise.ts'
import { reduceMin } from '../../lang/primitives/reduction.ts'
import type { Expr } from '../../lang/syntax/expr.ts'
import { type Program, programOrThrow } from '../../lang/syntax/program.ts'
import { real, type Type } from '../../lang/syntax/shape.ts'

type Rows = Type<readonly [number, number], 'real'>
const lengths = (x: Expr<readonly [number, number], 'real'>): Expr<readonly [number], 'real'> => sum(1)(square(x))
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
    return mean()(reduceMin(1)(add(unsqueeze(1)(lengths(p)), sub(lengths(q), mul(2, products)))))
  })
