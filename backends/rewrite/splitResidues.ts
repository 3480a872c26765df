/**
 * Sums that read an axis through a remainder, on the matrix core: over quotients and remainders they are products, batched
 * over the remainders or shifted against one another. A second kernel puts the elements where they belong.
 */
import { type Index, load, type Scalar } from '../../lang/kernel/index.ts'
import { type Contraction, canTestFinite, contractionIn, productSumIn } from './contraction.ts'
import { dividedInPlace, residuesIn } from './residues.ts'
import { replaced } from './scalars.ts'
import type { Split } from './splitLong.ts'
import { splitShifted } from './splitShifted.ts'
import { substitute } from './substitute.ts'

const product = (is: readonly Index[]): number => is.reduce((n, i) => n * i.size, 1)
/** Products that take as long as one number that is packed, stored or read again. */
const perMove = 24
/** The time of a product, in multiplications: they, and what is packed for them. */
const time = ({ batch, rows, columns, summed }: Contraction): number => {
  const [m, n] = [product(rows), product(columns)]
  return product([...batch, ...summed]) * (m * n + perMove * (m + n))
}

/** Law: part and body together mean the body. */
export const splitResidues = (
  axes: readonly Index[],
  body: Scalar,
  sources: number,
  onMatrixCore: (c: Contraction) => boolean,
): Split | undefined => {
  const productOf = (is: readonly Index[], x: Scalar): Contraction | undefined => {
    const c = contractionIn(is, x)
    return c && onMatrixCore(c) && canTestFinite(c) ? c : undefined
  }
  const found = productSumIn(body)
  if (found === undefined || productOf(axes, body)) return undefined
  const fine = dividedInPlace(axes, found.sum)
  const residues = residuesIn(axes, found.sum)
  // a back end divides axes in their places without a second kernel
  if (residues === undefined || fine.body._tag !== 'Reduce' || residuesIn(fine.axes, fine.body) === undefined)
    return undefined
  const finished = (rest: Scalar): Scalar => replaced(body, new Map([[found.sum, substitute(rest, residues.back)]]))
  const shifted = splitShifted(residues.axes, residues.sum, sources, 0)
  const [pairs, batched] = [shifted && productOf(shifted.axes, shifted.part), productOf(residues.axes, residues.sum)]
  const timeOfPairs = shifted && pairs ? time(pairs) + perMove * product(shifted.axes) : Number.POSITIVE_INFINITY
  if (shifted && (batched === undefined ? pairs : timeOfPairs < time(batched)))
    return { ...shifted, body: finished(shifted.body) }
  // no product, but a sum whose addresses are linear; else it would be divided again, without end
  if (batched === undefined && residuesIn(residues.axes, residues.sum)) return undefined
  const all = batched ? [...batched.batch, ...batched.rows, ...batched.columns] : residues.axes
  return { axes: all, part: residues.sum, body: finished(load(sources, all, 'real')) }
}
